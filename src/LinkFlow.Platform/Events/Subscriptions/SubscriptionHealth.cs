using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;

namespace LinkFlow.Platform.Events.Subscriptions;

/// <summary>How a subscription's receiver has been doing. Written only when that changes, not with each delivery.</summary>
public sealed record SubscriptionHealth
{
    public static readonly DocumentType Type = new("event-subscription-health");

    /// <summary>The time of a success is written again only when the one that is known is older than this.</summary>
    public static readonly TimeSpan Coarseness = TimeSpan.FromMinutes(1);

    public static readonly SubscriptionHealth Unknown = new();

    /// <summary>When the first of its failures in a row was; null: the last delivery succeeded, or there was none.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastDeliveredAt { get; init; }

    public void Put(UnitOfWork work, string subscriptionId, long expected) => work.Put(Type, subscriptionId, new ObjectValue(2)
    {
        { "failingSince", ScheduleRuleJson.Time(FailingSince) }, { "lastDeliveredAt", ScheduleRuleJson.Time(LastDeliveredAt) },
    }, expected: expected);

    public static SubscriptionHealth FromDocument(Document? document) => document is null ? Unknown : new SubscriptionHealth
    {
        FailingSince = Schedule.TimeOf(document.Body["failingSince"]), LastDeliveredAt = Schedule.TimeOf(document.Body["lastDeliveredAt"]),
    };
}
