using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Http;

/// <summary>Messages 1000–1099.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(1000, LogLevel.Error, "{Method} {Path} failed unexpectedly; the caller got 500.")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(1001, LogLevel.Warning, "{Method} {Path} was refused with 503: {Reason}")]
    public static partial void RequestRefused(this ILogger logger, string method, string path, string reason);

    [LoggerMessage(1002, LogLevel.Debug, "{Method} {Path}: the caller went away.")]
    public static partial void CallerGone(this ILogger logger, string method, string path);

    [LoggerMessage(1003, LogLevel.Debug, "{Method} {Path} answered {Status} in {DurationMs} ms.")]
    public static partial void Answered(this ILogger logger, string method, string path, int status, double durationMs);
}
