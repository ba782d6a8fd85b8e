using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Orchestration.Activities;

/// <summary>Appends what an orchestration has applied, and reads what came in for it.</summary>
public sealed class HistoryUpkeep(ExecutionRecords records, ExecutionCommits commits, ExecutionLoader loader, IBlobStore blobs)
{
    /// <summary>Appends what is pending; at the end, with all that the end brings about.</summary>
    /// <exception cref="StoreUnavailableException">A store cannot be reached now.</exception>
    public async Task<AppendOutput> AppendAsync(AppendInput input, CancellationToken cancellationToken)
    {
        if (await LoadAsync(input.Upkeep, cancellationToken) is not { } loaded) return new AppendOutput(HasEnded: true, InboxLast: 0, State: null);
        var record = loaded.Record;
        if (!record.IsFinished && loaded.State.IsFinished)
        {
            // The end rewrites what saveData takes; what goes before it is appended as it is.
            await CommitAsync(input.Upkeep, loaded, [.. loaded.Events], takesSnapshot: false, cancellationToken);
            return new AppendOutput(HasEnded: true, record.InboxLast, State: null);
        }

        record = await CommitAsync(input.Upkeep, loaded, [.. loaded.Events], input.WantsSnapshot && loaded.IsSnapshotDue, cancellationToken);
        var state = input.WantsSnapshot ? OrchestrationInputs.Snapshot(loaded.State) : default;
        return new AppendOutput(
            record.IsFinished, record.InboxLast,
            input.WantsSnapshot && PackedText.TryInline(state) is null ? await PackedText.OfAsync(input.Upkeep.Tenant, state, blobs, cancellationToken) : null);
    }

    /// <summary>Loads the execution as the orchestration knows it, and appends what is pending.</summary>
    /// <returns>Null: it has ended, or is gone.</returns>
    internal async ValueTask<LoadedExecution?> BringUpAsync(Upkeep upkeep, CancellationToken cancellationToken)
    {
        if (await LoadAsync(upkeep, cancellationToken) is not { } loaded) return null;
        loaded.Stored(await CommitAsync(upkeep, loaded, [.. loaded.Events], takesSnapshot: false, cancellationToken));
        return loaded;
    }

    /// <summary>Commands behind a position.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public async Task<InboxOutput> ReadInboxAsync(InboxInput input, CancellationToken cancellationToken)
    {
        var entries = await records.Inbox.ReadAsync(input.Tenant, input.ExecutionId, input.After, cancellationToken);
        if (entries.Count == 0) return new InboxOutput(Events: null, [], HasMore: false);
        var text = await PackedText.OfAsync(input.Tenant, StrippedEvents.Write([.. entries.Select(e => e.Event)]), blobs, cancellationToken);
        return new InboxOutput(text, [.. entries.Select(e => e.Position)], HasMore: await HasMoreAsync(input, entries[^1].Position, cancellationToken));
    }

    private async ValueTask<bool> HasMoreAsync(InboxInput input, long last, CancellationToken cancellationToken) =>
        await records.FindAsync(input.Tenant, input.ExecutionId, cancellationToken) is { } record && record.InboxLast > last;

    private async ValueTask<LoadedExecution?> LoadAsync(Upkeep upkeep, CancellationToken cancellationToken) =>
        await records.FindAsync(upkeep.Tenant, upkeep.ExecutionId, cancellationToken) is { IsFinished: false } record ? await loader.LoadAsync(record, upkeep, cancellationToken) : null;

    private async ValueTask<ExecutionRecord> CommitAsync(Upkeep upkeep, LoadedExecution loaded, IReadOnlyList<ExecutionEvent> events, bool takesSnapshot, CancellationToken cancellationToken) =>
        (await commits.AppendAsync(
            new ExecutionCommit
            {
                Tenant = upkeep.Tenant, Workflow = loaded.Workflow, State = loaded.State, Events = events, Items = loaded.Items, IsBusy = loaded.State.InFlight > 0,
                InboxThrough = upkeep.InboxThrough, Taken = BatchRunner.TakenBy(upkeep), TakesSnapshot = takesSnapshot,
            }, cancellationToken)).Record;
}
