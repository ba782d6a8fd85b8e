using SQLitePCL;

namespace LinkFlow.Local.Sqlite;

/// <summary>A prepared statement of one session. Parameters count from 1, columns from 0.</summary>
public sealed class SqliteStatement : IDisposable
{
    private readonly SqliteSession _session;
    private readonly sqlite3_stmt _statement;
    private bool _active;

    internal SqliteStatement(SqliteSession session, sqlite3_stmt statement)
    {
        _session = session;
        _statement = statement;
    }

    public SqliteStatement Bind(int index, long value) => Checked(raw.sqlite3_bind_int64(_statement, index, value));
    public SqliteStatement Bind(int index, long? value) => value is { } number ? Bind(index, number) : BindNull(index);
    public SqliteStatement Bind(int index, string? value) => value is null ? BindNull(index) : Checked(raw.sqlite3_bind_text(_statement, index, value));

    /// <summary>An empty span is an empty blob, not NULL.</summary>
    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value) => Checked(value.IsEmpty
        ? raw.sqlite3_bind_zeroblob(_statement, index, 0)
        : raw.sqlite3_bind_blob(_statement, index, value));

    /// <summary>A lower-case UUID is stored as its 16 bytes, any other id as its text.</summary>
    public SqliteStatement BindId(int index, string id)
    {
        Span<byte> bytes = stackalloc byte[StoredId.Size];
        return StoredId.TryWrite(id, bytes) ? Bind(index, bytes) : Bind(index, id);
    }

    public SqliteStatement BindNull(int index) => Checked(raw.sqlite3_bind_null(_statement, index));

    /// <returns>True: there is a row. False: the statement has ended, and is ready for its next use.</returns>
    /// <exception cref="SqliteFaultException">The statement failed.</exception>
    public bool Step()
    {
        if (!_active)
        {
            _active = true;
            _session.Enter(this);
        }

        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        if (result != raw.SQLITE_DONE)
        {
            // The error is read before the reset, which may change it.
            try { _session.Check(result); }
            finally { Reset(); }
        }

        Reset();
        return false;
    }

    /// <summary>Runs it to its end; rows are of no interest.</summary>
    public void Run()
    {
        while (Step());
    }

    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);
    public long? GetInt64OrNull(int column) => IsNull(column) ? null : GetInt64(column);
    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;
    public string GetText(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string() ?? "";
    public string? GetTextOrNull(int column) => IsNull(column) ? null : GetText(column);

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> GetSpan(int column) => raw.sqlite3_column_blob(_statement, column);
    public byte[] GetBytes(int column) => GetSpan(column).ToArray();
    public string GetId(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_BLOB ? StoredId.Read(GetSpan(column)) : GetText(column);

    public void Reset()
    {
        if (!_active) return;
        // Its result repeats the error of the step before, which has been thrown.
        _ = raw.sqlite3_reset(_statement);
        _active = false;
        _session.Leave(this);
    }

    public void Dispose()
    {
        Reset();
        _statement.Dispose();
    }

    private SqliteStatement Checked(int result)
    {
        _session.Check(result);
        return this;
    }
}
