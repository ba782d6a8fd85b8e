using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Hosting;

/// <summary>Messages 5000–5099.</summary>
internal static partial class HostLog
{
    [LoggerMessage(5000, LogLevel.Debug, "A request ended after its caller had gone: {Exception}.")]
    public static partial void CallerGone(this ILogger logger, string exception);
}
