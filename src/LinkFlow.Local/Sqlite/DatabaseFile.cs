using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace LinkFlow.Local.Sqlite;

/// <summary>Opens the database file: what can be checked fast is checked at every start; SQLite reports the rest when it meets it.</summary>
internal static class DatabaseFile
{
    private const int PageSize = 4096;
    private const int HeaderSize = 100;
    private const int WriterCacheKiB = 16 * 1024;
    private const int ReaderCacheKiB = 4 * 1024;

    /// <summary>How long the check of the contents may hold up a start; in this time about 20 MB are checked; of a larger file SQLite reports damage when it meets it.</summary>
    private static readonly TimeSpan CheckTime = TimeSpan.FromMilliseconds(80);

    /// <summary>Checks and migrates the file, or makes it.</summary>
    /// <exception cref="StoreDamagedException">It is damaged, of a newer version, or of another program.</exception>
    /// <exception cref="SqliteFaultException">It cannot be opened or written.</exception>
    public static StorePositions Prepare(string path, StoreOptions options, ILogger log)
    {
        CheckHeader(path);
        using var session = Configure(SqliteSession.Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, WriterCacheKiB, options.BusyTimeout), options);
        // The log of the last run goes into the main file, so that the checks below see all of it in one place.
        session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        CheckLength(session, path);
        CheckContents(session, path);
        var found = Schema.Migrate(session, path);
        if (found != 0 && found != Schema.CurrentVersion) StoreLog.Migrated(log, found, Schema.CurrentVersion);
        return StorePositions.Read(session);
    }

    /// <summary>Never creates it: a file that vanished must not be replaced by an empty one.</summary>
    public static SqliteSession OpenForWriting(string path, StoreOptions options) =>
        Configure(SqliteSession.Open(path, raw.SQLITE_OPEN_READWRITE, WriterCacheKiB, options.BusyTimeout), options);

    public static SqliteSession OpenForReading(string path, StoreOptions options) =>
        SqliteSession.Open(path, raw.SQLITE_OPEN_READONLY, ReaderCacheKiB, options.BusyTimeout);

    private static SqliteSession Configure(SqliteSession session, StoreOptions options)
    {
        try
        {
            session.Execute(
                $"""
                PRAGMA page_size={PageSize}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
                PRAGMA wal_autocheckpoint={options.CheckpointPages}; PRAGMA journal_size_limit={64L << 20};
                """);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static void CheckHeader(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0) return;
        Span<byte> header = stackalloc byte[HeaderSize];
        using var stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
            throw StoreDamagedException.At(path, $"it has {file.Length} bytes, less than its header");
        if (!header.StartsWith("SQLite format 3\0"u8))
            throw StoreDamagedException.At(path, "it does not begin as a database does");
        var pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        if (pageSize != 1 && (pageSize < 512 || !System.Numerics.BitOperations.IsPow2(pageSize)))
            throw StoreDamagedException.At(path, $"its header gives a page size of {pageSize} bytes");
    }

    private static void CheckLength(SqliteSession session, string path)
    {
        var expected = session.QueryNumber("PRAGMA page_count") * session.QueryNumber("PRAGMA page_size") ?? 0;
        var actual = new FileInfo(path).Length;
        if (actual < expected) throw StoreDamagedException.At(path, $"it has {actual} bytes, and {expected} belong to it");
    }

    private static void CheckContents(SqliteSession session, string path)
    {
        string? finding = null;
        if (session.TryWithin(CheckTime, () => finding = session.QueryText("PRAGMA quick_check(1)")) && finding is not "ok")
            throw StoreDamagedException.At(path, finding ?? "it cannot be checked");
    }
}
