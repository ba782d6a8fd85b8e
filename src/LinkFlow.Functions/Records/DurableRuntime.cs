using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Telemetry;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Runs executions on Durable Functions: a start is stored and scheduled, a command is stored and rung for. Nothing is
/// kept in this process: the next call may meet another instance of the app.
/// </summary>
public sealed class DurableRuntime(ExecutionRecords records, StartRelay relay, ExecutionInstances instances, Answers answers, RunningHost host, DurableLimits limits) : IExecutionRuntime
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no such workflow version, or it cannot be run from that node.</exception>
    /// <exception cref="DocumentConflictException">A document in <see cref="StartExecution.With"/> is there already.</exception>
    public async Task<StartOutcome> StartAsync(StartExecution start, CancellationToken cancellationToken = default)
    {
        var workflow = await host.Workflows.FindAsync(start.Tenant, start.WorkflowId, start.WorkflowVersion, start.StartNode, start.Mode == "manual", cancellationToken)
            ?? throw new ArgumentException($"The workflow '{start.WorkflowId}' has no version {start.WorkflowVersion}.", nameof(start));
        var first = await FirstEvents.OfAsync(host, start.Tenant, workflow, start.ExecutionId, start.Mode, start.Input, cancellationToken);
        await relay.StartAsync(
            new NewStart(start.Tenant, first.After(start.Cause) with { Traceparent = start.Cause?.Traceparent ?? Traces.Current, RetryOf = start.RetryOf, StartedBy = start.StartedBy, IsInactive = start.IsInactive })
            {
                Copied = start.Copied, With = start.With, AnswerWhen = start.AnswerWhen, MaxConcurrent = workflow.Settings.MaxConcurrentExecutions,
            }, cancellationToken);
        return await answers.WaitAsync(start.Tenant, start.ExecutionId, start.AnswerWhen, start.AnswerWithin, cancellationToken);
    }

    public async Task<CommandOutcome> SendAsync(string tenant, string executionId, ExecutionCommand command, CancellationToken cancellationToken = default)
    {
        var @event = Commands.EventFor(command);
        var outcome = await records.Inbox.SendAsync(tenant, executionId, @event, limits.UnmatchedSignals, cancellationToken);
        if (outcome == CommandOutcome.Accepted) await HearAsync(tenant, executionId, @event, cancellationToken);
        return outcome;
    }

    /// <summary>Starts a sub-workflow, or finds that it was started before; durable when it returns.</summary>
    /// <param name="parent">The parent's first event.</param>
    /// <returns>Why it cannot be started; null: it is.</returns>
    /// <exception cref="StoreUnavailableException">Not started for now; to be tried again.</exception>
    public async Task<ExecutionError?> StartChildAsync(
        string tenant, ExecutionStarted parent, StartChild child, IReadOnlyList<Engine.Values.Item> input, CancellationToken cancellationToken = default)
    {
        if (await records.FindAsync(tenant, child.ChildId, cancellationToken) is { IsConfirmed: true } or { IsFinished: true }) return null;
        var (workflow, started, refusal) = await ChildStarts.PrepareAsync(host, tenant, parent, child, input, limits.Depth, cancellationToken);
        if (refusal is not null) return refusal;
        await relay.StartAsync(new NewStart(tenant, started!) { MaxConcurrent = workflow!.Settings.MaxConcurrentExecutions }, cancellationToken);
        return null;
    }

    /// <summary>Puts a command of a parent into a child's inbox.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    public async Task TellChildAsync(string tenant, string childId, ExecutionEvent command, CancellationToken cancellationToken = default)
    {
        if (await records.Inbox.SendAsync(tenant, childId, command, cancellationToken: cancellationToken) == CommandOutcome.Accepted)
            await HearAsync(tenant, childId, command, cancellationToken);
    }

    /// <summary>A queued execution need not wait for its turn to be cancelled.</summary>
    private async Task HearAsync(string tenant, string executionId, ExecutionEvent command, CancellationToken cancellationToken)
    {
        if (command is CancelRequested && await records.FindAsync(tenant, executionId, cancellationToken) is { WaitsForTurn: true } queued) await instances.ScheduleAsync(queued, null, cancellationToken);
        await instances.RingAsync(executionId, cancellationToken);
    }
}

/// <summary>The limits of executions on Durable Functions; the settings under <c>LinkFlow:</c> that name them fill it.</summary>
public sealed record DurableLimits
{
    /// <summary>Signals of one execution that no wait has taken.</summary>
    public int UnmatchedSignals { get; init; } = ExecutionState.MostUnmatchedSignals;

    /// <summary>How many parents an execution may have above it.</summary>
    public int Depth { get; init; } = 25;

    /// <summary>How long finished executions are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);
}
