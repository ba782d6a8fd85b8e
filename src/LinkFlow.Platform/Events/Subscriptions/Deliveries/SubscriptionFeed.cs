using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>Makes a delivery of each event for each subscription that wants it. Sends nothing: a slow receiver holds no event up.</summary>
internal sealed class SubscriptionFeed(SubscriptionDirectory directory, DeliveryRuns runs, DeliveryAlarm alarm, IDocumentStore store, LinkFlowOptions options, TimeProvider clock) : IEventSubscriber
{
    public string Name => "subscriptions";

    public ValueTask<bool> WantsAsync(string tenant, string type, CancellationToken cancellationToken) => directory.AnyAsync(tenant, type, cancellationToken);

    public async Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        foreach (var subscription in await directory.FindAsync(delivery.Tenant, delivery.Event, cancellationToken))
            await TakeAsync(subscription, delivery, cancellationToken);
    }

    private async Task TakeAsync(EventSubscription subscription, EventDelivery incoming, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var delivery = new Delivery
        {
            Id = Ids.Next(now), SubscriptionId = subscription.Id, Event = incoming.Event.ToJson(), Status = DeliveryStatus.Pending, CreatedAt = now, NextAt = now,
            RetryUntil = now + TimeSpan.FromHours(options.Events.RetryHours),
        };
        if (alarm.Waiting?.Invoke(incoming.Tenant, subscription.Id) >= options.Events.PendingDeliveries)
            delivery = delivery with { Status = DeliveryStatus.Failed, NextAt = null, FinishedAt = now, Reason = $"{options.Events.PendingDeliveries} deliveries were waiting already. Redeliver it when the receiver keeps up." };
        try
        {
            await store.CommitAsync(delivery.PutNew(new UnitOfWork(incoming.Tenant), incoming.Replay, now.AddDays(options.Events.RepeatDays), runs.KeptUntil(delivery)), cancellationToken);
        }
        catch (DocumentConflictException e) when (Delivery.IsTaken(e))
        {
            // The event came before.
            return;
        }

        if (delivery.Status == DeliveryStatus.Pending) alarm.Tell(new DeliveryKey(incoming.Tenant, subscription.Id, delivery.Id), now);
    }
}
