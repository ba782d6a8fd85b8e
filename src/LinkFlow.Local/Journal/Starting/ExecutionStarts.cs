using System.Collections.Immutable;
using System.Security.Cryptography;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Starting;

/// <summary>How executions that others ask for begin: children, and error workflows. What callers ask for begins in <see cref="JournalRuntime"/>.</summary>
internal sealed class ExecutionStarts(JournalShell shell)
{
    /// <summary>Starts a child, or finds that it was started before. Durable when it returns; an express child has ended then.</summary>
    /// <param name="parent">The parent's first event.</param>
    /// <param name="expressParent">Told of the child's end in memory; null: the parent has an inbox.</param>
    /// <returns>Why it cannot be started; null: it is.</returns>
    /// <exception cref="StoreUnavailableException">Not started for now; to be tried again.</exception>
    public async Task<ExecutionError?> StartChildAsync(
        string tenant, ExecutionStarted parent, StartChild child, IReadOnlyList<Item> input, Express.ExpressActor? expressParent, CancellationToken cancellationToken)
    {
        var (workflow, started, refusal) = await ChildStarts.PrepareAsync(shell.Host, tenant, parent, child, input, shell.Host.Options.Depth, cancellationToken);
        if (workflow is null || started is null) return refusal;
        if (workflow.Settings.Mode == ExecutionMode.Express && child.Wait) return await RunExpressChildAsync(tenant, workflow, started, expressParent);
        if (expressParent is not null && child.Wait)
            return ChildStarts.DurableUnderExpress(child);
        await StartDurableAsync(tenant, workflow, started, cancellationToken);
        return null;
    }

    /// <summary>The error workflow's execution, to be committed with the failed one's end.</summary>
    /// <returns>Null when none is due, or none can be started.</returns>
    public async ValueTask<JournalCommit?> ErrorWorkflowAsync(string tenant, PlannedWorkflow failed, Execution execution, CancellationToken cancellationToken)
    {
        if (!ErrorWorkflows.IsDue(failed, execution)) return null;
        var id = failed.Settings.ErrorWorkflowId!;
        try
        {
            if (await ErrorWorkflows.PrepareAsync(shell.Host, tenant, failed, execution, cancellationToken) is { } started) return await QueuedAsync(tenant, new NewExecution(started));
            JournalLog.NoErrorWorkflow(shell.Host.Log, execution.Id, id);
        }
        catch (ArgumentException e)
        {
            JournalLog.ErrorWorkflowInvalid(shell.Host.Log, execution.Id, id, e);
        }

        return null;
    }

    /// <summary>An execution that is accepted and has not begun to run: status queued.</summary>
    /// <exception cref="StoreUnavailableException">Its input could not be put into the blob store.</exception>
    public async ValueTask<JournalCommit> QueuedAsync(string tenant, NewExecution fresh)
    {
        var change = new PendingChange();
        change.Add(fresh.Started, 0);
        foreach (var copied in fresh.Copied) change.Add(copied with { Seq = change.Events.Count + 1, At = fresh.Started.At }, 0);
        await change.SpillAsync(tenant, shell.Host);
        return new JournalCommit
        {
            Tenant = tenant,
            ExecutionId = fresh.Started.ExecutionId,
            ExpectedLastSeq = 0,
            Row = Row(Execution.Queued(fresh.Started)),
            Segment = new SegmentWrite(1, change.Events.Count, EventBytes.Of(change.Events, change.Bytes)),
            Blobs = change.Blobs(),
            Documents = fresh.With is { } with ? [with] : [],
        };
    }

    public static ExecutionRow Row(Execution execution) => new(
        execution.WorkflowId, execution.Status, execution.Mode, execution.StartedAt, execution.FinishedAt, ExecutionJson.Write(execution));

    private async Task StartDurableAsync(string tenant, PlannedWorkflow workflow, ExecutionStarted started, CancellationToken cancellationToken)
    {
        var runsNow = shell.Active.TryReserve();
        if (runsNow && workflow.Settings.MaxConcurrentExecutions is null)
        {
            var actor = JournalActor.ForStart(shell, tenant, workflow, new NewExecution(started));
            if (!shell.Active.TryRun(actor)) shell.Active.Unreserve();
            else await BegunAsync(actor, cancellationToken);
            return;
        }

        if (runsNow) shell.Active.Unreserve();
        try
        {
            var queued = await QueuedAsync(tenant, new NewExecution(started));
            await shell.Store.CommitAsync(queued, cancellationToken);
            shell.Host.Changes.Tell(tenant, queued);
        }
        catch (JournalConflictException)
        {
            // It was started before a crash or a lost answer: that is what was asked for.
        }

        shell.Active.Wake(tenant, started.ExecutionId, Knock.Once);
    }

    private static async Task BegunAsync(JournalActor actor, CancellationToken cancellationToken)
    {
        try
        {
            await actor.Begun.WaitAsync(cancellationToken);
        }
        catch (JournalConflictException)
        {
            // It was started before a crash: that is what was asked for, and recovery has found it.
        }
    }

    private async Task<ExecutionError?> RunExpressChildAsync(string tenant, PlannedWorkflow workflow, ExecutionStarted started, Express.ExpressActor? parent)
    {
        if (await shell.Store.GetAsync(tenant, started.ExecutionId) is not null) return null;
        return await new Express.ExpressActor(shell.Express, tenant, workflow, new NewExecution(started), parent).RunAsync();
    }
}

/// <summary>What begins an execution.</summary>
internal sealed record NewExecution(ExecutionStarted Started)
{
    /// <summary>For a retry: the events of the runs that are kept.</summary>
    public ImmutableArray<ExecutionEvent> Copied { get; init; } = [];

    /// <summary>Documents that become durable with it.</summary>
    public UnitOfWork? With { get; init; }

    /// <summary>True: the caller wants to know only that it was accepted, so the start is committed before anything runs.</summary>
    public bool CommitsStartFirst { get; init; }
}
