using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Platform.Executions.Running;

namespace LinkFlow.Functions.Orchestration;

/// <summary>
/// Events as the decider needs them and no more: counts instead of data, no record of where inputs came from, the first
/// of many messages. So what flows through a workflow never enters a durable history, however small it is.
/// </summary>
public static class StrippedEvents
{
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ExecutionEvent> events) => EventBytes.Of([.. events.Select(Of)], 0);

    /// <exception cref="Platform.Ports.HistoryUnreadableException">It holds what this version does not know.</exception>
    public static IReadOnlyList<ExecutionEvent> Read(ReadOnlyMemory<byte> text) => EventBytes.ReadSegment(text);

    /// <summary>Folds exactly as the whole event does.</summary>
    public static ExecutionEvent Of(ExecutionEvent @event) => WithoutInputs(EventPayloads.Replace(@event, EventPayloads.WithoutData));

    private static ExecutionEvent WithoutInputs(ExecutionEvent @event) => @event switch
    {
        NodeStarted e => e with { Inputs = [] },
        NodeCompleted e => e with { Inputs = [] },
        NodeFailed e => e with { Inputs = [] },
        NodeAttemptFailed e => e with { Inputs = [], Failures = [.. e.Failures.Select((f, i) => i == 0 ? f : f with { Error = new NodeError(f.Error.Code, "") })] },
        WaitStarted e => e with { Inputs = [] },
        LoopEntered e => e with { Inputs = [] },
        ChildrenRequested e => e with { Inputs = [] },
        _ => @event,
    };
}
