using System.Collections.Immutable;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions;

/// <summary>What was read of one event so far; which fields there are is in <see cref="Present"/>.</summary>
internal struct EventFields
{
    public EventField Present;
    public long Seq, At, StartedAt, RetryAt, StoredSeq;
    public int Version, Run, Attempt, Count, BatchSize, MaxParallel, Level;
    public bool Awaited, Compensate;
    public string? Id, Node, CopiedFrom, Reason, Loop, Sink, ChildId, Status, Timer, Name;
    public RunKey Compensates;
    public ExecutionError? Error, HandledError;

    /// <summary>No event has two, so one place will do.</summary>
    public Payload? Payload;
    public WaitDirective? Wait;
    public ImmutableArray<InputSources> Inputs;
    public ImmutableArray<OutputData> Outputs;
    public ImmutableArray<ItemFailure> Failures;
    public ImmutableArray<DataPart> Parts;
    public ImmutableArray<CompensableRun> Compensations;
    public ImmutableArray<ChildExecution> Children;
    public ImmutableArray<ExecutionError> CompensationErrors;
    public StartFields Start;

    private readonly RunKey? CompensatesOrNull => (Present & EventField.Compensates) != 0 ? Compensates : null;

    /// <summary>The event of this type; all of its required fields are present.</summary>
    /// <exception cref="FormatException">The status is no word for one.</exception>
    public readonly ExecutionEvent ToEvent(EventType type) => WithoutEnvelope(type) with { Seq = Seq, At = At, Id = Id };

    private readonly ExecutionEvent WithoutEnvelope(EventType type) => type.Name switch
    {
        "node_completed" => new NodeCompleted
        {
            Node = Node!, Run = Run, Attempt = Attempt, Inputs = OrEmpty(Inputs), Outputs = OrEmpty(Outputs), HandledError = HandledError,
            Response = Payload, Compensates = CompensatesOrNull, CopiedFrom = CopiedFrom, StartedAt = StartedAt,
        },
        "node_started" => new NodeStarted { Node = Node!, Run = Run, Attempt = Attempt, Inputs = OrEmpty(Inputs), Compensates = CompensatesOrNull },
        "execution_started" => Started(),
        "execution_finished" => new ExecutionFinished
        {
            Status = StatusWords.ExecutionStatus(Status!) ?? throw new FormatException($"A stored event is damaged: '{Status}' is no status of an execution."),
            Error = Error, CompensationErrors = OrEmpty(CompensationErrors),
        },
        "loop_entered" => new LoopEntered { Node = Node!, Run = Run, Inputs = OrEmpty(Inputs), BatchSize = BatchSize },
        "node_attempt_failed" => new NodeAttemptFailed
        {
            Node = Node!, Run = Run, Attempt = Attempt, Inputs = OrEmpty(Inputs), Failures = Failures, Partial = Payload, RetryAt = RetryAt, StartedAt = StartedAt,
        },
        "node_failed" => new NodeFailed
        {
            Node = Node!, Run = Run, Attempt = Attempt, Inputs = OrEmpty(Inputs), Error = Error!, Outputs = OrEmpty(Outputs),
            Compensates = CompensatesOrNull, StartedAt = StartedAt,
        },
        "node_cancelled" => new NodeCancelled { Node = Node!, Run = Run, Attempt = Attempt },
        "attempt_recovered" => new AttemptRecovered { Node = Node!, Run = Run, Attempt = Attempt, Count = Count },
        "result_ignored" => new ResultIgnored { Node = Node!, Run = Run, Attempt = Attempt, Reason = Reason! },
        "wait_started" => new WaitStarted { Node = Node!, Run = Run, Inputs = OrEmpty(Inputs), Wait = Wait! },
        "references_stored" => new ReferencesStored
        {
            Loop = Loop, Sink = Sink, Run = Run, Level = Level, Parts = Parts, Compensations = OrEmpty(Compensations),
        },
        "references_recalled" => new ReferencesRecalled { StoredSeq = StoredSeq, Compensations = Compensations },
        "children_requested" => new ChildrenRequested
        {
            Node = Node!, Run = Run, Attempt = Attempt, Inputs = OrEmpty(Inputs), Children = Children, Wait = Awaited, MaxParallel = MaxParallel,
        },
        "child_started" => new ChildStarted { ChildId = ChildId! },
        "child_finished" => new ChildFinished { ChildId = ChildId!, Status = Status!, Output = Payload, Error = Error },
        "timer_fired" => new TimerFired { Timer = Timer! },
        "signal_received" => new SignalReceived { Name = Name!, Body = Payload! },
        "pause_requested" => new PauseRequested(),
        "resume_requested" => new ResumeRequested(),
        "cancel_requested" => new CancelRequested { Compensate = Compensate, Reason = Reason },
        _ => throw new UnknownEventException(type.Name, type.Version),
    };

    private readonly ExecutionStarted Started() => new()
    {
        ExecutionId = Start.ExecutionId!, WorkflowId = Start.WorkflowId!, WorkflowVersion = Start.WorkflowVersion, RulesVersion = Start.RulesVersion,
        VariablesVersion = Start.VariablesVersion, Environment = Start.Environment ?? "", Seed = Start.Seed!, Mode = Start.Mode!,
        StartNode = Start.StartNode!, Input = Payload!, ParentExecutionId = Start.ParentExecutionId, RetryOf = Start.RetryOf,
        StartedBy = Start.StartedBy, Depth = Start.Depth, IsAwaited = Awaited, IsInactive = Start.Inactive,
        CorrelationId = Start.CorrelationId, CausationId = Start.CausationId, CausationDepth = Start.CausationDepth, Traceparent = Start.Traceparent,
    };

    private static ImmutableArray<T> OrEmpty<T>(ImmutableArray<T> elements) => elements.IsDefault ? [] : elements;
}

/// <summary>The fields that only <see cref="ExecutionStarted"/> has.</summary>
internal struct StartFields
{
    public string? ExecutionId, WorkflowId, Environment, Seed, Mode, StartNode, ParentExecutionId, RetryOf, StartedBy, CorrelationId, CausationId, Traceparent;
    public int WorkflowVersion, RulesVersion, Depth, CausationDepth;
    public bool Inactive;
    public int? VariablesVersion;
}
