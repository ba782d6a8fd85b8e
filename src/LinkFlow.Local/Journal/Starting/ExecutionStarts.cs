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
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Starting;

/// <summary>How executions that others ask for begin: children, and error workflows. What callers ask for begins in <see cref="JournalRuntime"/>.</summary>
internal sealed class ExecutionStarts(JournalShell shell)
{
    private static readonly string[] ChildTriggers = ["subworkflow", "start"];
    private static readonly string[] ErrorTriggers = ["error"];

    /// <summary>The first event of an execution, with a new seed.</summary>
    /// <exception cref="StoreUnavailableException">The variables that it pins could not be stored.</exception>
    public async ValueTask<ExecutionStarted> FirstAsync(
        string tenant, PlannedWorkflow workflow, string executionId, string mode, IReadOnlyList<Item> input, CancellationToken cancellationToken) => new()
    {
        Seq = 1,
        At = shell.Host.Now,
        ExecutionId = executionId,
        WorkflowId = workflow.Version.WorkflowId,
        WorkflowVersion = workflow.Version.Version,
        RulesVersion = ExecutionState.CurrentRulesVersion,
        VariablesVersion = await shell.Host.PinVariablesAsync(tenant, workflow, cancellationToken),
        Environment = shell.Host.Options.Environment,
        Seed = RandomNumberGenerator.GetHexString(32, lowercase: true),
        Mode = mode,
        StartNode = workflow.Plan.StartNode.Id,
        Input = Payload.Of(input),
    };

    /// <summary>Starts a child, or finds that it was started before. Durable when it returns; an express child has ended then.</summary>
    /// <param name="parent">The parent's first event.</param>
    /// <param name="expressParent">Told of the child's end in memory; null: the parent has an inbox.</param>
    /// <returns>Why it cannot be started; null: it is.</returns>
    /// <exception cref="StoreUnavailableException">Not started for now; to be tried again.</exception>
    public async Task<ExecutionError?> StartChildAsync(
        string tenant, ExecutionStarted parent, StartChild child, IReadOnlyList<Item> input, Express.ExpressActor? expressParent, CancellationToken cancellationToken)
    {
        if (parent.Depth >= shell.Host.Options.Depth)
            return Refusal("DEPTH_LIMIT", $"Sub-workflows call each other more than {shell.Host.Options.Depth} deep.", child.Node);
        PlannedWorkflow? workflow;
        try
        {
            workflow = await shell.Host.Workflows.FindActiveAsync(tenant, child.WorkflowId, ChildTriggers, cancellationToken);
        }
        catch (ArgumentException e)
        {
            return Refusal("WORKFLOW_INVALID", e.Message, child.Node);
        }

        if (workflow is null)
            return Refusal("WORKFLOW_NOT_ACTIVE", $"The workflow '{child.WorkflowId}' is not active, or has no trigger of type 'subworkflow' or 'start'.", child.Node);
        var started = await FirstAsync(tenant, workflow, child.ChildId, "subworkflow", input, cancellationToken) with
        {
            ParentExecutionId = parent.ExecutionId, Depth = parent.Depth + 1, IsAwaited = child.Wait, StartedBy = parent.StartedBy,
        };
        if (workflow.Settings.Mode == ExecutionMode.Express && child.Wait) return await RunExpressChildAsync(tenant, workflow, started, expressParent);
        if (expressParent is not null && child.Wait)
            return Refusal("EXPRESS_CHILD_DURABLE", $"An express workflow may wait for express workflows only, and '{child.WorkflowId}' is durable.", child.Node);
        await StartDurableAsync(tenant, workflow, started, cancellationToken);
        return null;
    }

    /// <summary>The error workflow's execution, to be committed with the failed one's end.</summary>
    /// <returns>Null when none is due, or none can be started.</returns>
    public async ValueTask<JournalCommit?> ErrorWorkflowAsync(string tenant, PlannedWorkflow failed, Execution execution, CancellationToken cancellationToken)
    {
        if (failed.Settings.ErrorWorkflowId is not { } id || execution.Mode == "error") return null;
        if (execution.Status is not (ExecutionStatus.Error or ExecutionStatus.TimedOut)) return null;
        PlannedWorkflow? workflow = null;
        try
        {
            workflow = await shell.Host.Workflows.FindActiveAsync(tenant, id, ErrorTriggers, cancellationToken);
        }
        catch (ArgumentException e)
        {
            JournalLog.ErrorWorkflowInvalid(shell.Host.Log, execution.Id, id, e);
        }

        if (workflow is null)
        {
            JournalLog.NoErrorWorkflow(shell.Host.Log, execution.Id, id);
            return null;
        }

        var item = new ObjectValue(2)
        {
            { "execution", execution.Show() },
            { "workflow", new ObjectValue(2) { { "id", execution.WorkflowId }, { "name", failed.Version.Name } } },
        };
        item.Freeze();
        var started = await FirstAsync(tenant, workflow, Ids.Next(), "error", [Item.Of(item)], cancellationToken);
        return await QueuedAsync(tenant, new NewExecution(started with { StartedBy = execution.StartedBy }));
    }

    /// <summary>An execution that is accepted and has not begun to run: status queued.</summary>
    /// <exception cref="StoreUnavailableException">Its input could not be put into the blob store.</exception>
    public async ValueTask<JournalCommit> QueuedAsync(string tenant, NewExecution fresh)
    {
        var change = new PendingChange();
        change.Add(fresh.Started, 0);
        foreach (var copied in fresh.Copied) change.Add(copied with { Seq = change.Events.Count + 1, At = fresh.Started.At }, 0);
        await Spilling.SpillAsync(tenant, change, shell.Host);
        return new JournalCommit
        {
            Tenant = tenant,
            ExecutionId = fresh.Started.ExecutionId,
            ExpectedLastSeq = 0,
            Row = Row(Document(fresh.Started)),
            Segment = new SegmentWrite(1, change.Events.Count, EventBytes.Of(change.Events, change.Bytes)),
            Blobs = change.Blobs(),
            Documents = fresh.With is { } with ? [with] : [],
        };
    }

    public static ExecutionRow Row(Execution execution) => new(
        execution.WorkflowId, execution.Status, execution.Mode, execution.StartedAt, execution.FinishedAt, ExecutionJson.Write(execution));

    private static Execution Document(ExecutionStarted started) => new()
    {
        Id = started.ExecutionId,
        WorkflowId = started.WorkflowId,
        WorkflowVersion = started.WorkflowVersion,
        Status = ExecutionStatus.Queued,
        Mode = started.Mode,
        StartNode = started.StartNode,
        StartedAt = started.At,
        VariablesVersion = started.VariablesVersion,
        RetryOf = started.RetryOf,
        ParentExecutionId = started.ParentExecutionId,
        StartedBy = started.StartedBy,
        InputCount = started.Input.Count,
        PayloadBytes = started.Input.Bytes,
    };

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
        return await new Express.ExpressActor(shell, tenant, workflow, new NewExecution(started), parent).RunAsync();
    }

    private static ExecutionError Refusal(string code, string message, string node) => new(message, code, node, 1);
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
