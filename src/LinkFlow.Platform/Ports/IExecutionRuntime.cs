using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Ports;

/// <summary>Starts executions and brings them commands. What it acknowledges is durable.</summary>
public interface IExecutionRuntime
{
    /// <summary>Starts an execution and waits as long as the caller wants to.</summary>
    /// <exception cref="StoreUnavailableException">Not accepted: queues are full, the store cannot write, or it is shutting down.</exception>
    Task<StartOutcome> StartAsync(StartExecution start, CancellationToken cancellationToken = default);

    /// <summary>Puts a command into the execution's inbox; durable when it returns.</summary>
    Task<CommandOutcome> SendAsync(string tenant, string executionId, ExecutionCommand command, CancellationToken cancellationToken = default);
}

/// <summary>Everything that a start needs; the workflow and its version exist and may run.</summary>
public sealed record StartExecution
{
    public required string Tenant { get; init; }
    public required string ExecutionId { get; init; }
    public required string WorkflowId { get; init; }
    public required int WorkflowVersion { get; init; }
    public required string StartNode { get; init; }

    /// <summary>manual, api, webhook, schedule, event, retry, subworkflow or error.</summary>
    public required string Mode { get; init; }
    public required IReadOnlyList<Item> Input { get; init; }
    public string? StartedBy { get; init; }
    public string? RetryOf { get; init; }

    /// <summary>The workflow is not active: it is run by hand, or again.</summary>
    public bool IsInactive { get; init; }

    /// <summary>What the execution follows from; its own events hand it on. Null: it is a first cause.</summary>
    public EventCause? Cause { get; init; }

    /// <summary>For a retry: the events of the runs that are kept, without seq.</summary>
    public IReadOnlyList<ExecutionEvent> Copied { get; init; } = [];

    /// <summary>Documents that become durable with the start: deduplication records.</summary>
    public UnitOfWork? With { get; init; }
    public AnswerWhen AnswerWhen { get; init; } = AnswerWhen.Accepted;

    /// <summary>How long to wait for the answer before it is <see cref="StartOutcomeKind.Pending"/>.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What the caller waits for.</summary>
public enum AnswerWhen
{
    /// <summary>The commit of the start.</summary>
    Accepted,

    /// <summary>The commit that holds the first response, or the end.</summary>
    Responded,

    /// <summary>The commit that ends the execution.</summary>
    Finished,
}

public enum StartOutcomeKind
{
    Accepted,
    Responded,
    Finished,

    /// <summary>It rests on a wait node, or the time is over; it goes on.</summary>
    Pending,
}

/// <param name="Response">For Responded: what the respond node said, {status, headers, as, body}.</param>
/// <param name="Execution">For Finished: the final document.</param>
public sealed record StartOutcome(StartOutcomeKind Kind, string ExecutionId, Value Response, Value Execution);

public abstract record ExecutionCommand;
public sealed record SignalCommand(string Name, Item Item, string? Id = null) : ExecutionCommand;
public sealed record CancelCommand(bool Compensate) : ExecutionCommand;
public sealed record PauseCommand : ExecutionCommand;
public sealed record ResumeCommand : ExecutionCommand;

/// <summary>What became of a command.</summary>
public enum CommandOutcome
{
    Accepted,
    NotFound,

    /// <summary>The execution has ended: 409.</summary>
    AlreadyFinished,

    /// <summary>1,000 unmatched signals are waiting already: 409.</summary>
    TooManySignals,
}
