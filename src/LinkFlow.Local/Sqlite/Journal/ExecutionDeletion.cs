using LinkFlow.Engine.Executions;

namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>Deletes executions with all that belongs to them. Runs on the writer's thread. Blobs are left to their sweep.</summary>
internal sealed class ExecutionDeletion(StorePositions positions)
{
    private static readonly Sql DeleteSegment = new("DELETE FROM segments WHERE position = ?1");
    private static readonly Sql DeleteLaterSegments = new("DELETE FROM segments INDEXED BY segments_later WHERE execution = ?1 AND first_seq > 1");
    private static readonly Sql DeleteBlobRefs = new("DELETE FROM blob_refs WHERE execution = ?1");
    private static readonly Sql DeleteRow = new("DELETE FROM executions WHERE number = ?1");
    private static readonly Sql NextRows = new("SELECT number, status, started_at, finished_at, first_position FROM executions WHERE number > ?1 ORDER BY number LIMIT ?2");

    private static readonly Sql[] DeleteRest =
    [
        new("DELETE FROM timers WHERE execution = ?1"),
        new("DELETE FROM inbox WHERE execution = ?1"),
        new("DELETE FROM snapshots WHERE execution = ?1"),
    ];

    /// <returns>False: it is not finished. Null: there is none.</returns>
    public bool? Delete(SqliteSession session, string tenant, string executionId)
    {
        if (JournalWrites.Look(session, tenant, executionId) is not { } row) return null;
        if (row.Status < ExecutionStatus.Success) return false;
        Delete(session, row.Number, row.FirstPosition);
        positions.Remember(session);
        return true;
    }

    /// <summary>Deletes up to <paramref name="limit"/> executions that finished before that time, looking at executions behind <paramref name="after"/>, oldest first.</summary>
    /// <param name="look">How many executions to look at, at most.</param>
    public RetentionStep DeleteFinishedBefore(SqliteSession session, long finishedBefore, long after, int limit, int look)
    {
        var old = new List<(long Number, long? FirstPosition)>();
        var rows = session.Prepare(NextRows).Bind(1, after).Bind(2, look);
        var last = after;
        var looked = 0;
        var ended = false;
        while (old.Count < limit && rows.Step())
        {
            // Numbers grow with time: what started later cannot have finished before.
            if (ended = rows.GetInt64(2) >= finishedBefore) break;
            last = rows.GetInt64(0);
            looked++;
            if ((ExecutionStatus)rows.GetInt64(1) >= ExecutionStatus.Success && rows.GetInt64OrNull(3) is { } finished && finished < finishedBefore)
                old.Add((last, rows.GetInt64OrNull(4)));
        }

        rows.Reset();
        foreach (var (number, firstPosition) in old) Delete(session, number, firstPosition);
        if (old.Count > 0) positions.Remember(session);
        return new RetentionStep(old.Count, last, ended || (old.Count < limit && looked < look));
    }

    internal static void DeleteHistory(SqliteSession session, long number, long? firstPosition)
    {
        if (firstPosition is { } position) session.Prepare(DeleteSegment).Bind(1, position).Run();
        session.Prepare(DeleteLaterSegments).Bind(1, number).Run();
        session.Prepare(DeleteBlobRefs).Bind(1, number).Run();
    }

    private static void Delete(SqliteSession session, long number, long? firstPosition)
    {
        DeleteHistory(session, number, firstPosition);
        foreach (var delete in DeleteRest) session.Prepare(delete).Bind(1, number).Run();
        session.Prepare(DeleteRow).Bind(1, number).Run();
    }
}

/// <param name="Last">The number of the last execution that was looked at.</param>
/// <param name="IsDone">No older execution is left to look at.</param>
internal readonly record struct RetentionStep(int Deleted, long Last, bool IsDone);
