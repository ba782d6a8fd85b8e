using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>
/// Lists of executions. Filters are decided by index entries alone: the inner statement walks at most ScanLimit
/// entries of one index, and only what passes is looked up in the table.
/// </summary>
internal static class ExecutionLists
{
    private static readonly ConcurrentDictionary<Shape, Sql> Pages = new();
    private static readonly ConcurrentDictionary<Shape, Sql> Ends = new();
    private static readonly Sql CountStatus = new("SELECT count(*) FROM (SELECT 1 FROM executions INDEXED BY executions_by_status WHERE tenant = ?1 AND status = ?2 LIMIT ?3)");

    public static ExecutionPage Read(SqliteSession session, ExecutionQuery query)
    {
        var shape = Shape.Of(query);
        var rows = Bound(session, Pages.GetOrAdd(shape, s => new Sql(s.Page())), query).Bind(8, query.Limit + 1);
        var items = new List<ExecutionRecord>();
        while (rows.Step())
        {
            if (items.Count == query.Limit) return new ExecutionPage(items, query.OldestFirst ? rows.GetId(1) : items[^1].Id);
            items.Add(JournalReads.ReadRecord(rows));
        }

        // Fewer than asked for: either there are no more, or the scan ended at its limit.
        var end = Bound(session, Ends.GetOrAdd(shape, s => new Sql(s.End())), query);
        if (!end.Step()) return new ExecutionPage(items, null);
        var last = end.GetId(0);
        if (!end.Step()) return new ExecutionPage(items, null);
        return new ExecutionPage(items, query.OldestFirst ? end.GetId(0) : last);
    }

    public static long Count(SqliteSession session, string tenant, ExecutionStatus status, int limit)
    {
        var row = session.Prepare(CountStatus).BindId(1, tenant).Bind(2, (long)status).Bind(3, limit);
        row.Step();
        return row.GetInt64(0);
    }

    private static SqliteStatement Bound(SqliteSession session, Sql sql, ExecutionQuery query)
    {
        var rows = session.Prepare(sql).BindId(1, query.Tenant).Bind(7, query.ScanLimit);
        if (query.FromId is { } from) rows.BindId(2, from);
        if (query.BeforeId is { } before) rows.BindId(3, before);
        if (query.WorkflowId is { } workflow) rows.BindId(4, workflow);
        if (query.Status is { } status) rows.Bind(5, (long)status);
        if (query.Mode is { } mode) rows.BindMode(6, mode);
        return rows;
    }

    /// <summary>Which conditions a list has; each combination is a statement of its own, with the index that fits it best.</summary>
    private readonly record struct Shape(bool From, bool Before, bool Workflow, bool Status, bool Mode, bool OldestFirst)
    {
        public static Shape Of(ExecutionQuery query) => new(
            query.FromId is not null, query.BeforeId is not null, query.WorkflowId is not null, query.Status is not null, query.Mode is not null, query.OldestFirst);

        private string Order => OldestFirst ? "ASC" : "DESC";

        /// <summary>?1 tenant, ?2 from, ?3 before, ?4 workflow, ?5 status, ?6 mode, ?7 scan limit, ?8 limit.</summary>
        public string Page()
        {
            // The fewer columns leave the scan, the faster it is; those that the index is bound by need not.
            var columns = "number" + (Status && Workflow ? ", status" : "") + (Mode ? ", mode" : "");
            var text = new StringBuilder("SELECT e.tenant, e.id, e.workflow_id, e.status, e.mode, e.started_at, e.finished_at, e.last_seq, e.parked, e.body FROM (");
            text.Append(Scan(columns)).Append(" LIMIT ?7) s CROSS JOIN executions e WHERE e.number = s.number");
            if (Status && Workflow) text.Append(" AND s.status = ?5");
            if (Mode) text.Append(" AND s.mode = ?6");
            // No ORDER BY here: the rows come in the order of the scan, and sorting would read all 10,000 of them first.
            return text.Append(" LIMIT ?8").ToString();
        }

        /// <summary>The last entry within the scan limit, and the one behind it.</summary>
        public string End() => $"{Scan("id")} LIMIT 2 OFFSET ?7 - 1";

        private string Scan(string columns)
        {
            var index = Workflow ? "executions_by_workflow" : Status ? "executions_by_status" : "executions_by_id";
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"SELECT {columns} FROM executions INDEXED BY {index} WHERE tenant = ?1");
            if (Workflow) text.Append(" AND workflow_id = ?4");
            else if (Status) text.Append(" AND status = ?5");
            if (From) text.Append(" AND id >= ?2");
            if (Before) text.Append(" AND id < ?3");
            return text.Append(CultureInfo.InvariantCulture, $" ORDER BY id {Order}").ToString();
        }
    }
}
