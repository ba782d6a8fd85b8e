using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Events;

/// <summary>What events log: 2500–2549. No data of events.</summary>
internal static partial class EventsLog
{
    [LoggerMessage(2500, LogLevel.Warning, "The subscriber {Subscriber} failed at the {Type} {Event}, try {Try} of {MaxTries}.")]
    public static partial void TryFailed(this ILogger logger, Exception exception, string subscriber, string type, string @event, int @try, int maxTries);

    [LoggerMessage(2501, LogLevel.Error, "The {Type} {Event} is a dead letter of the subscriber {Subscriber} ({Reason}): {Message}")]
    public static partial void Buried(this ILogger logger, string subscriber, string type, string @event, string reason, string message);

    [LoggerMessage(2502, LogLevel.Warning, "The store cannot take what the subscriber {Subscriber} did about the event {Event}; trying again in {DelayMs} ms. {Reason}")]
    public static partial void DeliveryPutOff(this ILogger logger, string subscriber, string @event, double delayMs, string reason);
}
