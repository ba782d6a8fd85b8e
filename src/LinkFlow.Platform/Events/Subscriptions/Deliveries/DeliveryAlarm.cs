namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>Tells whoever sends deliveries in this process that there is something to send. Nobody need listen.</summary>
public sealed class DeliveryAlarm
{
    /// <summary>A delivery is due at this time. Called behind the commit, on any thread.</summary>
    public event Action<DeliveryKey, DateTimeOffset>? Due;

    /// <summary>A subscription is enabled again, or was changed: what waits for it can go on.</summary>
    public event Action<string, string>? Changed;

    /// <summary>How many deliveries wait for a subscription, as far as whoever sends knows; null: nobody does.</summary>
    public Func<string, string, int>? Waiting { get; set; }

    public void Tell(DeliveryKey delivery, DateTimeOffset at) => Due?.Invoke(delivery, at);
    public void Tell(string tenant, string subscriptionId) => Changed?.Invoke(tenant, subscriptionId);
}

/// <summary>Which delivery.</summary>
public readonly record struct DeliveryKey(string Tenant, string SubscriptionId, string Id);
