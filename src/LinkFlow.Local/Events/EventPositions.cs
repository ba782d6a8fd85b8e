using LinkFlow.Local.Sqlite;
using LinkFlow.Local.Sqlite.Documents;
using LinkFlow.Platform.Events;

namespace LinkFlow.Local.Events;

/// <summary>How far each subscriber is, durably. Everything up to its position is settled; what is settled beyond is in its inbox.</summary>
public sealed class EventPositions
{
    private static readonly Sql ReadAll = new("SELECT subscriber, position, generation, replay_from, replay_through FROM event_positions");
    private static readonly Sql Find = new("SELECT subscriber, position, generation, replay_from, replay_through FROM event_positions WHERE subscriber = ?1");
    private static readonly Sql Insert = new("INSERT INTO event_positions(subscriber, position, generation) VALUES(?1, ?2, 1)");
    private static readonly Sql Update = new("UPDATE event_positions SET position = ?2 WHERE subscriber = ?1 AND generation = ?3");
    private static readonly Sql Restart = new(
        "UPDATE event_positions SET position = ?2, generation = generation + 1, replay_from = ?3, replay_through = ?4 WHERE subscriber = ?1");
    private static readonly Sql Remove = new("DELETE FROM event_positions WHERE subscriber = ?1");
    private static readonly Sql FirstSegmentBefore = new(
        "SELECT first_position FROM executions WHERE started_at < ?1 AND first_position IS NOT NULL ORDER BY number DESC LIMIT 1");

    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private readonly StorePositions _positions;

    internal EventPositions(SqliteWriter writer, SqliteReaders readers, StorePositions positions)
    {
        _writer = writer;
        _readers = readers;
        _positions = positions;
    }

    /// <summary>The last position that was drawn by anyone.</summary>
    public long Last => _positions.Last;

    public ValueTask<IReadOnlyList<EventPosition>> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _readers.ReadAsync<IReadOnlyList<EventPosition>>(session =>
        {
            var all = new List<EventPosition>();
            var rows = session.Prepare(ReadAll);
            while (rows.Step()) all.Add(Current(rows));
            return all;
        }, cancellationToken);

    /// <summary>Where a subscriber is; a new one begins with what is committed from now on.</summary>
    public Task<EventPosition> OpenAsync(string subscriber, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(session =>
        {
            if (FindIn(session, subscriber) is { } found) return found;
            session.Prepare(Insert).Bind(1, subscriber).Bind(2, _positions.Last).Run();
            return new EventPosition(subscriber, _positions.Last, 1, null, 0);
        }, cancellationToken: cancellationToken);

    /// <summary>Moves a subscriber on, and forgets the notes that are not needed any more.</summary>
    /// <param name="tenants">Whose events it has handled since the last time.</param>
    public Task SaveAsync(EventPosition position, IReadOnlyCollection<string> tenants, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(session =>
        {
            session.Prepare(Update).Bind(1, position.Subscriber).Bind(2, position.Position).Bind(3, position.Generation).Run();
            foreach (var tenant in tenants)
                DocumentWrites.DeleteRange(session, tenant, InboxNote.Type.Name, $"{position.Subscriber}/", position.NoteId(position.Position + 1, 0));
            return true;
        }, cancellationToken: cancellationToken);

    /// <summary>Sends a subscriber back to a time: its notes count no more.</summary>
    /// <returns>Null: there is none of that name.</returns>
    public Task<EventPosition?> RestartAsync(string subscriber, DateTimeOffset from, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(session =>
        {
            if (FindIn(session, subscriber) is null) return null;
            // What was begun before and committed a little later is found too; what is older than the time is left out when it is read.
            var at = from.AddMinutes(-1).ToUnixTimeMilliseconds();
            var segment = session.Prepare(FirstSegmentBefore).Bind(1, at);
            var position = segment.Step() ? segment.GetInt64(0) : 0;
            segment.Reset();
            position = Math.Max(position, Outbox.PositionBefore(session, at));
            session.Prepare(Restart).Bind(1, subscriber).Bind(2, position).Bind(3, from.ToUnixTimeMilliseconds()).Bind(4, _positions.Last).Run();
            return FindIn(session, subscriber);
        }, cancellationToken: cancellationToken);

    /// <summary>Forgets a subscriber that there is no more.</summary>
    public Task RemoveAsync(string subscriber, string tenant, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(session =>
        {
            session.Prepare(Remove).Bind(1, subscriber).Run();
            DocumentWrites.DeleteRange(session, tenant, InboxNote.Type.Name, $"{subscriber}/", $"{subscriber}0");
            return true;
        }, cancellationToken: cancellationToken);

    private static EventPosition? FindIn(SqliteSession session, string subscriber)
    {
        var row = session.Prepare(Find).Bind(1, subscriber);
        var found = row.Step() ? Current(row) : null;
        row.Reset();
        return found;
    }

    private static EventPosition Current(SqliteStatement row) => new(
        row.GetText(0), row.GetInt64(1), row.GetInt64(2),
        row.GetInt64OrNull(3) is { } from ? DateTimeOffset.FromUnixTimeMilliseconds(from) : null, row.GetInt64OrNull(4) ?? 0);
}

/// <summary>How far a subscriber is.</summary>
/// <param name="Position">All events up to it are settled.</param>
/// <param name="Generation">Grows with each replay, so that notes from before mean nothing.</param>
/// <param name="ReplayFrom">The time that the last replay began with; null: there was none.</param>
/// <param name="ReplayThrough">The last position that is handled once more.</param>
public sealed record EventPosition(string Subscriber, long Position, long Generation, DateTimeOffset? ReplayFrom, long ReplayThrough)
{
    /// <summary>The id of the note about one event.</summary>
    public string NoteId(long position, int index) => $"{Subscriber}/{Generation:x8}/{position:x16}.{index:x8}";

    public bool IsReplay(long position) => ReplayFrom is not null && position <= ReplayThrough;
}
