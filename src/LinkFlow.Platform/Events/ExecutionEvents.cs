using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events;

/// <summary>What is published of an execution's recorded events. Pure: every shell gets the same, with the same id, however often it asks.</summary>
public static class ExecutionEvents
{
    private const int MaxMessage = 2_000;

    /// <summary>The types that come from executions, so that nobody reads histories for those who want none of them.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        EventCatalogue.ExecutionStarted.Type, EventCatalogue.ExecutionWaiting.Type, EventCatalogue.ExecutionPaused.Type, EventCatalogue.ExecutionResumed.Type,
        EventCatalogue.ExecutionSucceeded.Type, EventCatalogue.ExecutionFailed.Type, EventCatalogue.ExecutionCancelled.Type, EventCatalogue.ExecutionTimedOut.Type,
        EventCatalogue.NodeCompleted.Type, EventCatalogue.NodeFailed.Type, EventCatalogue.NodeAttemptFailed.Type,
    ];

    /// <summary>The type that an event is published under; null: it is not.</summary>
    public static string? TypeOf(ExecutionEvent @event) => Entry(@event)?.Type;

    /// <summary>The event that is published.</summary>
    /// <param name="execution">Where it stands does not matter; only what never changes is taken from it.</param>
    /// <returns>Null: this kind is not published.</returns>
    public static OutgoingEvent? Of(Execution execution, ExecutionEvent @event)
    {
        if (Entry(@event) is not { } entry) return null;
        var data = new ObjectValue(10)
        {
            { "executionId", execution.Id }, { "workflowId", execution.WorkflowId }, { "workflowVersion", execution.WorkflowVersion }, { "mode", execution.Mode },
        };
        switch (@event)
        {
            case WaitStarted waiting: data.Set("nodeId", waiting.Node); break;
            case ExecutionFinished finished: data.Set("durationMs", finished.At - execution.StartedAt).Set("error", Error(finished.Error)); break;
            case NodeCompleted run: Place(data, run.Node, run.Run, run.Attempt); break;
            case NodeFailed run: Place(data, run.Node, run.Run, run.Attempt).Set("error", Error(run.Error)); break;
            case NodeAttemptFailed run: Place(data, run.Node, run.Run, run.Attempt).Set("error", Error(First(run))).Set("retryAt", Rfc3339.Write(run.RetryAt)); break;
        }

        return entry.By(execution.StartedBy, execution.Id, data, @event.Seq) with
        {
            Id = $"{execution.Id}.{@event.Seq}", Time = DateTimeOffset.FromUnixTimeMilliseconds(@event.At), Cause = execution.Cause,
        };
    }

    private static CataloguedEvent? Entry(ExecutionEvent @event) => @event switch
    {
        // What a retry took over from another execution, or what undoes a run, is no run of its own.
        NodeCompleted { CopiedFrom: not null } or NodeCompleted { Compensates: not null } or NodeFailed { Compensates: not null } => null,
        ExecutionStarted => EventCatalogue.ExecutionStarted,
        ExecutionFinished finished => finished.Status switch
        {
            ExecutionStatus.Success => EventCatalogue.ExecutionSucceeded,
            ExecutionStatus.Cancelled => EventCatalogue.ExecutionCancelled,
            ExecutionStatus.TimedOut => EventCatalogue.ExecutionTimedOut,
            _ => EventCatalogue.ExecutionFailed,
        },
        WaitStarted => EventCatalogue.ExecutionWaiting,
        PauseRequested => EventCatalogue.ExecutionPaused,
        ResumeRequested => EventCatalogue.ExecutionResumed,
        NodeCompleted => EventCatalogue.NodeCompleted,
        NodeFailed => EventCatalogue.NodeFailed,
        NodeAttemptFailed => EventCatalogue.NodeAttemptFailed,
        _ => null,
    };

    private static ObjectValue Place(ObjectValue data, string node, int run, int attempt) => data.Set("nodeId", node).Set("run", run).Set("attempt", attempt);

    private static ExecutionError? First(NodeAttemptFailed failed) => failed.Failures.IsDefaultOrEmpty
        ? null
        : new ExecutionError(failed.Failures[0].Error.Message, failed.Failures[0].Error.Code, failed.Node, failed.Attempt);

    private static Value Error(ExecutionError? error) => error is null
        ? Value.Null
        : ExecutionJson.Error(error.Message.Length <= MaxMessage ? error : error with { Message = error.Message[..MaxMessage] + "…" });
}
