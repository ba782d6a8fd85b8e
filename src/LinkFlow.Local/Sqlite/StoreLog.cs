using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Sqlite;

/// <summary>Messages 5000–5099.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(5000, LogLevel.Error, "Nothing can be written: {Reason} Writes are refused until it works again; reads go on.")]
    public static partial void CannotWrite(ILogger log, string reason, Exception cause);

    [LoggerMessage(5001, LogLevel.Information, "Writing works again.")]
    public static partial void WritingAgain(ILogger log);

    [LoggerMessage(5002, LogLevel.Warning, "The writer's connection could not roll back; it is opened anew.")]
    public static partial void Reopening(ILogger log, Exception cause);

    [LoggerMessage(5003, LogLevel.Information, "The database was migrated from version {From} to {To}.")]
    public static partial void Migrated(ILogger log, long from, long to);

    [LoggerMessage(5004, LogLevel.Error, "A read met damage in the database. {Remedy}.")]
    public static partial void Damaged(ILogger log, string remedy, Exception cause);
}
