using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Secrets;

/// <summary>Messages 5300–5399. No names of tenants, no secrets.</summary>
internal static partial class VaultLog
{
    [LoggerMessage(5300, LogLevel.Warning, "The vault has too many requests; it is left alone for {WaitMs} ms.")]
    public static partial void Throttled(ILogger log, double waitMs);

    [LoggerMessage(5301, LogLevel.Error, "The vault refuses access ({Status} {ErrorCode}). Does the app's identity have the role Key Vault Secrets Officer, and may the vault be reached over the network?")]
    public static partial void Denied(ILogger log, int status, string? errorCode, Exception cause);

    [LoggerMessage(5302, LogLevel.Information, "A tenant has a new sealing key; what was sealed with the ones before still opens.")]
    public static partial void SealingKeyDrawn(ILogger log);
}
