using Azure.Messaging.ServiceBus;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Events;

/// <summary>
/// Carries events through Service Bus. Those of one session are sent in their order, in as few batches as they fit in; different sessions go side by side. The
/// topic drops what it has seen within the hour, by its message id, and the notes of what was handled know the rest.
/// </summary>
public sealed class ServiceBusEventBus(ServiceBusClient client, EventMessages messages, IEnumerable<IEventSubscriber> subscribers) : IEventBus, IOutboxPublisher
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    private readonly Lazy<ServiceBusSender> _sender = new(() => client.CreateSender(EventTopic.Name));

    public Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellationToken = default) =>
        SendAsync([.. events.Select(e => (e, EventTopic.MessageIdOf(e), (string?)null))], cancellationToken);

    /// <summary>As <see cref="PublishAsync"/>, for events from an outbox, which names each that is sent.</summary>
    /// <exception cref="StoreUnavailableException">Not all were taken over; trying all of them again is right.</exception>
    public Task PublishAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken) =>
        SendAsync([.. events.Select(e => (e.Event, e.Id, e.Target))], cancellationToken);

    /// <summary>None: how far the subscription is, the broker's own metrics tell.</summary>
    public ValueTask<IReadOnlyList<SubscriberPosition>> PositionsAsync(CancellationToken cancellationToken = default) => new((IReadOnlyList<SubscriberPosition>)[]);

    /// <exception cref="NotSupportedException">The broker keeps nothing that was settled.</exception>
    public Task<bool> ReplayAsync(string subscriber, DateTimeOffset from, CancellationToken cancellationToken = default) => subscribers.Any(s => s.Name == subscriber)
        ? throw new NotSupportedException("This installation's bus is Service Bus, which keeps no event that was handled. Dead letters can be requeued, and deliveries of outbound webhooks sent once more.")
        : Task.FromResult(false);

    private async Task SendAsync(IReadOnlyList<(CloudEvent Event, string Id, string? Target)> events, CancellationToken cancellationToken)
    {
        var written = new List<ServiceBusMessage>(events.Count);
        foreach (var (@event, id, target) in events) written.Add(await messages.WriteAsync(@event, id, target, cancellationToken));
        try
        {
            // A batch is of one session: that holds for every kind of topic.
            await Task.WhenAll(written.GroupBy(m => m.SessionId, StringComparer.Ordinal).Select(session => SendInOrderAsync([.. session], cancellationToken)));
        }
        catch (ServiceBusException e) when (e.IsTransient || e.Reason is ServiceBusFailureReason.QuotaExceeded or ServiceBusFailureReason.ServiceBusy or ServiceBusFailureReason.MessagingEntityDisabled)
        {
            throw new StoreUnavailableException($"Service Bus does not take events now: {e.Reason}. {e.Message}", AfterFault, e);
        }
    }

    private async Task SendInOrderAsync(IReadOnlyList<ServiceBusMessage> session, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < session.Count;)
        {
            using var batch = await _sender.Value.CreateMessageBatchAsync(cancellationToken);
            while (sent < session.Count && batch.TryAddMessage(session[sent])) sent++;
            if (batch.Count == 0)
                throw new InvalidOperationException($"The event of the message '{session[sent].MessageId}' is larger than the {batch.MaxSizeInBytes} bytes that Service Bus takes, although its data was left out.");
            await _sender.Value.SendMessagesAsync(batch, cancellationToken);
        }
    }
}
