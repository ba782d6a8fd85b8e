using LinkFlow.Engine.Executions;

namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>What is read of executions. Each method runs within one snapshot of the database.</summary>
internal static class JournalReads
{
    private const string SegmentColumns = "position, first_seq, last_seq, format, checksum, payload";

    private static readonly Sql GetRow = new(
        """
        SELECT tenant, id, workflow_id, status, mode, started_at, finished_at, last_seq, parked, body
        FROM executions INDEXED BY executions_by_id WHERE tenant = ?1 AND id = ?2
        """);
    private static readonly Sql FirstSegment = new($"SELECT {SegmentColumns} FROM segments WHERE position = ?1");
    private static readonly Sql LaterSegments = new(
        $"""
        SELECT {SegmentColumns} FROM segments INDEXED BY segments_later WHERE execution = ?1 AND first_seq > 1
        AND first_seq >= coalesce((SELECT max(first_seq) FROM segments INDEXED BY segments_later WHERE execution = ?1 AND first_seq > 1 AND first_seq <= ?2), 0)
        ORDER BY first_seq
        """);
    private static readonly Sql SegmentBefore = new(
        $"""
        SELECT {SegmentColumns} FROM segments INDEXED BY segments_later
        WHERE execution = ?1 AND first_seq > 1 AND first_seq <= ?2 ORDER BY first_seq DESC LIMIT 1
        """);
    private static readonly Sql GetSnapshot = new("SELECT seq, checksum, body FROM snapshots WHERE execution = ?1");
    private static readonly Sql InboxRows = new("SELECT position, id, kind, at, body FROM inbox WHERE execution = ?1 ORDER BY position LIMIT ?2");
    private static readonly Sql RunnableRows = new(
        "SELECT tenant, id, number FROM executions INDEXED BY executions_runnable WHERE status < 2 AND parked IS NULL AND number > ?1 ORDER BY number LIMIT ?2");
    private static readonly Sql InboxOwners = new(
        """
        SELECT e.tenant, e.id, e.number FROM (SELECT DISTINCT execution FROM inbox WHERE execution > ?1 ORDER BY execution) i
        CROSS JOIN executions e WHERE e.number = i.execution AND e.parked IS NULL LIMIT ?2
        """);
    private static readonly Sql TimerRows = new(
        """
        SELECT e.tenant, e.id, t.name, t.due_at FROM timers t INDEXED BY timers_due CROSS JOIN executions e
        WHERE t.due_at <= ?1 AND e.number = t.execution AND e.parked IS NULL ORDER BY t.due_at LIMIT ?2
        """);
    private static readonly Sql FirstTimerAfter = new("SELECT min(due_at) FROM timers INDEXED BY timers_due WHERE due_at > ?1");
    private static readonly Sql TimersOfRow = new("SELECT name, due_at FROM timers WHERE execution = ?1 ORDER BY due_at, name");
    private static readonly Sql PublishedRows = new(
        """
        SELECT s.position, s.first_seq, s.last_seq, s.format, s.checksum, s.payload, s.execution, e.tenant, e.id
        FROM segments s CROSS JOIN executions e WHERE s.position > ?1 AND e.number = s.execution ORDER BY s.position LIMIT ?2
        """);

    public static ExecutionRecord? Get(SqliteSession session, string tenant, string executionId)
    {
        var row = session.Prepare(GetRow).BindId(1, tenant).BindId(2, executionId);
        return row.Step() ? ReadRecord(row) : null;
    }

    /// <summary>Columns in the order of <see cref="GetRow"/>.</summary>
    public static ExecutionRecord ReadRecord(SqliteStatement row) => new(
        row.GetId(0), row.GetId(1), row.GetId(2), (ExecutionStatus)row.GetInt64(3), row.GetMode(4),
        row.GetInt64(5), row.GetInt64OrNull(6), row.GetInt64(7), row.GetTextOrNull(8), row.GetBytes(9));

    public static IReadOnlyList<Segment> Segments(SqliteSession session, string tenant, string executionId, long afterSeq, int maxBytes)
    {
        var segments = new List<Segment>();
        if (JournalWrites.Look(session, tenant, executionId) is not { } row || afterSeq >= row.LastSeq) return segments;

        var reading = new Reading(executionId, row.Number);
        var bytes = 0;
        if (row.FirstPosition is { } position)
        {
            var first = reading.Single(session.Prepare(FirstSegment).Bind(1, position)) ?? throw reading.Missing(1);
            if (first.LastSeq > afterSeq) segments.Add(first);
            bytes = segments.Count * first.Payload.Length;
        }

        var later = session.Prepare(LaterSegments).Bind(1, row.Number).Bind(2, afterSeq + 1);
        while ((segments.Count == 0 || bytes < maxBytes) && later.Step())
        {
            var segment = reading.Current(later);
            if (segment.LastSeq <= afterSeq) continue;
            if (segments.Count > 0 && segments[^1].LastSeq + 1 != segment.FirstSeq) throw reading.Missing(segments[^1].LastSeq + 1);
            segments.Add(segment);
            bytes += segment.Payload.Length;
        }

        return segments;
    }

    public static Segment? SegmentAt(SqliteSession session, string tenant, string executionId, long seq)
    {
        if (JournalWrites.Look(session, tenant, executionId) is not { } row || seq < 1 || seq > row.LastSeq) return null;
        var reading = new Reading(executionId, row.Number);
        var found = reading.Single(session.Prepare(SegmentBefore).Bind(1, row.Number).Bind(2, seq));
        if (found is null && row.FirstPosition is { } position) found = reading.Single(session.Prepare(FirstSegment).Bind(1, position));
        return found is not null && seq <= found.LastSeq ? found : null;
    }

    public static StoredSnapshot? Snapshot(SqliteSession session, string tenant, string executionId)
    {
        if (JournalWrites.Look(session, tenant, executionId) is not { } row) return null;
        var found = session.Prepare(GetSnapshot).Bind(1, row.Number);
        if (!found.Step()) return null;
        var snapshot = new StoredSnapshot(found.GetInt64(0), found.GetBytes(2));
        if (SegmentChecksum.Of(row.Number, snapshot.Seq, 0, 0, snapshot.Body.Span) != (uint)found.GetInt64(1))
            throw new SegmentDamagedException(executionId, snapshot.Seq, "the checksum of the snapshot is wrong");
        return snapshot;
    }

    public static IReadOnlyList<InboxEntry> Inbox(SqliteSession session, string tenant, string executionId, int limit)
    {
        var entries = new List<InboxEntry>();
        if (JournalWrites.Look(session, tenant, executionId) is not { } row) return entries;
        var found = session.Prepare(InboxRows).Bind(1, row.Number).Bind(2, limit);
        while (found.Step()) entries.Add(new InboxEntry(found.GetInt64(0), found.GetText(1), found.GetText(2), found.GetInt64(3), found.GetBytes(4)));
        return entries;
    }

    public static IReadOnlyList<ExecutionKey> Runnable(SqliteSession session, long after, int limit) => Keys(session.Prepare(RunnableRows), after, limit);
    public static IReadOnlyList<ExecutionKey> WithInbox(SqliteSession session, long after, int limit) => Keys(session.Prepare(InboxOwners), after, limit);

    public static IReadOnlyList<StoredTimer> Timers(SqliteSession session, long dueBy, int limit)
    {
        var timers = new List<StoredTimer>();
        var rows = session.Prepare(TimerRows).Bind(1, dueBy).Bind(2, limit);
        while (rows.Step()) timers.Add(new StoredTimer(rows.GetId(0), rows.GetId(1), rows.GetText(2), rows.GetInt64(3)));
        return timers;
    }

    public static long? NextTimerAfter(SqliteSession session, long after)
    {
        var row = session.Prepare(FirstTimerAfter).Bind(1, after);
        return row.Step() ? row.GetInt64OrNull(0) : null;
    }

    public static IReadOnlyList<StoredTimer> TimersOf(SqliteSession session, string tenant, string executionId)
    {
        var timers = new List<StoredTimer>();
        if (JournalWrites.Look(session, tenant, executionId) is not { } row) return timers;
        var rows = session.Prepare(TimersOfRow).Bind(1, row.Number);
        while (rows.Step()) timers.Add(new StoredTimer(tenant, executionId, rows.GetText(0), rows.GetInt64(1)));
        return timers;
    }

    public static IReadOnlyList<PublishedSegment> Published(SqliteSession session, long afterPosition, int limit)
    {
        var segments = new List<PublishedSegment>();
        var rows = session.Prepare(PublishedRows).Bind(1, afterPosition).Bind(2, limit);
        while (rows.Step())
        {
            var id = rows.GetId(8);
            segments.Add(new PublishedSegment(rows.GetId(7), id, new Reading(id, rows.GetInt64(6)).Current(rows)));
        }

        return segments;
    }

    private static List<ExecutionKey> Keys(SqliteStatement rows, long after, int limit)
    {
        var keys = new List<ExecutionKey>();
        rows.Bind(1, after).Bind(2, limit);
        while (rows.Step()) keys.Add(new ExecutionKey(rows.GetId(0), rows.GetId(1), rows.GetInt64(2)));
        return keys;
    }

    /// <summary>Reads segments of one execution, and believes none whose checksum is wrong.</summary>
    private readonly record struct Reading(string ExecutionId, long Number)
    {
        public Segment? Single(SqliteStatement rows)
        {
            if (!rows.Step()) return null;
            var segment = Current(rows);
            rows.Reset();
            return segment;
        }

        public Segment Current(SqliteStatement rows)
        {
            var segment = new Segment(rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2), (int)rows.GetInt64(3), rows.GetBytes(5));
            if (SegmentChecksum.Of(Number, segment.FirstSeq, segment.LastSeq, segment.Format, segment.Payload.Span) != (uint)rows.GetInt64(4))
                throw new SegmentDamagedException(ExecutionId, segment.FirstSeq, "its checksum is wrong");
            return segment;
        }

        public SegmentDamagedException Missing(long seq) => new(ExecutionId, seq, "it is missing");
    }
}
