using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>What people can do with deliveries: look at them, send one once more, and send a test.</summary>
internal sealed class DeliveryService(IDocumentStore store, SubscriptionService subscriptions, DeliveryRuns runs, DeliveryAlarm alarm, LinkFlowOptions options, TimeProvider clock)
{
    public const string PingType = "linkflow.event_subscription.ping.v1";
    private const int MaxTries = 5;

    /// <exception cref="ApiException">404.</exception>
    public async Task<(Delivery Delivery, long ETag)> GetAsync(string tenant, string subscriptionId, string id, CancellationToken cancellationToken)
    {
        await subscriptions.GetAsync(tenant, subscriptionId, cancellationToken);
        return await runs.FindAsync(new DeliveryKey(tenant, subscriptionId, id), cancellationToken) ?? throw ApiException.NotFound("delivery", id);
    }

    public async Task<DocumentPage> ListAsync(string tenant, string subscriptionId, string? status, string? eventId, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        await subscriptions.GetAsync(tenant, subscriptionId, cancellationToken);
        var where = new Dictionary<string, string>();
        if (status is not null) where["status"] = status;
        if (eventId is not null) where["eventId"] = eventId;
        return await store.QueryAsync(new DocumentQuery(tenant, Delivery.Type) { Within = subscriptionId, Where = where, Limit = limit, BeforeId = beforeId }, cancellationToken);
    }

    /// <summary>Makes a delivery due now, whatever came of it so far, with as much time for tries as a new one.</summary>
    /// <exception cref="ApiException">404; 409: the subscription is disabled.</exception>
    public async Task<Delivery> RedeliverAsync(string tenant, string subscriptionId, string id, CancellationToken cancellationToken)
    {
        var (subscription, _) = await subscriptions.GetAsync(tenant, subscriptionId, cancellationToken);
        if (!subscription.Enabled) throw ApiException.Conflict("The subscription is disabled: enable it first, with a PUT.");
        for (var attempt = 1; ; attempt++)
        {
            var (delivery, etag) = await GetAsync(tenant, subscriptionId, id, cancellationToken);
            var now = clock.GetUtcNow();
            delivery = delivery with
            {
                Status = DeliveryStatus.Pending, Reason = null, NextAt = now, RetryUntil = now + TimeSpan.FromHours(options.Events.RetryHours), Tries = 0, FinishedAt = null,
            };
            try
            {
                await store.CommitAsync(delivery.Put(new UnitOfWork(tenant), etag, runs.KeptUntil(delivery)), cancellationToken);
            }
            catch (DocumentConflictException) when (attempt < MaxTries)
            {
                // It has just been tried.
                continue;
            }

            alarm.Tell(new DeliveryKey(tenant, subscriptionId, id), now);
            return delivery;
        }
    }

    /// <summary>Sends a ping at once, and notes it as a delivery. It is not tried again, and says nothing about the receiver's health.</summary>
    /// <exception cref="ApiException">404; 409: its secret cannot be opened.</exception>
    public async Task<Delivery> TestAsync(Principal principal, string subscriptionId, CancellationToken cancellationToken)
    {
        var (subscription, _) = await subscriptions.GetAsync(principal.Tenant, subscriptionId, cancellationToken);
        var secrets = await subscriptions.OpenAsync(principal.Tenant, subscription, cancellationToken)
            ?? throw ApiException.Conflict("The subscription has just been changed. Try again.");
        var now = clock.GetUtcNow();
        var ping = new OutgoingEvent(PingType, subscriptionId, new ObjectValue { { "subscriptionId", subscriptionId }, { "name", subscription.Name } }) { Actor = principal.Id };
        var delivery = new Delivery
        {
            Id = Ids.Next(now), SubscriptionId = subscriptionId, Event = CloudEvent.Of(ping, principal.Tenant, Ids.Next(now), now).ToJson(),
            Status = DeliveryStatus.Pending, CreatedAt = now, RetryUntil = now,
        };
        delivery = await runs.TryOnceAsync(subscription, secrets, delivery, cancellationToken);
        await store.CommitAsync(delivery.Put(new UnitOfWork(principal.Tenant), 0, runs.KeptUntil(delivery)), CancellationToken.None);
        return delivery;
    }
}
