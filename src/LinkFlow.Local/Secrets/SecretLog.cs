using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Secrets;

/// <summary>Messages 5100–5199. Ids of keys, never keys.</summary>
internal static partial class SecretLog
{
    [LoggerMessage(5100, LogLevel.Warning, "A master key was made, {KeyId}, in {Path}. Keep a copy of this file apart from the database's backups: without it nobody can open the secrets in a backup.")]
    public static partial void KeyMade(ILogger log, MasterKeyId keyId, string path);
}
