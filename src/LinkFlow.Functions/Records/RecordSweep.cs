using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Looks after what a crash left half done: starts that were not relayed, orchestrations that were not scheduled, inboxes
/// that were not heard, news that was not told, deletions that were cut off, and unfinished executions whose orchestration
/// is gone. It needs the binding of the client. What it finds is rare, so it only looks; an idle app pays a few queries.
/// </summary>
public sealed class RecordSweep(ExecutionRecords records, StartRelay relay, WorkflowTurns turns, ExecutionInstances instances, News news, RecordDeletion deletion, TimeProvider clock, ILogger<RecordSweep> log)
{
    /// <summary>What is younger is being worked on.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>A turn that was given and not taken for so long is lost.</summary>
    private static readonly TimeSpan TurnGrace = TimeSpan.FromMinutes(5);

    /// <summary>Unfinished executions that one round looks up in the runtime.</summary>
    private const int MaxLookedUp = 200;

    /// <summary>Below the time after which Azure's load balancer gives up on whoever waits for it.</summary>
    private static readonly TimeSpan LongestRestart = TimeSpan.FromSeconds(150);

    /// <summary>Executions that are looked up at once when all are.</summary>
    private const int AtOnce = 16;

    private static readonly DocumentType WalkType = new("execution-walk");
    private static readonly ExecutionStatus[] Unfinished = [ExecutionStatus.Queued, ExecutionStatus.Running, ExecutionStatus.Waiting, ExecutionStatus.Paused];

    /// <summary>One round.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async Task RunAsync(string tenant, CancellationToken cancellationToken = default)
    {
        await foreach (var wish in relay.ReadUnrelayedAsync(tenant, clock.GetUtcNow() - Grace, cancellationToken))
            await TryAsync("the start of execution", wish.Id, () => relay.CarryOnAsync(wish, cancellationToken), cancellationToken);
        await foreach (var document in records.Store.ReadAllAsync(new DocumentQuery(tenant, RecordTypes.News), cancellationToken: cancellationToken))
            if (document.Id.IndexOf('/') is > 0 and var end) await TryAsync("the news of execution", document.Id[..end], () => news.TellAsync(tenant, document.Id[..end], cancellationToken), cancellationToken);
        await foreach (var document in records.Store.ReadAllAsync(new DocumentQuery(tenant, RecordTypes.Unpublished), cancellationToken: cancellationToken))
            if (document.Id.IndexOf('/') is > 0 and var end) await TryAsync("the events of execution", document.Id[..end], () => records.PublishAsync(tenant, document.Id[..end], document, cancellationToken), cancellationToken);
        await ForEachAsync(tenant, RecordAttention.Start, e => instances.RestartAsync(e, cancellationToken), cancellationToken);
        await ForEachAsync(tenant, RecordAttention.Inbox, e => HearAsync(e, cancellationToken), cancellationToken);
        await ForEachAsync(tenant, RecordAttention.Deleted, e => deletion.DeleteAsync(tenant, e.Id, cancellationToken), cancellationToken);
        await GiveTurnsAsync(tenant, cancellationToken);
        await WalkAsync(tenant, cancellationToken);
    }

    /// <summary>
    /// Schedules unfinished executions whose orchestration is missing or has come to an end: what brings an installation up in
    /// another region, whose task hub knows nothing yet. May be repeated, and run beside users' work.
    /// </summary>
    /// <returns>How many were scheduled; 0: there are no more. With very many it returns before it has looked at all.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async Task<int> RestartAllAsync(string tenant, CancellationToken cancellationToken = default)
    {
        var until = clock.GetUtcNow() + LongestRestart;
        var restarted = 0;
        foreach (var status in Unfinished)
        {
            for (string? from = ""; from is not null;)
            {
                if (restarted > 0 && clock.GetUtcNow() > until) return restarted;
                var page = await records.Store.QueryAsync(Of(tenant, "status", status.Word()) with { Limit = MaxLookedUp, OldestFirst = true, FromId = from }, cancellationToken);
                await Parallel.ForEachAsync(
                    page.Items.Select(ExecutionRecord.Read).Where(r => !r.WaitsForTurn), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                    async (record, c) =>
                    {
                        if (await TryAsync("execution", record.Id, () => instances.RestartAsync(record, c), c)) Interlocked.Increment(ref restarted);
                    });
                from = page.NextId;
            }
        }

        return restarted;
    }

    private async Task<bool> HearAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        if (!await instances.RestartAsync(record, cancellationToken)) await instances.RingAsync(record.Id, cancellationToken);
        return true;
    }

    private async Task ForEachAsync(string tenant, string attention, Func<ExecutionRecord, Task<bool>> act, CancellationToken cancellationToken)
    {
        var before = (clock.GetUtcNow() - Grace).ToUnixTimeMilliseconds();
        await foreach (var document in records.Store.ReadAllAsync(Of(tenant, ExecutionRecord.AttentionField, attention), cancellationToken: cancellationToken))
        {
            var record = ExecutionRecord.Read(document);
            if (record.ChangedAt < before) await TryAsync("execution", record.Id, () => act(record), cancellationToken);
        }
    }

    /// <summary>Those whose turn has come, and whose predecessor could not say so.</summary>
    private async Task GiveTurnsAsync(string tenant, CancellationToken cancellationToken)
    {
        var mended = new HashSet<string>(StringComparer.Ordinal);
        await ForEachAsync(
            tenant, RecordAttention.Turn, async record =>
            {
                var workflow = record.Execution.WorkflowId;
                if (mended.Add(workflow))
                    foreach (var next in await turns.MendAsync(tenant, workflow, clock.GetUtcNow() - TurnGrace, cancellationToken)) await instances.ScheduleAsync(next, null, cancellationToken);
                return await turns.RefillAsync(tenant, workflow, record.Id, cancellationToken) && await instances.RestartAsync(record, cancellationToken);
            }, cancellationToken);
    }

    /// <summary>Looks up some of the unfinished executions in each round, from where the last one ended.</summary>
    private async Task WalkAsync(string tenant, CancellationToken cancellationToken)
    {
        var walk = await records.Store.GetAsync(tenant, WalkType, "unfinished", cancellationToken);
        var at = walk is null ? 0 : (int)walk.Body["status"].AsNumber % Unfinished.Length;
        var page = await records.Store.QueryAsync(
            Of(tenant, "status", Unfinished[at].Word()) with { Limit = MaxLookedUp, OldestFirst = true, FromId = walk?.Body["from"].AsString }, cancellationToken);
        var before = (clock.GetUtcNow() - TurnGrace).ToUnixTimeMilliseconds();
        foreach (var record in page.Items.Select(ExecutionRecord.Read))
        {
            if (record is { WaitsForTurn: false } && record.ChangedAt < before)
                await TryAsync("execution", record.Id, () => instances.RestartAsync(record, cancellationToken), cancellationToken);
        }

        var next = new ObjectValue(2) { { "status", page.NextId is null ? (at + 1) % Unfinished.Length : at } };
        if (page.NextId is not null) next.Set("from", page.NextId);
        if (walk is null || !walk.Body.Equals(Value.From(next))) await records.Store.CommitAsync(new UnitOfWork(tenant).Put(WalkType, "unfinished", next), cancellationToken);
    }

    private Task<bool> TryAsync(string what, string id, Func<Task> act, CancellationToken cancellationToken) =>
        TryAsync(what, id, async () =>
        {
            await act();
            return true;
        }, cancellationToken);

    /// <returns>What it came to; false when it failed, which the log tells.</returns>
    private async Task<bool> TryAsync(string what, string id, Func<Task<bool>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            RecordLog.SweepFailed(log, what, id, e.Message, e);
            return false;
        }
    }

    private static DocumentQuery Of(string tenant, string field, string value) => new(tenant, RecordTypes.Execution) { Where = new Dictionary<string, string> { [field] = value } };
}
