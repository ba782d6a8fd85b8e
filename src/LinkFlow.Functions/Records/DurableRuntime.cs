using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Express;
using LinkFlow.Functions.Telemetry;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Runs executions on Durable Functions: a start is stored and scheduled, a command is stored and rung for. Nothing is
/// kept in this process: the next call may meet another instance of the app.
/// </summary>
public sealed class DurableRuntime : IExecutionRuntime
{
    private readonly ExecutionRecords _records;
    private readonly StartRelay _relay;
    private readonly ExecutionInstances _instances;
    private readonly Answers _answers;
    private readonly ExpressExecutions _express;
    private readonly RunningHost _host;
    private readonly DurableLimits _limits;

    internal DurableRuntime(ExecutionRecords records, StartRelay relay, ExecutionInstances instances, Answers answers, ExpressExecutions express, RunningHost host, DurableLimits limits) =>
        (_records, _relay, _instances, _answers, _express, _host, _limits) = (records, relay, instances, answers, express, host, limits);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no such workflow version, or it cannot be run from that node.</exception>
    /// <exception cref="DocumentConflictException">A document in <see cref="StartExecution.With"/> is there already.</exception>
    public async Task<StartOutcome> StartAsync(StartExecution start, CancellationToken cancellationToken = default)
    {
        var workflow = await _host.Workflows.FindAsync(start.Tenant, start.WorkflowId, start.WorkflowVersion, start.StartNode, start.Mode == "manual", cancellationToken)
            ?? throw new ArgumentException($"The workflow '{start.WorkflowId}' has no version {start.WorkflowVersion}.", nameof(start));
        var first = await FirstEvents.OfAsync(_host, start.Tenant, workflow, start.ExecutionId, start.Mode, start.Input, cancellationToken);
        var started = first.After(start.Cause) with
        {
            Traceparent = start.Cause?.Traceparent ?? Traces.Current, RetryOf = start.RetryOf, StartedBy = start.StartedBy, IsInactive = start.IsInactive,
        };
        if (workflow.Settings.Mode == ExecutionMode.Express && start.AnswerWhen != AnswerWhen.Accepted) return await _express.StartAsync(start, workflow, started, cancellationToken);
        await _relay.StartAsync(
            new NewStart(start.Tenant, started)
            {
                Copied = start.Copied, With = start.With, AnswerWhen = start.AnswerWhen, MaxConcurrent = workflow.Settings.MaxConcurrentExecutions,
            }, cancellationToken);
        return await _answers.WaitAsync(start.Tenant, start.ExecutionId, start.AnswerWhen, start.AnswerWithin, cancellationToken);
    }

    public async Task<CommandOutcome> SendAsync(string tenant, string executionId, ExecutionCommand command, CancellationToken cancellationToken = default)
    {
        var @event = Commands.EventFor(command);
        if (_express.Send(tenant, executionId, @event) is { } taken) return taken;
        var outcome = await _records.Inbox.SendAsync(tenant, executionId, @event, _limits.UnmatchedSignals, cancellationToken);
        if (outcome == CommandOutcome.Accepted) await HearAsync(tenant, executionId, @event, cancellationToken);
        return outcome;
    }

    /// <summary>Starts a sub-workflow, or finds that it was started before; durable when it returns.</summary>
    /// <param name="parent">The parent's first event.</param>
    /// <returns>Why it cannot be started; null: it is.</returns>
    /// <exception cref="StoreUnavailableException">Not started for now; to be tried again.</exception>
    public Task<ExecutionError?> StartChildAsync(
        string tenant, ExecutionStarted parent, StartChild child, IReadOnlyList<Engine.Values.Item> input, CancellationToken cancellationToken = default) =>
        _express.StartChildAsync(tenant, parent, child, input, expressParent: null, cancellationToken);

    /// <summary>Puts a command of a parent into a child's inbox.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    public async Task TellChildAsync(string tenant, string childId, ExecutionEvent command, CancellationToken cancellationToken = default)
    {
        if (await _records.Inbox.SendAsync(tenant, childId, command, cancellationToken: cancellationToken) == CommandOutcome.Accepted)
            await HearAsync(tenant, childId, command, cancellationToken);
    }

    /// <summary>A queued execution need not wait for its turn to be cancelled.</summary>
    private async Task HearAsync(string tenant, string executionId, ExecutionEvent command, CancellationToken cancellationToken)
    {
        if (command is CancelRequested && await _records.FindAsync(tenant, executionId, cancellationToken) is { WaitsForTurn: true } queued) await _instances.ScheduleAsync(queued, null, cancellationToken);
        await _instances.RingAsync(executionId, cancellationToken);
    }
}

/// <summary>The limits of executions on Durable Functions; the settings under <c>LinkFlow:</c> that name them fill it.</summary>
public sealed record DurableLimits
{
    /// <summary>Signals of one execution that no wait has taken.</summary>
    public int UnmatchedSignals { get; init; } = ExecutionState.MostUnmatchedSignals;

    /// <summary>How many parents an execution may have above it.</summary>
    public int Depth { get; init; } = 25;

    /// <summary>Express executions in one process at once.</summary>
    public int RunningExecutions { get; init; } = 1_000;

    /// <summary>How long finished executions are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);
}
