namespace LinkFlow.Server.Streaming;

/// <summary>Messages 1300–1399.</summary>
internal static partial class StreamLog
{
    [LoggerMessage(1300, LogLevel.Debug, "The stream of {PrincipalId} was closed with {Status}: {Reason}")]
    public static partial void Closed(this ILogger logger, string principalId, int status, string reason);

    [LoggerMessage(1301, LogLevel.Debug, "The stream of {PrincipalId} broke off: {Reason}")]
    public static partial void BrokenOff(this ILogger logger, string principalId, string reason);

    [LoggerMessage(1302, LogLevel.Error, "The stream of {PrincipalId} failed unexpectedly and is closed with 1011.")]
    public static partial void Failed(this ILogger logger, string principalId, Exception exception);
}
