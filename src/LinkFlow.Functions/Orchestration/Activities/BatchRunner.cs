using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Orchestration.Activities;

/// <summary>
/// What the activity that runs a batch does: (1) find out whether this batch ran before, (2) load the execution as the
/// orchestration knows it, (3) append what is pending and count the start, (4) run the batch, (5) make what it came to
/// durable, (6) only then tell the orchestration, without the data.
/// </summary>
public sealed class BatchRunner(RunningHost host, ExecutionRecords records, ExecutionCommits commits, ExecutionLoader loader, ILogger<BatchRunner> log)
{
    /// <summary>Results of batches are looked at in pages of this many events.</summary>
    private const int PageSize = 2_000;

    /// <exception cref="HistoryUnreadableException">The history is damaged, unknown, or of a workflow version that is gone.</exception>
    /// <exception cref="StoreUnavailableException">A store cannot be reached now; the same batch may be tried again.</exception>
    public async Task<BatchResult> RunAsync(BatchInput input, CancellationToken cancellationToken)
    {
        var upkeep = input.Upkeep;
        var record = await records.FindAsync(upkeep.Tenant, upkeep.ExecutionId, cancellationToken);
        if (record is not { IsFinished: false }) return Ended(record);
        if (await EarlierAsync(input, record, cancellationToken) is { } earlier) return earlier;
        if (await loader.LoadAsync(record, upkeep, cancellationToken) is not { } loaded) return Nothing(record);

        var recovery = await AppendPendingAsync(input, loaded, input.Key, cancellationToken) - 1 - input.Tries;
        using var batch = new Batch(host, records, loaded, input, Math.Max(0, recovery), log);
        await batch.RunAsync(cancellationToken);
        await SpillAsync(upkeep.Tenant, loaded);
        return input.IsAlone ? await AppendAsync(input, loaded, batch, cancellationToken) : await KeepAsync(input, loaded, cancellationToken);
    }

    private static BatchResult Ended(ExecutionRecord? record) => new(Events: null, IsAppended: true, HasEnded: true, InboxThrough: 0, InboxLast: 0)
    {
        End = record is null ? null : new BatchEnd(StatusWords.Word(record.Execution.Status), record.Execution.NodesRun),
    };

    private static BatchResult Nothing(ExecutionRecord record) => new(Events: null, IsAppended: false, HasEnded: false, InboxThrough: 0, record.InboxLast);

    /// <summary>What this batch came to when it ran before; null: it did not, or was cut off.</summary>
    private async ValueTask<BatchResult?> EarlierAsync(BatchInput input, ExecutionRecord record, CancellationToken cancellationToken)
    {
        var upkeep = input.Upkeep;
        if (!input.IsAlone)
        {
            if (await records.Results.FindAsync(upkeep.Tenant, upkeep.ExecutionId, input.Key, cancellationToken) is { } kept)
            {
                // It ran for an orchestration that was lost: what this one has recorded since is not in the history yet.
                if (record.LastSeq < upkeep.Base && await loader.LoadAsync(record, upkeep, cancellationToken) is { } loaded) await AppendPendingAsync(input, loaded, begins: null, cancellationToken);
                return await ResultAsync(upkeep, EventBytes.ReadSegment(kept), record, isAppended: false, cancellationToken);
            }

            // The orchestration has this result already, and had it appended: whatever is returned now, nobody hears.
            return record.LastSeq > upkeep.Base && await HasEndedAsync(record, upkeep.Base, input.Key, cancellationToken) ? Nothing(record) : null;
        }

        return record.LastSeq > upkeep.Base
            ? await ResultAsync(upkeep, await ReadBehindAsync(record, upkeep.Base, cancellationToken), record, isAppended: true, cancellationToken)
            : null;
    }

    private async ValueTask<bool> HasEndedAsync(ExecutionRecord record, long after, RunAttempt attempt, CancellationToken cancellationToken) =>
        (await ReadBehindAsync(record, after, cancellationToken)).Any(e => e switch
        {
            NodeCompleted end => attempt == new RunAttempt(end.Node, end.Run, end.Attempt),
            NodeFailed end => attempt == new RunAttempt(end.Node, end.Run, end.Attempt),
            NodeAttemptFailed end => attempt == new RunAttempt(end.Node, end.Run, end.Attempt),
            NodeCancelled end => attempt == new RunAttempt(end.Node, end.Run, end.Attempt),
            ChildrenRequested end => attempt == new RunAttempt(end.Node, end.Run, end.Attempt),
            WaitStarted end => (attempt.Node, attempt.Run) == (end.Node, end.Run),
            LoopEntered end => (attempt.Node, attempt.Run) == (end.Node, end.Run),
            _ => false,
        });

    private async ValueTask<IReadOnlyList<ExecutionEvent>> ReadBehindAsync(ExecutionRecord record, long after, CancellationToken cancellationToken)
    {
        var events = new List<ExecutionEvent>();
        while (after < record.LastSeq)
        {
            var page = await records.Events.ReadAsync(record, after, PageSize, cancellationToken);
            events.AddRange(page);
            after = page[^1].Seq;
        }

        return events;
    }

    /// <summary>Appends what is pending, before anything runs that depends on it.</summary>
    /// <param name="begins">The attempt whose start is counted with it; null: none starts.</param>
    /// <returns>How often it was begun, this time included.</returns>
    private async ValueTask<int> AppendPendingAsync(BatchInput input, LoadedExecution loaded, RunAttempt? begins, CancellationToken cancellationToken)
    {
        var upkeep = input.Upkeep;
        var result = await commits.AppendAsync(
            new ExecutionCommit
            {
                Tenant = upkeep.Tenant, Workflow = loaded.Workflow, State = loaded.State, Events = [.. loaded.Events], Items = loaded.Items,
                IsBusy = true, InboxThrough = upkeep.InboxThrough, Taken = TakenBy(upkeep), Begins = begins, Known = loaded.Record,
            }, cancellationToken);
        loaded.Stored(result.Record);
        return result.Starts;
    }

    /// <summary>Results that the history holds once the pending events are appended.</summary>
    internal static IReadOnlyList<RunAttempt> TakenBy(Upkeep upkeep) => [.. upkeep.Pending.Select(p => p.Result?.Attempt).OfType<RunAttempt>()];

    private async ValueTask SpillAsync(string tenant, LoadedExecution loaded)
    {
        for (var i = 0; i < loaded.Events.Count; i++)
        {
            var spilled = await Spilling.SpillAsync(tenant, loaded.Events[i], host.Blobs, ExecutionRecords.MaxInlinePayload);
            if (!ReferenceEquals(spilled, loaded.Events[i])) loaded.Replace(i, spilled);
        }
    }

    private async ValueTask<BatchResult> AppendAsync(BatchInput input, LoadedExecution loaded, Batch batch, CancellationToken cancellationToken)
    {
        var upkeep = input.Upkeep;
        var events = loaded.Events.ToList();
        if (events.Count == 0) return Nothing(loaded.Record);
        var takesSnapshot = loaded.IsSnapshotDue;
        AppendResult appended;
        try
        {
            appended = await commits.AppendAsync(
                new ExecutionCommit
                {
                    Tenant = upkeep.Tenant, Workflow = loaded.Workflow, State = loaded.State, Events = events, Items = loaded.Items,
                    IsBusy = batch.LeavesWork, InboxThrough = batch.InboxThrough, TakesSnapshot = takesSnapshot,
                }, cancellationToken);
        }
        catch (RecordConflictException)
        {
            // The same batch runs, or ran, somewhere else as well, and was faster: its results count.
            var record = await records.FindAsync(upkeep.Tenant, upkeep.ExecutionId, cancellationToken);
            if (record is not { IsFinished: false }) return Ended(record);
            return await EarlierAsync(input, record, cancellationToken) ?? throw new StoreUnavailableException("The execution was changed by someone else meanwhile.", TimeSpan.FromSeconds(1));
        }

        if (appended.Record.IsFinished) return Ended(appended.Record);
        var snapshotBytes = takesSnapshot ? ExecutionCommits.SnapshotOf(loaded.State).Length : loaded.SnapshotBytes;
        var result = await ResultAsync(upkeep, events, appended.Record, isAppended: true, cancellationToken);
        loaded.SnapshotBytes = snapshotBytes;
        loaded.Stored(appended.Record);
        loader.Keep(loaded);
        return result with { InboxThrough = batch.InboxThrough };
    }

    private async ValueTask<BatchResult> KeepAsync(BatchInput input, LoadedExecution loaded, CancellationToken cancellationToken)
    {
        var upkeep = input.Upkeep;
        var kept = await records.Results.KeepAsync(upkeep.Tenant, upkeep.ExecutionId, input.Key, EventBytes.Of(loaded.Events, 0), cancellationToken);
        return await ResultAsync(upkeep, EventBytes.ReadSegment(kept), loaded.Record, isAppended: false, cancellationToken);
    }

    private async ValueTask<BatchResult> ResultAsync(Upkeep upkeep, IReadOnlyList<ExecutionEvent> events, ExecutionRecord record, bool isAppended, CancellationToken cancellationToken)
    {
        var text = await PackedText.OfAsync(upkeep.Tenant, StrippedEvents.Write(events), host.Blobs, cancellationToken);
        return new BatchResult(text, isAppended, HasEnded: false, InboxThrough: isAppended ? record.InboxHeard : 0, record.InboxLast);
    }
}
