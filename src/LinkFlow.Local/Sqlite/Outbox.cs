using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Sqlite;

/// <summary>Outgoing events that became durable with the change that made them; kept for a while after every subscriber has had them.</summary>
public sealed class Outbox
{
    private const int RowsPerCommit = 500;

    private static readonly Sql Read = new("SELECT position, id, tenant, type, subject, at, data, format, target FROM outbox WHERE position > ?1 ORDER BY position LIMIT ?2");
    private static readonly Sql LastBefore = new("SELECT position FROM outbox WHERE at < ?1 ORDER BY position DESC LIMIT 1");
    private static readonly Sql Delete = new(
        "DELETE FROM outbox WHERE position IN (SELECT position FROM outbox WHERE position <= ?1 AND at < ?2 ORDER BY position LIMIT ?3)");

    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private readonly StorePositions _positions;

    internal Outbox(SqliteWriter writer, SqliteReaders readers, StorePositions positions)
    {
        _writer = writer;
        _readers = readers;
        _positions = positions;
    }

    /// <summary>Events behind a position, in the order of their commits.</summary>
    public ValueTask<IReadOnlyList<StoredEvent>> ReadAsync(long after, int limit, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync<IReadOnlyList<StoredEvent>>(session => ReadAfter(session, after, limit, long.MaxValue), cancellationToken);

    /// <summary>Forgets events up to and including this position that were committed before a time.</summary>
    /// <returns>How many.</returns>
    public async Task<long> DeleteAsync(long through, DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        long deleted = 0;
        while (true)
        {
            var now = await _writer.WriteWhenIdleAsync(session => DeleteSome(session, through, before), cancellationToken);
            deleted += now;
            if (now < RowsPerCommit) return deleted;
        }
    }

    /// <param name="maxBytes">The event that reaches it is the last.</param>
    internal static List<StoredEvent> ReadAfter(SqliteSession session, long after, int limit, long maxBytes)
    {
        var events = new List<StoredEvent>();
        var rows = session.Prepare(Read).Bind(1, after).Bind(2, limit);
        for (long bytes = 0; bytes < maxBytes && rows.Step(); bytes += events[^1].Body.Length)
        {
            events.Add(new StoredEvent(
                rows.GetInt64(0), rows.GetId(1), rows.GetId(2), rows.GetText(3), rows.GetText(4), rows.GetInt64(5), rows.GetBytes(6), rows.GetInt64(7) != 0, rows.GetTextOrNull(8)));
        }

        rows.Reset();
        return events;
    }

    /// <summary>The last position committed before a time, Unix ms; 0: there is none.</summary>
    internal static long PositionBefore(SqliteSession session, long at)
    {
        var row = session.Prepare(LastBefore).Bind(1, at);
        var position = row.Step() ? row.GetInt64(0) : 0;
        row.Reset();
        return position;
    }

    private int DeleteSome(SqliteSession session, long through, DateTimeOffset before)
    {
        session.Prepare(Delete).Bind(1, through).Bind(2, before.ToUnixTimeMilliseconds()).Bind(3, RowsPerCommit).Run();
        var deleted = session.Changes;
        if (deleted > 0) _positions.Remember(session);
        return deleted;
    }
}

/// <param name="Id">The same however often it is published.</param>
/// <param name="At">When it was committed, Unix ms.</param>
/// <param name="Body">JSON in UTF-8: the event, or its data alone.</param>
/// <param name="IsWhole">False: the body is only the data, as written before events had more to say.</param>
/// <param name="Target">The only subscriber that gets it; null: all.</param>
public sealed record StoredEvent(long Position, string Id, string Tenant, string Type, string Subject, long At, ReadOnlyMemory<byte> Body, bool IsWhole, string? Target)
{
    public CloudEvent ToCloudEvent()
    {
        var body = JsonText.ParseStored(Body.Span);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(At);
        return IsWhole ? CloudEvent.FromJson(body, at) : CloudEvent.Of(new OutgoingEvent(Type, Subject, body), Tenant, Id, at);
    }
}
