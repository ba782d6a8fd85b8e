namespace LinkFlow.Local.Sqlite;

/// <summary>The database file cannot be used as it is: damaged, foreign, or written by a newer version. A person must act.</summary>
public sealed class StoreDamagedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What to do about a damaged file.</summary>
    public const string Remedy = "Stop LinkFlow and restore a backup, as 'Backup and restore' in docs/operations.md says";

    internal static StoreDamagedException At(string path, string reason, Exception? inner = null) =>
        new($"The database file '{path}' is damaged: {reason}. {Remedy}: mv '{path}' '{path}.damaged'; rm -f '{path}-wal' '{path}-shm'; cp backup.db '{path}'.", inner);
}
