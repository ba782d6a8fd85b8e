using System.Diagnostics;
using System.Diagnostics.Metrics;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace LinkFlow.Local.Sqlite;

/// <summary>
/// The only one who writes: one thread that commits what has come meanwhile as one group. Each member has a
/// savepoint, so that one that fails takes nobody along; members are acknowledged only after COMMIT returned.
/// When the disk is full or read-only, or SQLite fails otherwise, every member of the group gets a
/// <see cref="StoreUnavailableException"/>, and the writer tries again by itself until writing works.
/// </summary>
public sealed class SqliteWriter : IDisposable
{
    private static readonly Meter Meter = new("LinkFlow");
    private static readonly Histogram<double> CommitDuration = Meter.CreateHistogram<double>("journal_commit_duration_seconds", "s");
    private static readonly Histogram<int> GroupSize = Meter.CreateHistogram<int>("journal_group_size");

    private static readonly Sql Begin = new("BEGIN IMMEDIATE");
    private static readonly Sql Commit = new("COMMIT");
    private static readonly Sql Rollback = new("ROLLBACK");
    private static readonly Sql Savepoint = new("SAVEPOINT member");
    private static readonly Sql Release = new("RELEASE member");
    private static readonly Sql RollbackTo = new("ROLLBACK TO member");
    private static readonly Sql Probe = new("INSERT INTO marks(name, value) VALUES('probe', 1) ON CONFLICT(name) DO UPDATE SET value = value + 1");

    /// <summary>How often a writer that cannot write looks whether it can again.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly WriterQueue _queue;
    private readonly Func<SqliteSession> _open;
    private readonly WriteAccess _access;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private SqliteSession? _session;
    private volatile StoreUnavailableException? _fault;
    private bool _wasFull;

    /// <param name="open">Opens the connection that it writes with; called again after a fault.</param>
    /// <param name="access">Says whether the files may be written.</param>
    internal SqliteWriter(Func<SqliteSession> open, WriteAccess access, StoreOptions options, ILogger log)
    {
        _open = open;
        _access = access;
        _log = log;
        _queue = new WriterQueue(options);
        _session = open();
        _thread = new Thread(WriteUntilClosed) { IsBackground = true, Name = "LinkFlow writer" };
        _thread.Start();
    }

    /// <summary>Why nothing can be written now; null: the last write went well.</summary>
    public StoreUnavailableException? Fault => _fault;

    /// <summary>Behind each commit, on the writer's thread: must be quick, and never throw.</summary>
    public event Action? Committed;

    /// <summary>Puts work into the next group. Durable when the task ends.</summary>
    /// <param name="work">Runs on the writer's thread, within a transaction; what it throws undoes it, and fails the task.</param>
    /// <param name="bytes">About how much data it holds on to while it waits.</param>
    /// <param name="cancellationToken">Takes it back as long as it has not begun.</param>
    /// <exception cref="StoreUnavailableException">At once: the queue is full. From the task: the commit failed; nothing was written.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, int bytes = 0, CancellationToken cancellationToken = default)
    {
        var member = new WriterMember<T>(work, bytes, cancellationToken);
        _queue.Add(member);
        return member.Task;
    }

    /// <summary>As <see cref="WriteAsync"/>, in a transaction of its own and only when no other write is waiting.</summary>
    public Task<T> WriteWhenIdleAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken = default)
    {
        var member = new WriterMember<T>(work, 0, cancellationToken);
        _queue.AddHousekeeping(member);
        return member.Task;
    }

    /// <summary>Takes no more work, and returns once what was accepted is committed.</summary>
    public void Stop()
    {
        _queue.Close();
        _thread.Join();
    }

    /// <summary>Stops, and closes the connection. The last to close the file copies the log into it, which only a connection that writes can do.</summary>
    public void Dispose()
    {
        Stop();
        Close();
    }

    private void WriteUntilClosed()
    {
        var group = new List<WriterMember>(WriterQueue.MaxGroup);
        while (_queue.Take(group, _fault is null ? Timeout.InfiniteTimeSpan : ProbeInterval))
        {
            group.RemoveAll(CancelledBefore);
            if (group.Count > 0) CommitGroup(group);
            else if (_fault is not null) CommitGroup([new WriterMember<bool>(ProbeWriting, 0, default)]);
            group.Clear();
        }
    }

    private static bool CancelledBefore(WriterMember member)
    {
        if (!member.CancellationToken.IsCancellationRequested) return false;
        member.Cancel();
        return true;
    }

    private static bool ProbeWriting(SqliteSession session)
    {
        session.Run(Probe);
        return true;
    }

    private void CommitGroup(List<WriterMember> group)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            _access.Require();
            if (_wasFull) _access.RequireRoom();
            _session ??= _open();
            _session.Run(Begin);
            if (group.Count == 1) RunAlone(_session, group[0]);
            else foreach (var member in group) RunInSavepoint(_session, member);
            if (!_session.IsAutocommit) _session.Run(Commit);
        }
        catch (Exception e) when (e is SqliteFaultException or StoreUnavailableException or StoreDamagedException)
        {
            GiveUp(group, e);
            return;
        }

        CommitDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        GroupSize.Record(group.Count);
        if (_fault is not null)
        {
            _fault = null;
            _wasFull = false;
            StoreLog.WritingAgain(_log);
        }

        foreach (var member in group)
        {
            if (member.Failure is { } failure) member.Fail(failure);
            else member.Acknowledge();
        }

        Committed?.Invoke();
    }

    private static void RunAlone(SqliteSession session, WriterMember member)
    {
        try
        {
            member.Run(session);
        }
        catch (Exception e) when (!IsEveryones(e))
        {
            member.Failure = e;
            session.ResetAll();
            if (!session.IsAutocommit) session.Run(Rollback);
        }
    }

    private static void RunInSavepoint(SqliteSession session, WriterMember member)
    {
        session.Run(Savepoint);
        try
        {
            member.Run(session);
        }
        catch (Exception e) when (!IsEveryones(e))
        {
            member.Failure = e;
            session.ResetAll();
            session.Run(RollbackTo);
        }

        session.Run(Release);
    }

    /// <summary>A full disk is not the fault of the member that met it: the whole group must know.</summary>
    private static bool IsEveryones(Exception e) => e is SqliteFaultException { IsEnvironmental: true };

    private void GiveUp(List<WriterMember> group, Exception cause)
    {
        var fault = cause switch
        {
            StoreUnavailableException unavailable => unavailable,
            SqliteFaultException sqlite => sqlite.ToUnavailable(),
            _ => new StoreUnavailableException(cause.Message, TimeSpan.FromSeconds(5), cause),
        };
        if (_fault is null) StoreLog.CannotWrite(_log, fault.Message, cause);
        _fault = fault;
        _wasFull |= cause is SqliteFaultException { Code: raw.SQLITE_FULL };
        if (cause is SqliteFaultException { LeavesConnectionSound: false }) Close();
        else RollBack();
        // Each gets its own exception: one object that is thrown in many places mixes up its stack trace.
        foreach (var member in group) member.Fail(new StoreUnavailableException(fault.Message, fault.RetryAfter, cause));
    }

    private void RollBack()
    {
        if (_session is null) return;
        try
        {
            _session.ResetAll();
            if (!_session.IsAutocommit) _session.Run(Rollback);
        }
        catch (SqliteFaultException e)
        {
            StoreLog.Reopening(_log, e);
            Close();
        }
    }

    /// <summary>Closing rolls back; the next group opens the file anew.</summary>
    private void Close()
    {
        _session?.Dispose();
        _session = null;
    }
}
