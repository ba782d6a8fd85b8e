using LinkFlow.Engine.Values;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Keeps to <c>maxConcurrentExecutions</c> over all instances of the app: a document per workflow that has such a bound
/// names those whose turn it is. Who waits is found by looking for the oldest that is queued.
/// </summary>
public sealed class WorkflowTurns(ExecutionRecords records)
{
    private static readonly DocumentType Type = new("execution-turns");

    /// <summary>Asks for a turn; an execution that has one already keeps it.</summary>
    /// <param name="max">How many may run at once.</param>
    /// <returns>False: another's end will name it.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    public async Task<bool> EnterAsync(string tenant, string workflowId, string executionId, int max, CancellationToken cancellationToken)
    {
        for (var contention = new Contention(); ; await contention.PauseAsync(cancellationToken))
        {
            var (running, _, etag) = await ReadAsync(tenant, workflowId, cancellationToken);
            if (running.Contains(executionId)) return true;
            if (running.Count >= max) return false;
            running.Add(executionId);
            if (await TryWriteAsync(tenant, workflowId, running, max, etag, cancellationToken)) return true;
        }
    }

    /// <summary>An execution has ended, or never came to be.</summary>
    /// <returns>The executions whose turn it is now and which are to be scheduled.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    public async Task<IReadOnlyList<ExecutionRecord>> LeaveAsync(string tenant, string workflowId, string executionId, CancellationToken cancellationToken)
    {
        for (var contention = new Contention(); ; await contention.PauseAsync(cancellationToken))
        {
            var (running, max, etag) = await ReadAsync(tenant, workflowId, cancellationToken);
            if (etag == 0 || !running.Remove(executionId)) return [];
            var next = await WaitingAsync(tenant, workflowId, running, max - running.Count, cancellationToken);
            running.UnionWith(next.Select(e => e.Id));
            if (await TryWriteAsync(tenant, workflowId, running, max, etag, cancellationToken)) return next;
        }
    }

    /// <summary>Takes the turns of those that are no more: they ended, or never came to be, while nobody could say so.</summary>
    /// <param name="before">Younger ones may be about to come to be.</param>
    /// <returns>The executions whose turn it is now and which are to be scheduled.</returns>
    internal async Task<IReadOnlyList<ExecutionRecord>> MendAsync(string tenant, string workflowId, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var next = new List<ExecutionRecord>();
        var (running, _, _) = await ReadAsync(tenant, workflowId, cancellationToken);
        foreach (var id in running.Where(id => string.CompareOrdinal(id, Ids.FirstAt(before)) < 0))
            if (await records.FindAsync(tenant, id, cancellationToken) is null or { IsFinished: true }) next.AddRange(await LeaveAsync(tenant, workflowId, id, cancellationToken));
        return next;
    }

    /// <summary>Gives a waiting execution a turn if one is free.</summary>
    /// <returns>True: it has one.</returns>
    internal async Task<bool> RefillAsync(string tenant, string workflowId, string executionId, CancellationToken cancellationToken)
    {
        var (_, max, etag) = await ReadAsync(tenant, workflowId, cancellationToken);
        // With nobody running, the bound is not known here; one may run in any case.
        return await EnterAsync(tenant, workflowId, executionId, etag == 0 ? 1 : max, cancellationToken);
    }

    private async ValueTask<IReadOnlyList<ExecutionRecord>> WaitingAsync(string tenant, string workflowId, HashSet<string> running, int count, CancellationToken cancellationToken)
    {
        if (count <= 0) return [];
        var page = await records.Store.QueryAsync(
            new DocumentQuery(tenant, RecordTypes.Execution)
            {
                Where = new Dictionary<string, string> { ["workflowId"] = workflowId, [ExecutionRecord.AttentionField] = RecordAttention.Turn },
                OldestFirst = true, Limit = Math.Min(count + 20, DocumentQuery.MaxLimit),
            }, cancellationToken);
        return [.. page.Items.Select(ExecutionRecord.Read).Where(e => !running.Contains(e.Id)).Take(count)];
    }

    private async ValueTask<(HashSet<string> Running, int Max, long ETag)> ReadAsync(string tenant, string workflowId, CancellationToken cancellationToken)
    {
        var document = await records.Store.GetAsync(tenant, Type, workflowId, cancellationToken);
        return document is null
            ? ([], 0, 0)
            : ([.. (document.Body["running"].AsArray ?? []).Select(id => id.AsString!)], (int)document.Body["max"].AsNumber, document.ETag);
    }

    private async Task<bool> TryWriteAsync(string tenant, string workflowId, HashSet<string> running, int max, long etag, CancellationToken cancellationToken)
    {
        var work = new UnitOfWork(tenant);
        if (running.Count == 0) work.Delete(Type, workflowId, expected: etag);
        else work.Put(Type, workflowId, new ObjectValue(2) { { "max", max }, { "running", new ArrayValue(running.Select(id => (Value)id)) } }, expected: etag);
        try
        {
            await records.Store.CommitAsync(work, cancellationToken);
            return true;
        }
        catch (DocumentConflictException)
        {
            return false;
        }
    }
}
