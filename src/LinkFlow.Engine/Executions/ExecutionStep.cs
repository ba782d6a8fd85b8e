using System.Collections.Immutable;

namespace LinkFlow.Engine.Executions;

/// <summary>An order of the decider to its shell. Handed out once; handed out again after a recovery if its end was not recorded.</summary>
public abstract record ExecutionStep;

/// <summary>One input of a step: the references to load, and the logical sources to record.</summary>
public sealed record StepInput(string Input, ImmutableArray<DataPart> Parts, ImmutableArray<InputSource> Sources)
{
    public int Count => Parts.Sum(p => p.Count);
}

/// <summary>Run an attempt of a node. Ends in NodeCompleted, NodeAttemptFailed, NodeFailed, NodeCancelled, WaitStarted, LoopEntered or ChildrenRequested.</summary>
public sealed record RunNode : ExecutionStep
{
    public required string Node { get; init; }
    public required int Run { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Attempt { get; init; }
    public required ImmutableArray<StepInput> Inputs { get; init; }

    /// <summary>True: a commit with its NodeStarted must precede it.</summary>
    public required bool IsExternal { get; init; }

    /// <summary>The time of the event that released it; an external attempt takes its NodeStarted's time instead.</summary>
    public required long Now { get; init; }

    /// <summary>The items that this attempt is about; default: all.</summary>
    public ImmutableArray<int> Pending { get; init; }

    /// <summary>The events of earlier attempts of this run that hold partial results.</summary>
    public ImmutableArray<long> EarlierAttempts { get; init; } = [];

    /// <summary>Its NodeStarted is recorded already: this is a recovery. The shell appends AttemptRecovered first.</summary>
    public bool IsRecovery { get; init; }

    /// <summary>How often this attempt was recovered before.</summary>
    public int Recoveries { get; init; }

    /// <summary>Set for compensation.</summary>
    public RunKey? Compensates { get; init; }

    /// <summary>Not executed: the outputs are these pinned items (manual runs).</summary>
    public bool IsPinned { get; init; }

    /// <summary>Not executed: every pending item fails with this, and the node's onError applies (LOOP_LIMIT, CRASHED, a wait's time-out).</summary>
    public Nodes.NodeError? FailWith { get; init; }

    /// <summary>For a node whose children have all ended: not executed, its output is composed of theirs.</summary>
    public ImmutableArray<ChildOutcome> Children { get; init; }
}

/// <summary>How a child ended; its output is the payload of the event <see cref="Seq"/>. Succeeded with seq 0: it was started and is not awaited, so its items are handed on.</summary>
public sealed record ChildOutcome(string ExecutionId, int Owner, bool Succeeded, long Seq, int Count, ExecutionError? Error);

/// <summary>
/// Tell a running attempt to stop. Its end is still awaited: a shell in which it does not run (it was handed out and not
/// started yet, or was in flight at a crash) feeds back <see cref="NodeCancelled"/> itself.
/// </summary>
public sealed record CancelAttempt(string Node, int Run, int Attempt) : ExecutionStep;

/// <summary>Feed back TimerFired once it is due. Setting one again moves it.</summary>
/// <param name="DueAt">Unix milliseconds.</param>
public sealed record StartTimer(string Timer, long DueAt) : ExecutionStep;

public sealed record CancelTimer(string Timer) : ExecutionStep;

/// <summary>Start a child; feeds back ChildStarted, later ChildFinished if it is awaited. Idempotent by the child's id.</summary>
public sealed record StartChild(string ChildId, string WorkflowId, string Node, int Run, int Owner, ImmutableArray<StepInput> Inputs, bool Wait) : ExecutionStep;

/// <summary>Cancel a child. One that was never started is no error; its end, if it comes, is fed back.</summary>
public sealed record CancelChild(string ChildId) : ExecutionStep;
public sealed record PauseChild(string ChildId) : ExecutionStep;
public sealed record ResumeChild(string ChildId) : ExecutionStep;

/// <summary>Record references that the state must not keep: ends in the ReferencesStored given.</summary>
public sealed record StoreReferences(ReferencesStored Event) : ExecutionStep;

/// <summary>Read the ReferencesStored with that seq back into the state: ends in <see cref="ReferencesRecalled"/> with its compensations.</summary>
public sealed record RecallReferences(long StoredSeq) : ExecutionStep;

/// <summary>All is done: append this, project the final state, start the error workflow if one is due.</summary>
public sealed record FinishExecution(ExecutionFinished Event) : ExecutionStep;
