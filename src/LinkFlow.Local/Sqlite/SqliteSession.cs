using SQLitePCL;

namespace LinkFlow.Local.Sqlite;

/// <summary>One native connection with its prepared statements. Used by one thread at a time.</summary>
public sealed class SqliteSession : IDisposable
{
    private readonly sqlite3 _database;
    private readonly List<SqliteStatement> _active = [];
    private SqliteStatement?[] _statements = new SqliteStatement?[64];

    private SqliteSession(sqlite3 database) => _database = database;

    /// <summary>False while a transaction is open.</summary>
    public bool IsAutocommit => raw.sqlite3_get_autocommit(_database) != 0;

    /// <summary>Rows that the last INSERT, UPDATE or DELETE changed.</summary>
    public int Changes => raw.sqlite3_changes(_database);
    public long LastRowId => raw.sqlite3_last_insert_rowid(_database);

    /// <param name="access">SQLITE_OPEN_READONLY, or SQLITE_OPEN_READWRITE with or without SQLITE_OPEN_CREATE.</param>
    /// <param name="cacheKiB">How much memory its page cache may take.</param>
    /// <exception cref="SqliteFaultException">The file cannot be opened.</exception>
    public static SqliteSession Open(string path, int access, int cacheKiB, TimeSpan busyTimeout)
    {
        SqliteLibrary.Load();
        var result = raw.sqlite3_open_v2(path, out var database, access | raw.SQLITE_OPEN_NOMUTEX, null);
        var session = new SqliteSession(database);
        try
        {
            session.Check(result);
            raw.sqlite3_extended_result_codes(database, 1);
            session.Check(raw.sqlite3_busy_timeout(database, (int)busyTimeout.TotalMilliseconds));
            // Rolled-back savepoints are kept in memory; no temporary files that could fail on a full disk.
            session.Execute($"PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{cacheKiB}; PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF");
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The statement, ready to be bound; any earlier use of it in this session is over.</summary>
    public SqliteStatement Prepare(Sql sql)
    {
        if (sql.Index >= _statements.Length) Array.Resize(ref _statements, Math.Max(sql.Index + 1, _statements.Length * 2));
        var statement = _statements[sql.Index] ??= new SqliteStatement(this, Compile(sql.Text));
        statement.Reset();
        return statement;
    }

    /// <summary>Runs a statement without parameters.</summary>
    public void Run(Sql sql) => Prepare(sql).Run();

    /// <summary>Runs one or more statements that are not kept.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_database, sql));

    /// <summary>The first column of the first row as a number, or null when there is no row.</summary>
    public long? QueryNumber(string sql)
    {
        using var statement = new SqliteStatement(this, Compile(sql));
        return statement.Step() ? statement.GetInt64(0) : null;
    }

    /// <summary>A column of the first row as text, or null when there is no row.</summary>
    public string? QueryText(string sql, int column = 0)
    {
        using var statement = new SqliteStatement(this, Compile(sql));
        return statement.Step() ? statement.GetText(column) : null;
    }

    /// <summary>Ends the use of all statements, so that no read snapshot is held.</summary>
    public void ResetAll()
    {
        for (var i = _active.Count - 1; i >= 0; i--) _active[i].Reset();
    }

    /// <summary>Runs something that is interrupted once this time is over.</summary>
    /// <returns>False: it was interrupted, so that its result, even a finding, means nothing.</returns>
    public bool TryWithin(TimeSpan time, Action work)
    {
        var isOver = false;
        using var stopped = new ManualResetEvent(false);
        var timer = new Timer(_ =>
        {
            Volatile.Write(ref isOver, true);
            raw.sqlite3_interrupt(_database);
        }, null, time, Timeout.InfiniteTimeSpan);
        try
        {
            work();
            return !Volatile.Read(ref isOver);
        }
        catch (SqliteFaultException e) when (e.Code == raw.SQLITE_INTERRUPT)
        {
            return false;
        }
        finally
        {
            // So that it cannot interrupt what comes next.
            timer.Dispose(stopped);
            stopped.WaitOne();
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement?.Dispose();
        _database.Dispose();
    }

    internal void Enter(SqliteStatement statement) => _active.Add(statement);
    internal void Leave(SqliteStatement statement) => _active.Remove(statement);

    internal void Check(int result)
    {
        if (result is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE) return;
        throw new SqliteFaultException(raw.sqlite3_extended_errcode(_database), raw.sqlite3_errmsg(_database).utf8_to_string());
    }

    private sqlite3_stmt Compile(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_database, sql, out var statement));
        return statement;
    }
}
