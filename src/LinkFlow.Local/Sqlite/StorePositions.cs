namespace LinkFlow.Local.Sqlite;

/// <summary>
/// Draws positions that grow for ever, even after the newest rows were deleted. Used on the writer's thread
/// only; a position drawn by a member that then failed is a gap, which readers allow for.
/// </summary>
internal sealed class StorePositions
{
    private static readonly Sql Keep = new("INSERT INTO marks(name, value) VALUES('position', ?1) ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)");

    private long _last;

    public static StorePositions Read(SqliteSession session) => new()
    {
        _last = session.QueryNumber(
            """
            SELECT max(
                coalesce((SELECT value FROM marks WHERE name = 'position'), 0),
                coalesce((SELECT max(position) FROM segments), 0),
                coalesce((SELECT max(position) FROM inbox), 0),
                coalesce((SELECT max(position) FROM outbox), 0))
            """) ?? 0,
    };

    /// <summary>The last that was drawn, committed or not. For any thread.</summary>
    public long Last => Volatile.Read(ref _last);

    public long Next()
    {
        Volatile.Write(ref _last, _last + 1);
        return _last;
    }

    /// <summary>To be called in the transaction that deletes rows, so that a later start does not draw theirs again.</summary>
    public void Remember(SqliteSession session) => session.Prepare(Keep).Bind(1, _last).Run();
}
