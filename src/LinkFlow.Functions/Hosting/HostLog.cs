using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Hosting;

/// <summary>Messages 6000–6099.</summary>
internal static partial class HostLog
{
    [LoggerMessage(6000, LogLevel.Debug, "A request ended after its caller had gone: {Exception}.")]
    public static partial void CallerGone(this ILogger logger, string exception);

    [LoggerMessage(6001, LogLevel.Warning, "When keys and credentials were last used could not be written down; the next try is in minutes. {Reason}")]
    public static partial void LastUsesNotSaved(this ILogger logger, string reason);

    [LoggerMessage(6010, LogLevel.Information, "The timer {Timer} handled {Count} in {ElapsedMs} ms.")]
    public static partial void TimerRan(this ILogger logger, string timer, long count, double elapsedMs);

    [LoggerMessage(6011, LogLevel.Warning, "The timer {Timer} was stopped after {ElapsedMs} ms; its next run goes on.")]
    public static partial void TimerStopped(this ILogger logger, string timer, double elapsedMs);

    [LoggerMessage(6012, LogLevel.Warning, "The timer {Timer} could not do its work; its next run tries again. {Reason}")]
    public static partial void TimerPutOff(this ILogger logger, string timer, string reason);

    [LoggerMessage(6020, LogLevel.Error, "Schedule {ScheduleId} could not be looked at; the next round tries again.")]
    public static partial void LookFailed(this ILogger logger, Exception exception, string scheduleId);

    [LoggerMessage(6021, LogLevel.Warning, "Schedule {ScheduleId}: no message could be enqueued for its next due time, so it may fire up to a minute late. {Reason}")]
    public static partial void RingNotAskedFor(this ILogger logger, string scheduleId, string reason);

    [LoggerMessage(6022, LogLevel.Error, "The message {MessageId} in the schedules' queue names no schedule; it was dead-lettered.")]
    public static partial void RingUnreadable(this ILogger logger, string messageId);

    [LoggerMessage(6030, LogLevel.Error, "The keys of Entra ID could not be read, so no access token can be checked.")]
    public static partial void EntraUnreachable(this ILogger logger, Exception exception);

    [LoggerMessage(6031, LogLevel.Information, "An access token was refused: {Reason}")]
    public static partial void TokenRefused(this ILogger logger, string reason);
}
