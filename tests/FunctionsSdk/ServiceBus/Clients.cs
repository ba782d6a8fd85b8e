#nullable disable
using Azure.Core;

namespace Azure.Messaging.ServiceBus;

public partial class ServiceBusClient : IAsyncDisposable
{
    protected ServiceBusClient()
    {
    }

    public ServiceBusClient(string connectionString) => throw Outside.Functions();

    public ServiceBusClient(string connectionString, ServiceBusClientOptions options) => throw Outside.Functions();

    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential) => throw Outside.Functions();

    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential, ServiceBusClientOptions options) => throw Outside.Functions();

    public virtual string FullyQualifiedNamespace => throw Outside.Functions();

    public virtual bool IsClosed => throw Outside.Functions();

    public virtual Task<ServiceBusSessionReceiver> AcceptNextSessionAsync(string topicName, string subscriptionName, ServiceBusSessionReceiverOptions options = null, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task<ServiceBusSessionReceiver> AcceptSessionAsync(string topicName, string subscriptionName, string sessionId, ServiceBusSessionReceiverOptions options = null, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName) => throw Outside.Functions();

    public virtual ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName, ServiceBusReceiverOptions options) => throw Outside.Functions();

    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => throw Outside.Functions();

    public virtual ValueTask DisposeAsync() => throw Outside.Functions();
}

public partial class ServiceBusClientOptions
{
    public string Identifier { get; set; }

    public ServiceBusRetryOptions RetryOptions { get; set; } = new();

    public ServiceBusTransportType TransportType { get; set; }
}

public enum ServiceBusTransportType
{
    AmqpTcp = 0,
    AmqpWebSockets = 1,
}

public enum ServiceBusRetryMode
{
    Fixed = 0,
    Exponential = 1,
}

public partial class ServiceBusRetryOptions
{
    public TimeSpan Delay { get; set; }

    public TimeSpan MaxDelay { get; set; }

    public int MaxRetries { get; set; }

    public ServiceBusRetryMode Mode { get; set; }

    public TimeSpan TryTimeout { get; set; }
}

public partial class CreateMessageBatchOptions
{
    public long? MaxSizeInBytes { get; set; }
}

public partial class ServiceBusSender : IAsyncDisposable
{
    protected ServiceBusSender()
    {
    }

    public virtual string EntityPath => throw Outside.Functions();

    public virtual bool IsClosed => throw Outside.Functions();

    public virtual Task CancelScheduledMessageAsync(long sequenceNumber, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task CloseAsync(CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CreateMessageBatchOptions options, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual ValueTask DisposeAsync() => throw Outside.Functions();

    public virtual Task<long> ScheduleMessageAsync(ServiceBusMessage message, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task SendMessagesAsync(IEnumerable<ServiceBusMessage> messages, CancellationToken cancellationToken = default) => throw Outside.Functions();
}

public enum SubQueue
{
    None = 0,
    DeadLetter = 1,
    TransferDeadLetter = 2,
}

public enum ServiceBusReceiveMode
{
    PeekLock = 0,
    ReceiveAndDelete = 1,
}

public partial class ServiceBusReceiverOptions
{
    public string Identifier { get; set; }

    public int PrefetchCount { get; set; }

    public ServiceBusReceiveMode ReceiveMode { get; set; }

    public SubQueue SubQueue { get; set; }
}

public partial class ServiceBusSessionReceiverOptions
{
    public string Identifier { get; set; }

    public int PrefetchCount { get; set; }

    public ServiceBusReceiveMode ReceiveMode { get; set; }
}

public partial class ServiceBusReceiver : IAsyncDisposable
{
    protected ServiceBusReceiver()
    {
    }

    public virtual bool IsClosed => throw Outside.Functions();

    public virtual Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object> propertiesToModify = null, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task CloseAsync(CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task DeadLetterMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object> propertiesToModify = null, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task DeadLetterMessageAsync(ServiceBusReceivedMessage message, string deadLetterReason, string deadLetterErrorDescription = null, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual ValueTask DisposeAsync() => throw Outside.Functions();

    public virtual Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(int maxMessages, long? fromSequenceNumber = default, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task<ServiceBusReceivedMessage> ReceiveMessageAsync(TimeSpan? maxWaitTime = default, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(int maxMessages, TimeSpan? maxWaitTime = default, CancellationToken cancellationToken = default) => throw Outside.Functions();

    public virtual Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => throw Outside.Functions();
}

public partial class ServiceBusSessionReceiver : ServiceBusReceiver
{
    protected ServiceBusSessionReceiver()
    {
    }

    public override bool IsClosed => throw Outside.Functions();

    public virtual string SessionId => throw Outside.Functions();

    public virtual DateTimeOffset SessionLockedUntil => throw Outside.Functions();

    public virtual Task RenewSessionLockAsync(CancellationToken cancellationToken = default) => throw Outside.Functions();
}
