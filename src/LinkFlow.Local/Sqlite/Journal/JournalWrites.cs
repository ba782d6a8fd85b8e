using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite.Documents;

namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>Puts journal commits into the tables. Runs on the writer's thread, within a member's savepoint.</summary>
internal sealed class JournalWrites(StorePositions positions, DocumentWrites documents, TimeProvider time)
{
    private static readonly Sql Find = new("SELECT number, last_seq, status, first_position FROM executions INDEXED BY executions_by_id WHERE tenant = ?1 AND id = ?2");
    private static readonly Sql Insert = new(
        """
        INSERT INTO executions(tenant, id, workflow_id, status, mode, started_at, finished_at, last_seq, first_position, body)
        VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """);
    private static readonly Sql UpdateStatus = new("UPDATE executions SET status = ?2, finished_at = ?3, body = ?4 WHERE number = ?1");
    private static readonly Sql UpdateBody = new("UPDATE executions SET finished_at = ?2, body = ?3 WHERE number = ?1");
    private static readonly Sql UpdateSeq = new("UPDATE executions SET last_seq = ?2, first_position = ?3 WHERE number = ?1");
    private static readonly Sql InsertSegment = new("INSERT INTO segments(position, execution, first_seq, last_seq, format, checksum, payload) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    private static readonly Sql PutSnapshot = new("INSERT OR REPLACE INTO snapshots(execution, seq, checksum, body) VALUES(?1, ?2, ?3, ?4)");
    private static readonly Sql PutTimer = new("INSERT INTO timers(execution, name, due_at) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET due_at = excluded.due_at");
    private static readonly Sql DeleteTimer = new("DELETE FROM timers WHERE execution = ?1 AND name = ?2");
    private static readonly Sql DeleteMessage = new("DELETE FROM inbox WHERE position = ?1 AND execution = ?2");
    private static readonly Sql InsertMessage = new("INSERT INTO inbox(position, execution, id, kind, at, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(execution, id) DO NOTHING");
    private static readonly Sql CountMessages = new("SELECT count(*) FROM inbox INDEXED BY sqlite_autoindex_inbox_1 WHERE execution = ?1");
    private static readonly Sql InsertBlob = new("INSERT OR IGNORE INTO blob_refs(blob, execution) VALUES(?1, ?2)");
    private static readonly Sql ParkRow = new("UPDATE executions SET parked = ?2 WHERE number = ?1");

    /// <summary>Writes what an execution no longer needs once it has ended.</summary>
    private static readonly Sql[] DeleteWhenFinished =
    [
        new("DELETE FROM timers WHERE execution = ?1"),
        new("DELETE FROM inbox WHERE execution = ?1"),
        new("DELETE FROM snapshots WHERE execution = ?1"),
    ];

    /// <exception cref="JournalConflictException">Another owner was faster.</exception>
    public JournalReceipt Apply(SqliteSession session, PreparedCommit commit)
    {
        var position = ApplyExecution(session, commit.Commit);
        foreach (var work in commit.Documents) documents.Apply(session, work);
        foreach (var start in commit.Starts)
        {
            if (Look(session, start.Commit.Tenant, start.Commit.ExecutionId) is null) Apply(session, start);
        }

        var messages = commit.Commit.Messages;
        if (messages.Count == 0) return new JournalReceipt(position, []);
        var outcomes = new InboxOutcome[messages.Count];
        for (var i = 0; i < outcomes.Length; i++) outcomes[i] = Deliver(session, messages[i]);
        return new JournalReceipt(position, outcomes);
    }

    public InboxOutcome Deliver(SqliteSession session, InboxMessage message)
    {
        if (Look(session, message.Tenant, message.ExecutionId) is not { } target) return InboxOutcome.NotFound;
        if (target.Status >= ExecutionStatus.Success) return InboxOutcome.Finished;
        if (message.IsBounded && IsFull(session, target.Number)) return InboxOutcome.Full;
        session.Prepare(InsertMessage).Bind(1, positions.Next()).Bind(2, target.Number).Bind(3, message.Id).Bind(4, message.Kind)
            .Bind(5, Now).Bind(6, message.Body.Span).Run();
        return InboxOutcome.Accepted;
    }

    private static bool IsFull(SqliteSession session, long execution)
    {
        var count = session.Prepare(CountMessages).Bind(1, execution);
        count.Step();
        return count.GetInt64(0) >= JournalStore.MaxInbox;
    }

    /// <returns>False: there is no such execution.</returns>
    public static bool Park(SqliteSession session, string tenant, string executionId, string? reason)
    {
        if (Look(session, tenant, executionId) is not { } row) return false;
        session.Prepare(ParkRow).Bind(1, row.Number).Bind(2, reason).Run();
        return true;
    }

    internal static StoredRow? Look(SqliteSession session, string tenant, string executionId)
    {
        var find = session.Prepare(Find).BindId(1, tenant).BindId(2, executionId);
        if (!find.Step()) return null;
        var row = new StoredRow(find.GetInt64(0), find.GetInt64(1), (ExecutionStatus)find.GetInt64(2), find.GetInt64OrNull(3));
        find.Reset();
        return row;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long ApplyExecution(SqliteSession session, JournalCommit commit)
    {
        var found = Look(session, commit.Tenant, commit.ExecutionId);
        if ((found?.LastSeq ?? 0) != commit.ExpectedLastSeq)
            throw new JournalConflictException(commit.ExecutionId, commit.ExpectedLastSeq, found?.LastSeq ?? 0);

        var segment = commit.Segment;
        if (found is null && commit.Row is null) throw new ArgumentException($"Execution '{commit.ExecutionId}' is new: its commit needs a row.", nameof(commit));
        var position = segment is null ? 0 : positions.Next();
        long number;
        if (found is null)
        {
            number = InsertRow(session, commit, commit.Row!, position);
        }
        else
        {
            number = found.Value.Number;
            UpdateRow(session, commit, found.Value, position);
        }

        if (segment is not null) AppendSegment(session, number, position, segment);
        if (commit.Snapshot is { } snapshot && commit.Row is not { IsFinished: true })
            session.Prepare(PutSnapshot).Bind(1, number).Bind(2, snapshot.Seq).Bind(3, SegmentChecksum.Of(number, snapshot.Seq, 0, 0, snapshot.Body.Span)).Bind(4, snapshot.Body.Span).Run();
        foreach (var handled in commit.Handled) session.Prepare(DeleteMessage).Bind(1, handled).Bind(2, number).Run();
        WriteTimers(session, commit, number);
        foreach (var blob in commit.Blobs) session.Prepare(InsertBlob).Bind(1, blob).Bind(2, number).Run();
        return position;
    }

    private static long InsertRow(SqliteSession session, JournalCommit commit, ExecutionRow row, long position)
    {
        session.Prepare(Insert).BindId(1, commit.Tenant).BindId(2, commit.ExecutionId).BindId(3, row.WorkflowId)
            .Bind(4, (long)row.Status).BindMode(5, row.Mode).Bind(6, row.StartedAt).Bind(7, row.FinishedAt)
            .Bind(8, commit.Segment?.LastSeq ?? 0).Bind(9, position == 0 ? null : position).Bind(10, row.Body.Span).Run();
        return session.LastRowId;
    }

    private void UpdateRow(SqliteSession session, JournalCommit commit, StoredRow found, long position)
    {
        if (commit.Row is { } row)
        {
            // The status is in three indexes: it is touched only when it changes.
            if (row.Status != found.Status) session.Prepare(UpdateStatus).Bind(1, found.Number).Bind(2, (long)row.Status).Bind(3, row.FinishedAt).Bind(4, row.Body.Span).Run();
            else session.Prepare(UpdateBody).Bind(1, found.Number).Bind(2, row.FinishedAt).Bind(3, row.Body.Span).Run();
            if (row.IsFinished) foreach (var delete in DeleteWhenFinished) session.Prepare(delete).Bind(1, found.Number).Run();
        }

        var first = found.FirstPosition;
        if (commit.Replacement is { } replacement)
        {
            ExecutionDeletion.DeleteHistory(session, found.Number, found.FirstPosition);
            positions.Remember(session);
            first = null;
            foreach (var segment in replacement)
            {
                var at = segment.Position ?? positions.Next();
                first ??= at;
                AppendSegment(session, found.Number, at, segment);
            }
        }

        if (commit.Segment is { FirstSeq: 1 }) first = position;
        if (commit.Segment is { } appended) session.Prepare(UpdateSeq).Bind(1, found.Number).Bind(2, appended.LastSeq).Bind(3, first).Run();
        else if (first != found.FirstPosition) session.Prepare(UpdateSeq).Bind(1, found.Number).Bind(2, found.LastSeq).Bind(3, first).Run();
    }

    private static void AppendSegment(SqliteSession session, long number, long position, SegmentWrite segment) =>
        session.Prepare(InsertSegment).Bind(1, position).Bind(2, number).Bind(3, segment.FirstSeq).Bind(4, segment.LastSeq).Bind(5, segment.Format)
            .Bind(6, SegmentChecksum.Of(number, segment.FirstSeq, segment.LastSeq, segment.Format, segment.Payload.Span)).Bind(7, segment.Payload.Span).Run();

    private static void WriteTimers(SqliteSession session, JournalCommit commit, long number)
    {
        if (commit.Row is { IsFinished: true }) return;
        foreach (var timer in commit.Timers)
        {
            if (timer.DueAt is { } due) session.Prepare(PutTimer).Bind(1, number).Bind(2, timer.Name).Bind(3, due).Run();
            else session.Prepare(DeleteTimer).Bind(1, number).Bind(2, timer.Name).Run();
        }
    }

    internal readonly record struct StoredRow(long Number, long LastSeq, ExecutionStatus Status, long? FirstPosition);
}
