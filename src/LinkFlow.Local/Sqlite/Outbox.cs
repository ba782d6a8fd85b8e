namespace LinkFlow.Local.Sqlite;

/// <summary>Outgoing events that became durable with the change that made them, until they are published.</summary>
public sealed class Outbox
{
    private static readonly Sql Read = new("SELECT position, id, tenant, type, subject, at, data FROM outbox WHERE position > ?1 ORDER BY position LIMIT ?2");
    private static readonly Sql Delete = new("DELETE FROM outbox WHERE position <= ?1");

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
        _readers.ReadAsync<IReadOnlyList<StoredEvent>>(session =>
        {
            var events = new List<StoredEvent>();
            var rows = session.Prepare(Read).Bind(1, after).Bind(2, limit);
            while (rows.Step())
                events.Add(new StoredEvent(rows.GetInt64(0), rows.GetId(1), rows.GetId(2), rows.GetText(3), rows.GetText(4), rows.GetInt64(5), rows.GetBytes(6)));
            return events;
        }, cancellationToken);

    /// <summary>Forgets the events up to and including this position: they are published.</summary>
    public Task<int> DeleteThroughAsync(long position, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(session =>
        {
            session.Prepare(Delete).Bind(1, position).Run();
            var deleted = session.Changes;
            if (deleted > 0) _positions.Remember(session);
            return deleted;
        }, cancellationToken: cancellationToken);
}

/// <param name="Id">The same however often it is published.</param>
/// <param name="At">When it was committed, Unix ms.</param>
/// <param name="Data">JSON in UTF-8.</param>
public sealed record StoredEvent(long Position, string Id, string Tenant, string Type, string Subject, long At, ReadOnlyMemory<byte> Data);
