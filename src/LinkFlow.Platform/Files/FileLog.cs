using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Files;

internal static partial class FileLog
{
    [LoggerMessage(1800, LogLevel.Information, "{Files} files of executions that are gone and {Contents} contents that no file names were deleted.")]
    public static partial void Swept(this ILogger log, long files, long contents);

    [LoggerMessage(1801, LogLevel.Warning, "Files were not swept, which is tried again in an hour: {Reason}")]
    public static partial void NotSwept(this ILogger log, string reason);

    [LoggerMessage(1802, LogLevel.Warning, "The files of execution {ExecutionId} were not deleted, which a sweep does later: {Reason}")]
    public static partial void RunFilesLeft(this ILogger log, string executionId, string reason);
}
