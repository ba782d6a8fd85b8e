using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace LinkFlow.Functions.Tests.Events;

/// <summary>
/// A topic with one subscription that has sessions, by Service Bus's rules: duplicate detection by message id; within a session one message at a time, in order;
/// an abandoned or lost one comes again before those behind it, and its count grows; beyond the largest count it is dead.
/// </summary>
internal sealed class Broker
{
    public const int MaxDeliveryCount = 10;
    public const int MaxMessageBytes = 256 * 1024;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, LinkedList<Held>> _sessions = new(StringComparer.Ordinal);
    private long _sequence;

    public Broker() => Client = new BrokerClient(this);

    public ServiceBusClient Client { get; }
    public List<(string MessageId, string Reason)> Dead { get; } = [];
    public List<IReadOnlyList<ServiceBusMessage>> Batches { get; } = [];

    /// <summary>Thrown by the next sends, one each.</summary>
    public Queue<Exception> SendFaults { get; } = new();
    public int Waiting
    {
        get
        {
            lock (_lock) return _sessions.Values.Sum(s => s.Count);
        }
    }

    public IReadOnlyList<string> Sessions
    {
        get
        {
            lock (_lock) return [.. _sessions.Where(s => s.Value.Count > 0).Select(s => s.Key)];
        }
    }

    public void Send(IEnumerable<ServiceBusMessage> messages)
    {
        lock (_lock)
        {
            foreach (var message in messages)
            {
                if (!_seen.Add(message.MessageId)) continue;
                if (!_sessions.TryGetValue(message.SessionId, out var session)) _sessions[message.SessionId] = session = new LinkedList<Held>();
                session.AddLast(new Held(message, ++_sequence));
            }
        }
    }

    /// <summary>The first message of a session, which is locked; null: there is none, or it is locked already.</summary>
    public Lease? Receive(string session)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(session, out var held) || held.First is not { Value.IsLocked: false } first) return null;
            first.Value.IsLocked = true;
            first.Value.DeliveryCount++;
            return new Lease(this, session, first.Value, Guid.NewGuid());
        }
    }

    /// <summary>Hands every message to a handler until none is left, one session after the other, as one instance would.</summary>
    public async Task DrainAsync(Func<Lease, Task> handle)
    {
        while (Sessions is { Count: > 0 } open)
        {
            foreach (var session in open)
            {
                while (Receive(session) is { } lease)
                {
                    await handle(lease);
                    lease.Release();
                }
            }
        }
    }

    private void Settle(Lease lease, Action<LinkedList<Held>> how)
    {
        lock (_lock)
        {
            if (lease.IsLost) throw new ServiceBusException("The session lock has expired on the session.", ServiceBusFailureReason.SessionLockLost);
            lease.IsLost = true;
            lease.Held.IsLocked = false;
            how(_sessions[lease.Session]);
        }
    }

    internal sealed class Held(ServiceBusMessage message, long sequence)
    {
        public ServiceBusMessage Message { get; } = message;
        public long Sequence { get; } = sequence;
        public int DeliveryCount { get; set; }
        public bool IsLocked { get; set; }
    }

    /// <summary>A message in a consumer's hands.</summary>
    internal sealed class Lease(Broker broker, string session, Held held, Guid token) : ServiceBusMessageActions
    {
        public string Session { get; } = session;
        public Held Held { get; } = held;

        /// <summary>Set by a test when the lock is to be gone by the time that the message is settled.</summary>
        public bool IsLost { get; set; }

        public ServiceBusReceivedMessage Message { get; } = ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: held.Message.Body, messageId: held.Message.MessageId, sessionId: session, subject: held.Message.Subject, contentType: held.Message.ContentType,
            correlationId: held.Message.CorrelationId, properties: held.Message.ApplicationProperties, lockTokenGuid: token, deliveryCount: held.DeliveryCount, sequenceNumber: held.Sequence);

        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
            SettleAsync(s => s.Remove(Held));

        public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default) =>
            SettleAsync(broker.BuryIfTooOften(Held));

        public override Task DeadLetterMessageAsync(
            ServiceBusReceivedMessage message, Dictionary<string, object>? propertiesToModify = default, string? deadLetterReason = default, string? deadLetterErrorDescription = default,
            CancellationToken cancellationToken = default) => SettleAsync(s =>
        {
            s.Remove(Held);
            broker.Dead.Add((Held.Message.MessageId, deadLetterReason ?? ""));
        });

        /// <summary>What becomes of a message that its consumer did not settle: its lock runs out.</summary>
        public void Release()
        {
            lock (broker._lock)
            {
                IsLost = true;
                if (!Held.IsLocked) return;
                Held.IsLocked = false;
                broker.BuryIfTooOften(Held)(broker._sessions[Session]);
            }
        }

        private Task SettleAsync(Action<LinkedList<Held>> how)
        {
            broker.Settle(this, how);
            return Task.CompletedTask;
        }
    }

    private Action<LinkedList<Held>> BuryIfTooOften(Held held) => session =>
    {
        if (held.DeliveryCount < MaxDeliveryCount) return;
        session.Remove(held);
        Dead.Add((held.Message.MessageId, "MaxDeliveryCountExceeded"));
    };

    private sealed class BrokerClient(Broker broker) : ServiceBusClient
    {
        public override ServiceBusSender CreateSender(string queueOrTopicName) => new BrokerSender(broker);
    }

    private sealed class BrokerSender(Broker broker) : ServiceBusSender
    {
        private readonly Dictionary<ServiceBusMessageBatch, List<ServiceBusMessage>> _batches = [];

        public override ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default)
        {
            var messages = new List<ServiceBusMessage>();
            var batch = ServiceBusModelFactory.ServiceBusMessageBatch(MaxMessageBytes, messages, tryAddCallback: m => messages.Append(m).Sum(SizeOf) <= MaxMessageBytes);
            lock (_batches) _batches[batch] = messages;
            return new(batch);
        }

        public override Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default)
        {
            List<ServiceBusMessage> messages;
            lock (_batches) _batches.Remove(messageBatch, out messages!);
            lock (broker._lock)
            {
                if (broker.SendFaults.TryDequeue(out var fault)) return Task.FromException(fault);
                Assert.Single(messages.Select(m => m.SessionId).Distinct());
                broker.Batches.Add([.. messages]);
            }

            broker.Send(messages);
            return Task.CompletedTask;
        }

        private static int SizeOf(ServiceBusMessage message) =>
            message.Body.ToMemory().Length + 200 + message.ApplicationProperties.Sum(p => p.Key.Length + ((p.Value as string)?.Length ?? 8));
    }
}
