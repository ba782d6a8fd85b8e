using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials;

/// <summary>Messages 1400–1499.</summary>
internal static partial class CredentialLog
{
    [LoggerMessage(1400, LogLevel.Warning, "{Count} changes of credentials had been interrupted; secrets that nothing refers to were removed.")]
    public static partial void SecretsSwept(this ILogger logger, int count);

    [LoggerMessage(1401, LogLevel.Warning, "The upkeep of credentials is put off by minutes: {Reason}")]
    public static partial void UpkeepPutOff(this ILogger logger, string reason);

    [LoggerMessage(1402, LogLevel.Warning, "What nothing refers to any more of the secret {Name} could not be removed and is removed within minutes: {Reason}")]
    public static partial void SecretRemovalPutOff(this ILogger logger, string name, string reason);
}
