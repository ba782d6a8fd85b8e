using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions;

/// <summary>What an execution follows from, between the event that starts it, its first event, its document and what it brings about itself.</summary>
public static class ExecutionCause
{
    /// <summary>What follows from an execution: the same chain, no link further, for an execution is no event.</summary>
    public static EventCause Cause(this ExecutionStarted started) =>
        new(started.CorrelationId ?? started.ExecutionId, started.CausationId, started.CausationDepth, started.Traceparent);

    /// <summary>The first event of an execution that follows from this; null: it is a first cause.</summary>
    public static ExecutionStarted After(this ExecutionStarted started, EventCause? cause) => cause is null ? started : started with
    {
        CorrelationId = cause.CorrelationId, CausationId = cause.CausationId, CausationDepth = cause.Depth, Traceparent = cause.Traceparent,
    };
}
