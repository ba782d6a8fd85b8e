using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Appends what an execution came to, with all that follows from it: how it is shown, and at its end the news for its
/// parent, the error workflow, what saveData leaves, and the answer for the caller. Repeating a commit is safe.
/// </summary>
public sealed class ExecutionCommits(ExecutionRecords records, RunningHost host, News news, ILogger<ExecutionCommits> log, RecordMetrics? metrics = null)
{
    /// <exception cref="RecordConflictException">The history does not go on with these events.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take it now; the same commit may be tried again.</exception>
    public async Task<AppendResult> AppendAsync(ExecutionCommit commit, CancellationToken cancellationToken = default)
    {
        var state = commit.State;
        var finished = commit.Events.OfType<ExecutionFinished>().LastOrDefault();
        var execution = Execution.Of(state, finished);
        if (finished is null && commit.IsBusy && execution.Status == ExecutionStatus.Waiting) execution = execution with { Status = ExecutionStatus.Running };
        var known = commit.Known ?? (finished is null ? null : await records.FindAsync(commit.Tenant, execution.Id, cancellationToken));
        var ending = finished is null || known is { IsFinished: true } ? null : await EndingAsync(commit, execution, known?.AnswerWhen ?? AnswerWhen.Accepted, tellsParent: true, cancellationToken);
        var result = await records.AppendAsync(
            new RecordAppend
            {
                Tenant = commit.Tenant,
                ExecutionId = execution.Id,
                Events = ending is { Execution.HasData: false } ? [.. commit.Events.Select(Stripped)] : commit.Events,
                Execution = execution,
                ResponseSeq = state.ResponseSeq,
                IsAtRest = finished is null && !commit.IsBusy && state.IsAtRest,
                InboxThrough = commit.InboxThrough,
                OnlyIfHeard = commit.OnlyIfHeard,
                Snapshot = commit.TakesSnapshot && finished is null ? new RecordSnapshot(state.LastSeq, SnapshotOf(state)) : null,
                Taken = commit.Taken,
                Known = known,
                Ending = ending,
                Begins = commit.Begins,
            }, cancellationToken);
        if (finished is null || result.Outcome == AppendOutcome.Unheard) return result;
        if (result.Outcome == AppendOutcome.Appended) await EndedAsync(commit.Tenant, result.Record.Execution, commit.Events, cancellationToken);
        else await news.TryTellAsync(commit.Tenant, execution.Id, cancellationToken);
        return result;
    }

    /// <summary>The state as JSON, for whoever stores or hands it on.</summary>
    public static ReadOnlyMemory<byte> SnapshotOf(ExecutionState state)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(4096);
        using (var writer = JsonText.CreateWriter(buffer)) state.WriteSnapshot(writer);
        return buffer.WrittenMemory;
    }

    /// <summary>Ends an execution that cannot go on because of LinkFlow or its data, with an error that says so. Its history stays as it is.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take it now.</exception>
    public async Task ParkAsync(string tenant, string executionId, ExecutionError error, Exception cause, CancellationToken cancellationToken = default)
    {
        for (var contention = new Contention(); ; await contention.PauseAsync(cancellationToken))
        {
            if (await records.FindAsync(tenant, executionId, cancellationToken) is not { IsFinished: false } record) return;
            var execution = record.Execution with { Status = ExecutionStatus.Error, FinishedAt = host.Now, WaitingUntil = null, Error = error };
            var told = execution.ParentExecutionId is null ? null : await News.ForParentAsync(
                records, tenant, execution.ParentExecutionId, new ChildFinished { Id = executionId, ChildId = executionId, Status = ExecutionStatus.Error.Word(), Error = error }, cancellationToken);
            var work = new UnitOfWork(tenant);
            new RecordEnding { Execution = execution, News = (told ?? new NewsBuilder()).LeaveTurn(execution.WorkflowId).Body, Now = host.Clock.GetUtcNow() }.Put(record, work);
            if (await records.Writes.TryCommitAsync(work, record with { Execution = execution, IsConfirmed = true, WaitsForTurn = false }, cancellationToken) is null) continue;
            RecordLog.Parked(log, executionId, error.Message, cause);
            await news.TryTellAsync(tenant, executionId, cancellationToken);
            return;
        }
    }

    internal static ExecutionEvent Stripped(ExecutionEvent @event) => EventPayloads.Replace(@event, EventPayloads.WithoutData);

    /// <summary>What follows the commit that ended an execution.</summary>
    internal async Task EndedAsync(string tenant, Execution execution, IReadOnlyList<ExecutionEvent> events, CancellationToken cancellationToken)
    {
        metrics?.Ended(execution);
        RecordLog.Ended(log, execution.Id, execution.WorkflowId, execution.Status.Word(), (execution.FinishedAt ?? 0) - execution.StartedAt);
        await news.TryTellAsync(tenant, execution.Id, cancellationToken);
    }

    /// <summary>What the commit that ends an execution holds besides its events.</summary>
    /// <param name="answerWhen">What a caller waits for who looks in the store.</param>
    /// <param name="tellsParent">False: the parent is told in memory.</param>
    internal async ValueTask<RecordEnding> EndingAsync(ExecutionCommit commit, Execution execution, AnswerWhen answerWhen, bool tellsParent, CancellationToken cancellationToken)
    {
        var started = commit.State.Started;
        var keeps = Keeps(commit.Workflow.Settings.SaveData, execution.Status);
        var builder = new NewsBuilder();
        IReadOnlyList<Item>? output = null;
        if (tellsParent && started is { IsAwaited: true, ParentExecutionId: { } parent })
        {
            output = await commit.Items.ReadAsync(execution.Output, cancellationToken);
            var payload = execution.Status == ExecutionStatus.Success ? Payload.Of(output) : null;
            var end = new ChildFinished { Id = execution.Id, ChildId = execution.Id, Status = execution.Status.Word(), Output = payload, Error = execution.Error };
            builder = await News.ForParentAsync(records, commit.Tenant, parent, end, cancellationToken);
        }

        if (await ErrorWorkflowAsync(commit, execution, cancellationToken) is { } errorWorkflow) await builder.StartAsync(records, commit.Tenant, errorWorkflow.Started, errorWorkflow.Max, cancellationToken);
        if (commit.Workflow.Settings.MaxConcurrentExecutions is not null) builder.LeaveTurn(execution.WorkflowId);
        var answer = keeps || answerWhen == AnswerWhen.Accepted ? null : await Answers.BodyAsync(records, commit, execution, answerWhen, output, cancellationToken);
        if (!keeps)
        {
            execution = execution with { HasData = false, Output = [] };
            if (commit.Events[0].Seq > 1) builder.Strip();
        }

        return new RecordEnding { Execution = execution, News = builder.Body, Answer = answer, Now = host.Clock.GetUtcNow() };
    }

    private async ValueTask<(ExecutionStarted Started, int? Max)?> ErrorWorkflowAsync(ExecutionCommit commit, Execution execution, CancellationToken cancellationToken)
    {
        if (!ErrorWorkflows.IsDue(commit.Workflow, execution)) return null;
        var id = commit.Workflow.Settings.ErrorWorkflowId!;
        try
        {
            if (await ErrorWorkflows.PrepareAsync(host, commit.Tenant, commit.Workflow, execution, cancellationToken) is { } started)
            {
                var workflow = await host.Workflows.FindAsync(commit.Tenant, started.WorkflowId, started.WorkflowVersion, started.StartNode, isManual: false, cancellationToken);
                return (started, workflow?.Settings.MaxConcurrentExecutions);
            }

            RecordLog.NoErrorWorkflow(log, execution.Id, id);
        }
        catch (ArgumentException e)
        {
            RecordLog.ErrorWorkflowInvalid(log, execution.Id, id, e);
        }

        return null;
    }

    private static bool Keeps(Engine.Definitions.SaveData wish, ExecutionStatus status) => wish switch
    {
        Engine.Definitions.SaveData.All => true,
        Engine.Definitions.SaveData.Errors => status is ExecutionStatus.Error or ExecutionStatus.TimedOut,
        _ => false,
    };
}

/// <summary>What an execution came to since its last commit.</summary>
public sealed record ExecutionCommit
{
    public required string Tenant { get; init; }
    public required PlannedWorkflow Workflow { get; init; }

    /// <summary>After the last of the events.</summary>
    public required ExecutionState State { get; init; }

    /// <summary>As in <see cref="RecordAppend.Events"/>.</summary>
    public required IReadOnlyList<ExecutionEvent> Events { get; init; }

    /// <summary>Reads items of the execution, those of these events among them.</summary>
    public required ItemReader Items { get; init; }

    /// <summary>Attempts are in flight or steps are ready, so that it is not waiting, whatever waits are open.</summary>
    public bool IsBusy { get; init; }

    /// <inheritdoc cref="RecordAppend.InboxThrough"/>
    public long InboxThrough { get; init; }

    /// <inheritdoc cref="RecordAppend.OnlyIfHeard"/>
    public bool OnlyIfHeard { get; init; }
    public bool TakesSnapshot { get; init; }

    /// <inheritdoc cref="RecordAppend.Taken"/>
    public IReadOnlyList<RunAttempt> Taken { get; init; } = [];

    /// <inheritdoc cref="RecordAppend.Begins"/>
    public RunAttempt? Begins { get; init; }

    /// <inheritdoc cref="RecordAppend.Known"/>
    public ExecutionRecord? Known { get; init; }
}
