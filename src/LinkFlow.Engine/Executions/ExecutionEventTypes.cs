using System.Collections.Frozen;

namespace LinkFlow.Engine.Executions;

/// <summary>
/// The table of event types as they are stored. A name is for ever. A field that may be absent can join a version;
/// any other change of an event's fields takes a new version and a row of its own, and the old row stays, so that
/// every history ever written can be read.
/// </summary>
public static class ExecutionEventTypes
{
    private const EventField Place = EventField.Node | EventField.Run | EventField.Attempt;

    internal static readonly EventType[] Table =
    [
        new("execution_started", 1, typeof(ExecutionStarted),
            EventField.ExecutionId | EventField.WorkflowId | EventField.WorkflowVersion | EventField.RulesVersion | EventField.Seed
            | EventField.Mode | EventField.StartNode | EventField.Input,
            EventField.VariablesVersion | EventField.Environment | EventField.ParentExecutionId | EventField.RetryOf
            | EventField.StartedBy | EventField.Depth | EventField.Awaited | EventField.Inactive
            | EventField.CorrelationId | EventField.CausationId | EventField.CausationDepth | EventField.Traceparent),
        new("node_started", 1, typeof(NodeStarted), Place, EventField.Inputs | EventField.Compensates),
        new("attempt_recovered", 1, typeof(AttemptRecovered), Place | EventField.Count),
        new("node_completed", 1, typeof(NodeCompleted), Place,
            EventField.Inputs | EventField.Outputs | EventField.HandledError | EventField.Response | EventField.Compensates
            | EventField.CopiedFrom | EventField.StartedAt),
        new("node_attempt_failed", 1, typeof(NodeAttemptFailed), Place | EventField.Failures | EventField.RetryAt,
            EventField.Inputs | EventField.Partial | EventField.StartedAt),
        new("node_failed", 1, typeof(NodeFailed), Place | EventField.Error,
            EventField.Inputs | EventField.Outputs | EventField.Compensates | EventField.StartedAt),
        new("node_cancelled", 1, typeof(NodeCancelled), Place),
        new("result_ignored", 1, typeof(ResultIgnored), Place | EventField.Reason),
        new("wait_started", 1, typeof(WaitStarted), EventField.Node | EventField.Run | EventField.Wait, EventField.Inputs),
        new("loop_entered", 1, typeof(LoopEntered), EventField.Node | EventField.Run | EventField.BatchSize, EventField.Inputs),
        new("references_stored", 1, typeof(ReferencesStored), EventField.Parts,
            EventField.Loop | EventField.Sink | EventField.Run | EventField.Level | EventField.Compensations),
        new("references_recalled", 1, typeof(ReferencesRecalled), EventField.StoredSeq | EventField.Compensations),
        new("children_requested", 1, typeof(ChildrenRequested),
            Place | EventField.Children | EventField.Awaited | EventField.MaxParallel, EventField.Inputs),
        new("child_started", 1, typeof(ChildStarted), EventField.ChildId),
        new("child_finished", 1, typeof(ChildFinished), EventField.ChildId | EventField.Status, EventField.Output | EventField.Error),
        new("timer_fired", 1, typeof(TimerFired), EventField.Timer),
        new("signal_received", 1, typeof(SignalReceived), EventField.Name | EventField.Body),
        new("pause_requested", 1, typeof(PauseRequested)),
        new("resume_requested", 1, typeof(ResumeRequested)),
        new("cancel_requested", 1, typeof(CancelRequested), Optional: EventField.Compensate | EventField.Reason),
        new("execution_finished", 1, typeof(ExecutionFinished), EventField.Status, EventField.Error | EventField.CompensationErrors),
    ];

    private static readonly FrozenDictionary<Type, string> Names = Table.ToFrozenDictionary(t => t.Event, t => t.Name);

    /// <summary>The name of the event's type, e.g. <c>node_completed</c>: in the store, in the history and on the live stream.</summary>
    public static string NameOf(ExecutionEvent @event) => Names[@event.GetType()];
}

/// <summary>A row of the table: what an event of this name and version is made of, besides seq, id and at.</summary>
internal sealed record EventType(string Name, int Version, Type Event, EventField Required = 0, EventField Optional = 0);

/// <summary>Every field of every event: a field of one name means the same wherever it appears.</summary>
[Flags]
internal enum EventField : long
{
    None = 0,
    Node = 1L << 0, Run = 1L << 1, Attempt = 1L << 2, Inputs = 1L << 3, Outputs = 1L << 4, Compensates = 1L << 5,
    StartedAt = 1L << 6, Error = 1L << 7, HandledError = 1L << 8, Response = 1L << 9, CopiedFrom = 1L << 10,
    Failures = 1L << 11, Partial = 1L << 12, RetryAt = 1L << 13, Count = 1L << 14, Reason = 1L << 15, Wait = 1L << 16,
    BatchSize = 1L << 17, Loop = 1L << 18, Parts = 1L << 19, Compensations = 1L << 20, Children = 1L << 21,
    Awaited = 1L << 22, MaxParallel = 1L << 23, ChildId = 1L << 24, Status = 1L << 25, Output = 1L << 26, Timer = 1L << 27,
    Name = 1L << 28, Body = 1L << 29, Compensate = 1L << 30, CompensationErrors = 1L << 31, ExecutionId = 1L << 32,
    WorkflowId = 1L << 33, WorkflowVersion = 1L << 34, RulesVersion = 1L << 35, VariablesVersion = 1L << 36,
    Environment = 1L << 37, Seed = 1L << 38, Mode = 1L << 39, StartNode = 1L << 40, Input = 1L << 41,
    ParentExecutionId = 1L << 42, RetryOf = 1L << 43, StartedBy = 1L << 44, Depth = 1L << 45,
    Seq = 1L << 46, Id = 1L << 47, Type = 1L << 48, Version = 1L << 49, At = 1L << 50,
    Sink = 1L << 51, Level = 1L << 52, StoredSeq = 1L << 53, Inactive = 1L << 54,
    CorrelationId = 1L << 55, CausationId = 1L << 56, CausationDepth = 1L << 57, Traceparent = 1L << 58,
}
