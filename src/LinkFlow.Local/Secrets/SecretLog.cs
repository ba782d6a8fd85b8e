using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Secrets;

/// <summary>Messages 5100–5199. Ids of keys, never keys.</summary>
internal static partial class SecretLog
{
    [LoggerMessage(5100, LogLevel.Warning, "A master key was made, {KeyId}, in {Path}. Keep a copy of this file apart from the database's backups: without it nobody can open the secrets in a backup.")]
    public static partial void KeyMade(ILogger log, MasterKeyId keyId, string path);

    [LoggerMessage(5101, LogLevel.Information, "A rotation of the master key began; {KeyId} wraps what is new, and what is there is re-wrapped.")]
    public static partial void RotationBegan(ILogger log, MasterKeyId keyId);

    [LoggerMessage(5102, LogLevel.Warning, "The master key was rotated: {KeyId} wraps all secrets. Keep a copy of {Path} now; backups of the database from before need the copy from before.")]
    public static partial void RotationEnded(ILogger log, MasterKeyId keyId, string path);

    [LoggerMessage(5103, LogLevel.Warning, "The master key {KeyId} wraps all secrets. LinkFlow:Secrets:PreviousMasterKey is needed no more; remove it.")]
    public static partial void PreviousNotNeeded(ILogger log, MasterKeyId keyId);

    [LoggerMessage(5104, LogLevel.Error, "A rotation of the master key cannot come to its end: {Count} secrets are damaged and cannot be re-wrapped. Set them anew or delete them: {Names}.")]
    public static partial void CannotRewrap(ILogger log, int count, string names);

    [LoggerMessage(5105, LogLevel.Warning, "The rotation of the master key waits: {Reason} It goes on in {DelayMs} ms.")]
    public static partial void RotationWaits(ILogger log, string reason, double delayMs);

    [LoggerMessage(5106, LogLevel.Error, "{Count} secrets name the master key {KeyId}, which was never used here: they are damaged. Restore a backup, or set them anew.")]
    public static partial void UnknownKey(ILogger log, long count, MasterKeyId keyId);
}
