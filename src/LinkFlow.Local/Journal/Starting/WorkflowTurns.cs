using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite.Journal;

namespace LinkFlow.Local.Journal.Starting;

/// <summary>
/// Keeps to <c>maxConcurrentExecutions</c>: who of a workflow may run, and who is next. Knows ids only, and only of
/// workflows that have such a bound; what it knows is counted from the store when a workflow is first asked about.
/// </summary>
internal sealed class WorkflowTurns(JournalStore store) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _counting = new(1);
    private readonly Dictionary<(string Tenant, string WorkflowId), Turns> _workflows = [];
    private int _queued;

    public int Queued => Volatile.Read(ref _queued);

    /// <summary>Asks for a turn; an execution that has one already keeps it.</summary>
    /// <param name="max">How many may run at once.</param>
    /// <returns>False: it is queued, and <see cref="Leave"/> of another will name it.</returns>
    public async ValueTask<bool> EnterAsync(string tenant, string workflowId, string executionId, int max)
    {
        var key = (tenant, workflowId);
        if (TryEnter(key, executionId, max) is { } entered) return entered;
        await _counting.WaitAsync();
        try
        {
            if (TryEnter(key, executionId, max) is { } other) return other;
            var running = await CountAsync(tenant, workflowId);
            lock (_lock) _workflows.Add(key, new Turns(running));
        }
        finally
        {
            _counting.Release();
        }

        return TryEnter(key, executionId, max)!.Value;
    }

    /// <summary>An execution has ended, or never came to be.</summary>
    /// <returns>The executions whose turn it is now.</returns>
    public IReadOnlyList<string> Leave(string tenant, string workflowId, string executionId)
    {
        lock (_lock)
        {
            if (!_workflows.TryGetValue((tenant, workflowId), out var turns)) return [];
            turns.Running.Remove(executionId);
            if (turns.Waiting.Remove(executionId)) _queued--;
            var next = new List<string>();
            while (turns.Waiting.Count > 0 && turns.Running.Count < turns.Max)
            {
                var id = turns.Waiting.Min!;
                turns.Waiting.Remove(id);
                turns.Running.Add(id);
                _queued--;
                next.Add(id);
            }

            if (turns.Running.Count == 0) _workflows.Remove((tenant, workflowId));
            return next;
        }
    }

    public void Dispose() => _counting.Dispose();

    private bool? TryEnter((string Tenant, string WorkflowId) key, string executionId, int max)
    {
        lock (_lock)
        {
            if (!_workflows.TryGetValue(key, out var turns)) return null;
            turns.Max = max;
            if (turns.Running.Contains(executionId)) return true;
            if (turns.Running.Count < max && turns.Waiting.Count == 0)
            {
                turns.Running.Add(executionId);
                return true;
            }

            if (turns.Waiting.Add(executionId)) _queued++;
            return false;
        }
    }

    private async Task<HashSet<string>> CountAsync(string tenant, string workflowId)
    {
        var running = new HashSet<string>(StringComparer.Ordinal);
        foreach (var status in (ExecutionStatus[])[ExecutionStatus.Running, ExecutionStatus.Waiting, ExecutionStatus.Paused])
        {
            string? before = null;
            do
            {
                var page = await store.ListAsync(new ExecutionQuery(tenant) { WorkflowId = workflowId, Status = status, BeforeId = before, Limit = 200 });
                running.UnionWith(page.Items.Select(e => e.Id));
                before = page.NextId;
            }
            while (before is not null);
        }

        return running;
    }

    private sealed class Turns(HashSet<string> running)
    {
        public HashSet<string> Running { get; } = running;

        /// <summary>As the last execution that asked was told by its version's settings.</summary>
        public int Max { get; set; } = 1;

        /// <summary>By id, which is by time of creation.</summary>
        public SortedSet<string> Waiting { get; } = new(StringComparer.Ordinal);
    }
}
