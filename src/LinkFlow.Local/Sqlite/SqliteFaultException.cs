using LinkFlow.Platform.Ports;
using SQLitePCL;

namespace LinkFlow.Local.Sqlite;

/// <summary>SQLite answered a call with an error.</summary>
/// <param name="extendedCode">SQLite's extended result code; its low byte is the primary one.</param>
public sealed class SqliteFaultException(int extendedCode, string message) : Exception($"SQLite: {message} (code {extendedCode}).")
{
    public int ExtendedCode { get; } = extendedCode;
    public int Code => ExtendedCode & 0xFF;

    /// <summary>The file's contents are not what SQLite wrote.</summary>
    public bool IsDamage => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>The surroundings are at fault (disk, permissions, locks, memory), not the statement: trying later is right.</summary>
    public bool IsEnvironmental => IsDamage || Code is raw.SQLITE_FULL or raw.SQLITE_READONLY or raw.SQLITE_IOERR
        or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_CANTOPEN or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL
        or raw.SQLITE_PERM or raw.SQLITE_AUTH or raw.SQLITE_INTERRUPT;

    /// <summary>After a rollback the connection can be used on; after any other fault of the surroundings a new one is safer.</summary>
    public bool LeavesConnectionSound => !IsEnvironmental
        || Code is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_INTERRUPT or raw.SQLITE_NOMEM;

    /// <summary>What callers are told in place of a fault of the surroundings.</summary>
    public StoreUnavailableException ToUnavailable() => new(
        Code switch
        {
            raw.SQLITE_FULL => "The disk is full: nothing can be written until there is space again.",
            raw.SQLITE_READONLY or raw.SQLITE_PERM => "The database is read-only: nothing can be written until its folder and files are writable again.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another process keeps the database locked.",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => $"The database is damaged. {StoreDamagedException.Remedy}.",
            _ => $"The database cannot be used now ({Message})",
        },
        Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED ? TimeSpan.FromSeconds(1) : IsDamage ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(2),
        this);
}
