using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Variables;

/// <summary>
/// Deletes earlier sets of variables once no unfinished execution has them. A set that nobody seems to have is marked
/// first and deleted a day later, so that an execution that was being started meanwhile finds its own.
/// </summary>
public sealed class VariableSetCleaning(IDocumentStore store, IExecutionHistory history, TimeProvider clock, ILogger<VariableSetCleaning> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly ExecutionStatus[] Unfinished = [ExecutionStatus.Queued, ExecutionStatus.Running, ExecutionStatus.Waiting, ExecutionStatus.Paused];
    private const int PageSize = 200;

    /// <summary>How long a set must have been unused, in every round.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(24);
    private const string Mark = "unusedSince";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await CleanSafelyAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>One round over a tenant's sets.</summary>
    public async Task CleanAsync(string tenant, CancellationToken cancellationToken)
    {
        var current = VariableSet.IdOf((await store.GetAsync(tenant, VariableSets.StateType, VariableSets.StateId, cancellationToken))?.ETag ?? 0);
        HashSet<string>? used = null;
        await foreach (var set in store.ReadAllAsync(new DocumentQuery(tenant, VariableSet.Type), cancellationToken))
        {
            if (set.Id == current) continue;
            used ??= await UsedAsync(tenant, cancellationToken);
            await CleanAsync(set, used.Contains(set.Id), cancellationToken);
        }
    }

    private async Task CleanAsync(Document set, bool isUsed, CancellationToken cancellationToken)
    {
        var mark = Rfc3339.TryParse(set.Body[Mark].AsString ?? "", out var since) ? since : default(DateTimeOffset?);
        if (isUsed ? mark is null : mark > clock.GetUtcNow() - Grace) return;
        var work = new UnitOfWork(set.Tenant);
        if (isUsed) work.Put(set.Type, set.Id, Unmarked(set.Body), expected: set.ETag);
        else if (mark is null) work.Put(set.Type, set.Id, Unmarked(set.Body).Set(Mark, Rfc3339.Write(clock.GetUtcNow())), expected: set.ETag);
        else work.Delete(set.Type, set.Id, set.ETag);
        try
        {
            await store.CommitAsync(work, cancellationToken);
        }
        catch (DocumentConflictException)
        {
            // Someone stored it again just now: it is looked at in the next round.
            return;
        }
    }

    private static ObjectValue Unmarked(Value body) => new(2) { { "variables", body["variables"] } };

    private async Task<HashSet<string>> UsedAsync(string tenant, CancellationToken cancellationToken)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var status in Unfinished)
        {
            string? before = null;
            do
            {
                var page = await history.ListAsync(new ExecutionSearch(tenant) { Status = status, Limit = PageSize, BeforeId = before }, cancellationToken);
                foreach (var execution in page.Items)
                    if (execution.VariablesVersion is { } version) used.Add(VariableSet.IdOf(version));
                before = page.NextId;
            }
            while (before is not null);
        }

        return used;
    }

    private async Task CleanSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CleanAsync(Tenants.Default, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            log.SetsNotCleaned(e.Message);
        }
    }
}
