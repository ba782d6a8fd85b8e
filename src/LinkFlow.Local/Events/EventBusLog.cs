using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Events;

/// <summary>What the bus logs: 2550–2599.</summary>
internal static partial class EventBusLog
{
    [LoggerMessage(2550, LogLevel.Error, "Execution {ExecutionId}: the segment that begins with event {FirstSeq} cannot be read, and nothing is published of it. {Reason}")]
    public static partial void SegmentUnreadable(ILogger logger, string executionId, long firstSeq, string reason);

    [LoggerMessage(2551, LogLevel.Warning, "The subscriber {Subscriber} cannot go on for now; trying again in {DelayMs} ms. {Reason}")]
    public static partial void PutOff(ILogger logger, string subscriber, double delayMs, string reason);

    [LoggerMessage(2552, LogLevel.Error, "The subscriber {Subscriber} could not be given an event; trying again in {DelayMs} ms.")]
    public static partial void Faulted(ILogger logger, Exception exception, string subscriber, double delayMs);

    [LoggerMessage(2553, LogLevel.Information, "The subscriber {Subscriber} handles the events since {From:O} once more.")]
    public static partial void Replaying(ILogger logger, string subscriber, DateTimeOffset from);

    [LoggerMessage(2554, LogLevel.Information, "There is no subscriber {Subscriber} any more; its position is forgotten.")]
    public static partial void Forgotten(ILogger logger, string subscriber);

    [LoggerMessage(2555, LogLevel.Warning, "{Count} deliveries to the subscriber {Subscriber} did not end within the time that a shutdown has; they are made again after the start.")]
    public static partial void StoppedWithDeliveries(ILogger logger, string subscriber, int count);

    [LoggerMessage(2556, LogLevel.Debug, "The subscriber {Subscriber} stops, to begin again elsewhere.")]
    public static partial void RoundEnded(ILogger logger, string subscriber);
}
