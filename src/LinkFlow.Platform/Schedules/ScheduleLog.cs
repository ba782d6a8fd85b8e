using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Schedules;

/// <summary>What schedules log: 2400–2499.</summary>
internal static partial class ScheduleLog
{
    [LoggerMessage(2400, LogLevel.Warning, "The schedule {Schedule} missed {Count} due times from {First:O} on, and leaves them out.")]
    public static partial void FiringsMissed(this ILogger logger, string schedule, int count, DateTimeOffset first);

    [LoggerMessage(2401, LogLevel.Error, "The schedule {Schedule} could not start its workflow: {Reason}")]
    public static partial void FiringFailed(this ILogger logger, string schedule, string reason);

    [LoggerMessage(2402, LogLevel.Warning, "The schedule {Schedule} was disabled. {Reason}")]
    public static partial void ScheduleDisabled(this ILogger logger, string schedule, string reason);

    [LoggerMessage(2403, LogLevel.Warning, "A schedule could not be looked at; trying again in {Seconds} s. {Reason}")]
    public static partial void LookPutOff(this ILogger logger, double seconds, string reason);

    [LoggerMessage(2404, LogLevel.Error, "The schedule {Schedule} could not be looked at; trying again in {Seconds} s.")]
    public static partial void LookFailed(this ILogger logger, Exception exception, string schedule, double seconds);
}
