#nullable disable
namespace Azure.Messaging.ServiceBus;

public partial class ServiceBusMessage
{
    public ServiceBusMessage()
    {
    }

    public ServiceBusMessage(BinaryData body) => Body = body;

    public ServiceBusMessage(ReadOnlyMemory<byte> body) => Body = BinaryData.FromBytes(body);

    public ServiceBusMessage(string body) => Body = BinaryData.FromString(body);

    public ServiceBusMessage(ServiceBusReceivedMessage receivedMessage)
    {
        Body = receivedMessage.Body;
        ContentType = receivedMessage.ContentType;
        CorrelationId = receivedMessage.CorrelationId;
        MessageId = receivedMessage.MessageId;
        PartitionKey = receivedMessage.PartitionKey;
        SessionId = receivedMessage.SessionId;
        Subject = receivedMessage.Subject;
        TimeToLive = receivedMessage.TimeToLive;
        foreach (var (name, value) in receivedMessage.ApplicationProperties)
            ApplicationProperties[name] = value;
    }

    public IDictionary<string, object> ApplicationProperties { get; } = new Dictionary<string, object>();

    public BinaryData Body { get; set; } = BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty);

    public string ContentType { get; set; }

    public string CorrelationId { get; set; }

    public string MessageId { get; set; }

    public string PartitionKey { get; set; }

    public string ReplyTo { get; set; }

    public string ReplyToSessionId { get; set; }

    public DateTimeOffset ScheduledEnqueueTime { get; set; }

    public string SessionId { get; set; }

    public string Subject { get; set; }

    public TimeSpan TimeToLive { get; set; } = TimeSpan.MaxValue;

    public string To { get; set; }
}

public partial class ServiceBusReceivedMessage
{
    internal ServiceBusReceivedMessage()
    {
    }

    public IReadOnlyDictionary<string, object> ApplicationProperties { get; internal init; } = new Dictionary<string, object>();

    public BinaryData Body { get; internal init; } = BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty);

    public string ContentType { get; internal init; }

    public string CorrelationId { get; internal init; }

    public string DeadLetterErrorDescription => ApplicationProperties.GetValueOrDefault("DeadLetterErrorDescription") as string;

    public string DeadLetterReason => ApplicationProperties.GetValueOrDefault("DeadLetterReason") as string;

    public string DeadLetterSource { get; internal init; }

    public int DeliveryCount { get; internal init; }

    public DateTimeOffset EnqueuedTime { get; internal init; }

    public DateTimeOffset LockedUntil { get; internal init; }

    public string LockToken { get; internal init; }

    public string MessageId { get; internal init; }

    public string PartitionKey { get; internal init; }

    public DateTimeOffset ScheduledEnqueueTime { get; internal init; }

    public long SequenceNumber { get; internal init; }

    public string SessionId { get; internal init; }

    public ServiceBusMessageState State { get; internal init; }

    public string Subject { get; internal init; }

    public TimeSpan TimeToLive { get; internal init; }

    public string To { get; internal init; }
}

public enum ServiceBusMessageState
{
    Active = 0,
    Deferred = 1,
    Scheduled = 2,
}

public sealed partial class ServiceBusMessageBatch : IDisposable
{
    private readonly IList<ServiceBusMessage> _messages;
    private readonly Func<ServiceBusMessage, bool> _accepts;

    internal ServiceBusMessageBatch(long maxSizeInBytes, IList<ServiceBusMessage> messages, Func<ServiceBusMessage, bool> accepts)
    {
        MaxSizeInBytes = maxSizeInBytes;
        _messages = messages;
        _accepts = accepts;
    }

    public int Count => _messages.Count;

    public long MaxSizeInBytes { get; }

    public long SizeInBytes => _messages.Sum(message => (long)message.Body.ToMemory().Length);

    public void Dispose()
    {
    }

    public bool TryAddMessage(ServiceBusMessage message)
    {
        if (!_accepts(message))
            return false;
        _messages.Add(message);
        return true;
    }
}

public static partial class ServiceBusModelFactory
{
    public static ServiceBusMessageBatch ServiceBusMessageBatch(long batchSizeBytes, IList<ServiceBusMessage> batchMessageStore, CreateMessageBatchOptions batchOptions = null, Func<ServiceBusMessage, bool> tryAddCallback = null)
        => new(batchSizeBytes, batchMessageStore, tryAddCallback ?? (_ => true));

    public static ServiceBusReceivedMessage ServiceBusReceivedMessage(BinaryData body = null, string messageId = null, string partitionKey = null, string viaPartitionKey = null, string sessionId = null, string replyToSessionId = null, TimeSpan timeToLive = default, string correlationId = null, string subject = null, string to = null, string contentType = null, string replyTo = null, DateTimeOffset scheduledEnqueueTime = default, IDictionary<string, object> properties = null, Guid lockTokenGuid = default, int deliveryCount = 0, DateTimeOffset lockedUntil = default, long sequenceNumber = -1, string deadLetterSource = null, long enqueuedSequenceNumber = 0, DateTimeOffset enqueuedTime = default, ServiceBusMessageState serviceBusMessageState = ServiceBusMessageState.Active)
        => new()
        {
            Body = body ?? BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty),
            MessageId = messageId,
            PartitionKey = partitionKey,
            SessionId = sessionId,
            TimeToLive = timeToLive,
            CorrelationId = correlationId,
            Subject = subject,
            To = to,
            ContentType = contentType,
            ScheduledEnqueueTime = scheduledEnqueueTime,
            ApplicationProperties = properties is null ? new Dictionary<string, object>() : new Dictionary<string, object>(properties),
            LockToken = lockTokenGuid.ToString(),
            DeliveryCount = deliveryCount,
            LockedUntil = lockedUntil,
            SequenceNumber = sequenceNumber,
            DeadLetterSource = deadLetterSource,
            EnqueuedTime = enqueuedTime,
            State = serviceBusMessageState,
        };
}
