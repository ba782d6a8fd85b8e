using System.Collections.Concurrent;
using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Records;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Orchestration.Activities;

/// <summary>
/// Reads executions back for activities: the last snapshot, the events behind it, and what the orchestration has not had
/// appended yet. Keeps the states of some that were left whole, since the next activity often runs in the same process.
/// </summary>
public sealed class ExecutionLoader(RunningHost host, ExecutionRecords records, ILogger<ExecutionLoader> log)
{
    private const int MaxKept = 200;
    private const long CachedItemBytes = 4L << 20;
    private const int PageSize = 2_000;

    private readonly ConcurrentDictionary<(string Tenant, string Id), Kept> _kept = new();

    /// <summary>As the orchestration knew it when it called the activity.</summary>
    /// <param name="record">As it is stored now, perhaps further.</param>
    /// <returns>Null: what is stored has gone so far that it cannot be seen as it was then.</returns>
    /// <exception cref="HistoryUnreadableException">The history is damaged, unknown, or of a workflow version that is gone.</exception>
    internal async ValueTask<LoadedExecution?> LoadAsync(ExecutionRecord record, Upkeep upkeep, CancellationToken cancellationToken)
    {
        var loaded = Take(record, upkeep.Base) ?? await ReadAsync(record, upkeep.Base, cancellationToken);
        if (loaded is null) return null;
        foreach (var @event in await PendingAsync(loaded, upkeep, cancellationToken)) loaded.Apply(@event);
        return loaded.State.LastSeq == upkeep.Base
            ? loaded
            : throw new HistoryUnreadableException($"The history ends with event {loaded.State.LastSeq}; the orchestration has applied {upkeep.Base}.");
    }

    /// <summary>Another activity may go on from here. To be called when the store holds all of it, and nothing else is in flight.</summary>
    internal void Keep(LoadedExecution loaded)
    {
        if (_kept.Count >= MaxKept) _kept.Clear();
        _kept[(loaded.Record.Tenant, loaded.Record.Id)] = new Kept(
            loaded.Workflow, loaded.State.LastSeq, ExecutionCommits.SnapshotOf(loaded.State), loaded.LastAt, loaded.SnapshotBytes, loaded.Cache);
    }

    private LoadedExecution? Take(ExecutionRecord record, long upTo)
    {
        if (!_kept.TryRemove((record.Tenant, record.Id), out var kept) || kept.Seq != record.LastSeq || kept.Seq > upTo) return null;
        return Loaded(record, kept.Workflow, ExecutionState.ReadSnapshot(kept.Workflow.Plan, kept.State), kept.LastAt, kept.SnapshotBytes, kept.Cache);
    }

    private async ValueTask<LoadedExecution?> ReadAsync(ExecutionRecord record, long upTo, CancellationToken cancellationToken)
    {
        if (record.SnapshotSeq > upTo) return null;
        var execution = record.Execution;
        PlannedWorkflow workflow;
        try
        {
            workflow = await host.Workflows.FindAsync(record.Tenant, execution.WorkflowId, execution.WorkflowVersion, execution.StartNode, execution.Mode == "manual", cancellationToken)
                ?? throw new HistoryUnreadableException($"Version {execution.WorkflowVersion} of the workflow '{execution.WorkflowId}' is gone.");
        }
        catch (ArgumentException e)
        {
            throw new HistoryUnreadableException(e.Message, e);
        }

        var snapshot = await records.ReadSnapshotAsync(record, cancellationToken);
        var state = snapshot is null ? null : ReadSnapshot(workflow, snapshot);
        var lastAt = state?.Started.At ?? 0;
        while ((state?.LastSeq ?? 0) < Math.Min(record.LastSeq, upTo))
        {
            var after = state?.LastSeq ?? 0;
            var wanted = (int)Math.Min(PageSize, Math.Min(record.LastSeq, upTo) - after);
            foreach (var @event in await records.Events.ReadAsync(record, after, wanted, cancellationToken))
            {
                if (state is not null) state.Apply(@event);
                else if (@event is ExecutionStarted started) state = ExecutionState.Start(workflow.Plan, started);
                else throw new HistoryUnreadableException($"The history begins with '{ExecutionEventTypes.NameOf(@event)}', not with a start.");
                lastAt = @event.At;
            }
        }

        if (state is null) throw new HistoryUnreadableException("The history is empty.");
        return Loaded(record, workflow, state, lastAt, snapshot?.State.Length ?? 0, new ItemCache(CachedItemBytes));
    }

    private LoadedExecution Loaded(ExecutionRecord record, PlannedWorkflow workflow, ExecutionState state, long lastAt, long snapshotBytes, ItemCache cache) =>
        new(host, records, record, workflow, state, lastAt, snapshotBytes, cache, late => _ = NoteLateAsync(record.Tenant, record.Id, late));

    private static ExecutionState ReadSnapshot(PlannedWorkflow workflow, RecordSnapshot snapshot)
    {
        try
        {
            return ExecutionState.ReadSnapshot(workflow.Plan, snapshot.State);
        }
        catch (FormatException e)
        {
            throw new HistoryUnreadableException(e.Message, e);
        }
    }

    /// <summary>What the orchestration has applied and is not stored.</summary>
    private async ValueTask<IReadOnlyList<ExecutionEvent>> PendingAsync(LoadedExecution loaded, Upkeep upkeep, CancellationToken cancellationToken)
    {
        var events = new List<ExecutionEvent>();
        var after = loaded.State.LastSeq;
        foreach (var part in upkeep.Pending.Where(p => p.LastSeq > after))
        {
            if (part.Events is { } made) events.AddRange(EventBytes.ReadSegment(made.Read()));
            else if (part.Result is { } result) events.AddRange(await ResultAsync(upkeep, result, part.FirstSeq, cancellationToken));
            else if (part.Inbox is { } command) events.Add(await CommandAsync(upkeep, command, part.FirstSeq, cancellationToken));
        }

        return [.. events.Where(e => e.Seq > after)];
    }

    private async ValueTask<IEnumerable<ExecutionEvent>> ResultAsync(Upkeep upkeep, PendingResult result, long firstSeq, CancellationToken cancellationToken)
    {
        var stored = await records.Results.FindAsync(upkeep.Tenant, upkeep.ExecutionId, result.Attempt, cancellationToken)
            ?? throw new StoreUnavailableException($"The result of node '{result.Attempt.Node}' is not there, and not in the history yet.", TimeSpan.FromSeconds(1));
        var rebasing = new Rebasing(result.Base, firstSeq, result.LastAt);
        return EventBytes.ReadSegment(stored).Take(result.Count).Select(rebasing.Place);
    }

    private async ValueTask<ExecutionEvent> CommandAsync(Upkeep upkeep, PendingCommand command, long seq, CancellationToken cancellationToken)
    {
        var entries = await records.Inbox.ReadAsync(upkeep.Tenant, upkeep.ExecutionId, command.Position - 1, cancellationToken);
        if (entries.Count == 0 || entries[0].Position != command.Position)
            throw new StoreUnavailableException($"Command {command.Position} is neither in the inbox nor in the history yet.", TimeSpan.FromSeconds(1));
        return entries[0].Event with { Seq = seq, At = command.At };
    }

    /// <summary>A result that came after its attempt had been given up goes the way of commands: the history notes it.</summary>
    private async Task NoteLateAsync(string tenant, string executionId, ResultIgnored late)
    {
        OrchestrationLog.ResultIgnored(log, executionId, late.Node, late.Attempt, late.Reason);
        try
        {
            await records.Inbox.SendAsync(tenant, executionId, late with { Id = Ids.Next() }, cancellationToken: CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            // A note of something that changes nothing: it is in the log.
            OrchestrationLog.NotNoted(log, executionId, e.Message);
        }
    }

    /// <param name="Seq">Of the last event.</param>
    /// <param name="State">The state after it, as a snapshot: what steps a process has handed out is not part of it.</param>
    private sealed record Kept(PlannedWorkflow Workflow, long Seq, ReadOnlyMemory<byte> State, long LastAt, long SnapshotBytes, ItemCache Cache);
}
