using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Live;

internal static partial class LiveLog
{
    [LoggerMessage(7100, LogLevel.Warning, "The followers of execution {ExecutionId} were not told of its last events: {Reason}")]
    public static partial void NotTold(this ILogger logger, string executionId, string reason);
}
