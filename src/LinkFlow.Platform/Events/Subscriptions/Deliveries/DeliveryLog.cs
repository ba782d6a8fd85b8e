using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>What outbound webhooks log: 2600–2699.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(2600, LogLevel.Error, "The event subscription {SubscriptionId} was disabled. {Reason}")]
    public static partial void SubscriptionDisabled(this ILogger logger, string subscriptionId, string reason);

    [LoggerMessage(2601, LogLevel.Error, "The secret of the event subscription {SubscriptionId} cannot be opened, and nothing is sent to it. {Reason}")]
    public static partial void SecretUnreadable(this ILogger logger, string subscriptionId, string reason);

    [LoggerMessage(2602, LogLevel.Warning, "Deliveries are put off by {Seconds} s. {Reason}")]
    public static partial void DeliveriesPutOff(this ILogger logger, double seconds, string reason);

    [LoggerMessage(2603, LogLevel.Error, "The delivery {DeliveryId} of the event subscription {SubscriptionId} could not be tried; again in {Seconds} s.")]
    public static partial void DeliveryFaulted(this ILogger logger, Exception exception, string deliveryId, string subscriptionId, double seconds);
}
