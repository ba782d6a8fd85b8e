using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Sqlite;

/// <summary>Connections that only read. A reader sees one consistent state per call and never waits for the writer.</summary>
public sealed class SqliteReaders : IDisposable
{
    private static readonly Sql Begin = new("BEGIN");
    private static readonly Sql Commit = new("COMMIT");

    private readonly SemaphoreSlim _free;
    private readonly ConcurrentStack<SqliteSession> _sessions;
    private readonly ILogger _log;

    internal SqliteReaders(Func<SqliteSession> open, int count, ILogger log)
    {
        _log = log;
        // All at once: opening one later could fail while the folder is read-only.
        _sessions = new ConcurrentStack<SqliteSession>();
        try
        {
            for (var i = 0; i < count; i++) _sessions.Push(open());
        }
        catch
        {
            foreach (var session in _sessions) session.Dispose();
            throw;
        }

        _free = new SemaphoreSlim(count, count);
    }

    /// <summary>Runs a read, on the caller's thread once a connection is free.</summary>
    /// <exception cref="StoreUnavailableException">SQLite cannot read now, or found damage.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken = default)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return Read(read);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_sessions.TryPop(out var session)) session.Dispose();
        _free.Dispose();
    }

    private T Read<T>(Func<SqliteSession, T> read)
    {
        ObjectDisposedException.ThrowIf(!_sessions.TryPop(out var session), this);
        try
        {
            session.Run(Begin);
            return read(session);
        }
        catch (SqliteFaultException e) when (e.IsEnvironmental)
        {
            if (e.IsDamage) StoreLog.Damaged(_log, StoreDamagedException.Remedy, e);
            throw e.ToUnavailable();
        }
        finally
        {
            session.ResetAll();
            if (!session.IsAutocommit) session.Run(Commit);
            _sessions.Push(session);
        }
    }
}
