using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Events;

/// <summary>Messages 6200–6299.</summary>
internal static partial class EventsLog
{
    [LoggerMessage(6200, LogLevel.Error, "The message {MessageId} of the events' topic is no event that can be handled; it was dead-lettered. {Reason}")]
    public static partial void MessageUnreadable(this ILogger logger, string messageId, string reason);

    [LoggerMessage(6201, LogLevel.Warning, "The message {MessageId} of the events' topic could not be settled and will come again; what was handled is noted. {Reason}")]
    public static partial void NotSettled(this ILogger logger, string messageId, string reason);

    [LoggerMessage(6202, LogLevel.Warning, "The subscriber {Subscriber} gets the event {EventId} again in {DelayMs} ms: the store cannot be reached. {Reason}")]
    public static partial void DeliveryPutOff(this ILogger logger, string subscriber, string eventId, double delayMs, string reason);

    [LoggerMessage(6203, LogLevel.Warning, "No message could be sent for a delivery of the event subscription {SubscriptionId}; the minute's sweep sends it. {Reason}")]
    public static partial void DeliveryNotRung(this ILogger logger, string subscriptionId, string reason);

    [LoggerMessage(6204, LogLevel.Error, "The message {MessageId} in the deliveries' queue names no delivery; it was dead-lettered.")]
    public static partial void DeliveryUnreadable(this ILogger logger, string messageId);
}
