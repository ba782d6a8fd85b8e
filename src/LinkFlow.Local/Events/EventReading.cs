using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Sqlite;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Events;

/// <summary>
/// All events of this store in the order of their commits: those of the outbox, and those that follow from the executions' segments. What
/// executions tell costs their commits nothing: it is worked out here, and only for those who want it.
/// </summary>
internal sealed class EventReading(SqliteReaders readers, ILogger log)
{
    /// <summary>Rows of each kind in one page.</summary>
    private const int PageRows = 500;
    private const long PageBytes = 4L << 20;

    private static readonly Sql SegmentRows = new(
        """
        SELECT s.position, s.first_seq, s.last_seq, s.format, s.checksum, s.payload, s.execution, e.tenant, e.id, e.body
        FROM segments s CROSS JOIN executions e WHERE s.position > ?1 AND e.number = s.execution ORDER BY s.position LIMIT ?2
        """);
    private static readonly Sql LastSegment = new("SELECT max(position) FROM segments");

    /// <summary>What was committed behind a position, as much as fits into a page.</summary>
    /// <param name="withExecutions">False: nobody wants events of executions, so that no history need be read.</param>
    public async ValueTask<EventPage> ReadAsync(long after, bool withExecutions, CancellationToken cancellationToken)
    {
        var rows = await readers.ReadAsync(session => ReadRows(session, after, withExecutions, PageRows), cancellationToken);
        var events = new List<LoggedEvent>(rows.Stored.Count);
        foreach (var stored in rows.Stored) events.Add(LoggedEvent.Of(stored));
        foreach (var segment in rows.Executions) AddEvents(segment, events);
        // One position is one commit's; within it the order is that of the numbers.
        events.Sort(static (a, b) => a.Position != b.Position ? a.Position.CompareTo(b.Position) : a.Index.CompareTo(b.Index));
        return new EventPage(events, rows.Through);
    }

    /// <summary>One event once more; null: it is gone.</summary>
    public async ValueTask<LoggedEvent?> ReadOneAsync(long position, int index, CancellationToken cancellationToken)
    {
        var rows = await readers.ReadAsync(session => ReadRows(session, position - 1, withExecutions: true, 1), cancellationToken);
        foreach (var stored in rows.Stored)
            if (stored.Position == position) return LoggedEvent.Of(stored);
        var events = new List<LoggedEvent>();
        foreach (var segment in rows.Executions)
            if (segment.Position == position) AddEvents(segment, events);
        return events.Find(e => e.Index == index);
    }

    private static Rows ReadRows(SqliteSession session, long after, bool withExecutions, int limit)
    {
        var stored = Outbox.ReadAfter(session, after, limit, PageBytes);
        var storedThrough = stored.Count == limit || stored.Sum(s => (long)s.Body.Length) >= PageBytes ? stored[^1].Position : long.MaxValue;
        if (!withExecutions)
        {
            var last = session.Prepare(LastSegment);
            last.Step();
            var end = Math.Max(Math.Max(after, last.GetInt64(0)), stored.Count > 0 ? stored[^1].Position : 0);
            last.Reset();
            return new Rows(stored, [], Math.Min(end, storedThrough));
        }

        var segments = new List<SegmentRow>();
        var rows = session.Prepare(SegmentRows).Bind(1, after).Bind(2, limit);
        long bytes = 0;
        while (bytes < PageBytes && rows.Step())
        {
            segments.Add(SegmentRow.Read(rows));
            bytes += segments[^1].Payload.Length;
        }

        rows.Reset();
        var segmentsThrough = segments.Count == limit || bytes >= PageBytes ? segments[^1].Position : long.MaxValue;
        var through = Math.Min(storedThrough, segmentsThrough);
        if (through == long.MaxValue) through = Math.Max(after, Math.Max(stored.Count > 0 ? stored[^1].Position : 0, segments.Count > 0 ? segments[^1].Position : 0));
        stored.RemoveAll(s => s.Position > through);
        segments.RemoveAll(s => s.Position > through);
        return new Rows(stored, segments, through);
    }

    private void AddEvents(SegmentRow row, List<LoggedEvent> to)
    {
        try
        {
            if (!row.IsSound) throw new HistoryUnreadableException("its checksum is wrong");
            var execution = ExecutionJson.Read(JsonText.ParseStored(row.Execution));
            foreach (var @event in Segments.Read(row.ToSegment()))
            {
                if (ExecutionEvents.TypeOf(@event) is not { } type) continue;
                to.Add(new LoggedEvent(row.Position, (int)(@event.Seq - row.FirstSeq), row.Tenant, type, execution.Id, @event.At, null, 512, () => CloudEvent.Of(
                    ExecutionEvents.Of(execution, @event)!, row.Tenant, "", DateTimeOffset.FromUnixTimeMilliseconds(@event.At))));
            }
        }
        catch (Exception e) when (e is HistoryUnreadableException or FormatException)
        {
            // The execution itself is set aside for it; nobody can say what happened in it.
            EventBusLog.SegmentUnreadable(log, row.ExecutionId, row.FirstSeq, e.Message);
        }
    }

    private sealed record Rows(List<StoredEvent> Stored, List<SegmentRow> Executions, long Through);

    private sealed record SegmentRow(long Position, long FirstSeq, long LastSeq, int Format, byte[] Payload, bool IsSound, string Tenant, string ExecutionId, byte[] Execution)
    {
        public static SegmentRow Read(SqliteStatement row)
        {
            var (firstSeq, lastSeq, format, payload) = (row.GetInt64(1), row.GetInt64(2), (int)row.GetInt64(3), row.GetBytes(5));
            var isSound = SegmentChecksum.Of(row.GetInt64(6), firstSeq, lastSeq, format, payload) == (uint)row.GetInt64(4);
            return new SegmentRow(row.GetInt64(0), firstSeq, lastSeq, format, payload, isSound, row.GetId(7), row.GetId(8), row.GetBytes(9));
        }

        public Segment ToSegment() => new(Position, FirstSeq, LastSeq, Format, Payload);
    }
}

/// <param name="Through">The position up to which everything is in this page or earlier ones.</param>
internal sealed record EventPage(IReadOnlyList<LoggedEvent> Events, long Through);

/// <summary>An event at its place in the order of commits.</summary>
/// <param name="Index">Tells those of one position apart.</param>
/// <param name="At">When it was committed, Unix ms.</param>
/// <param name="Bytes">About how much memory it takes.</param>
/// <param name="Make">Makes the event, which is not needed where nobody wants it.</param>
internal sealed record LoggedEvent(long Position, int Index, string Tenant, string Type, string? Subject, long At, string? Target, int Bytes, Func<CloudEvent> Make)
{
    public static LoggedEvent Of(StoredEvent stored) => new(
        stored.Position, 0, stored.Tenant, stored.Type, stored.Subject.Length == 0 ? null : stored.Subject, stored.At, stored.Target, stored.Body.Length, stored.ToCloudEvent);
}
