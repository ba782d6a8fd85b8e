using System.Collections.Immutable;
using System.Text.Json;
using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Executions.Rules;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Executions;

/// <summary>
/// The decider: the fold of an execution's events, and what is to be done next. It knows no clock, no random
/// numbers, no I/O, no <c>Task</c>, and never looks into payloads. Not safe for concurrent use; one shell owns it.
/// </summary>
/// <remarks>The rules are in <c>Rules</c>; here is only where things stand, and which rule an event goes to.</remarks>
public sealed class ExecutionState
{
    /// <summary>The rules that new executions are started under.</summary>
    public const int CurrentRulesVersion = 1;

    /// <summary>Unmatched signals from which on a shell refuses more.</summary>
    public const int MostUnmatchedSignals = 1_000;

    private readonly int[] _phases = new int[Enum.GetValues<RunPhase>().Length];

    internal ExecutionState(ExecutionPlan plan, ExecutionStarted started)
    {
        if (started.RulesVersion is < 1 or > CurrentRulesVersion)
            throw new InvalidOperationException($"Execution '{started.ExecutionId}' was started under rules version {started.RulesVersion}; this version knows 1 to {CurrentRulesVersion}.");
        if (started.StartNode != plan.StartNode.Id)
            throw new InvalidOperationException($"Execution '{started.ExecutionId}' starts at '{started.StartNode}', the plan at '{plan.StartNode.Id}'.");
        Plan = plan;
        Started = started with { Input = started.Input with { Inline = default } };
        Nodes = [.. plan.Nodes.Select(n => new NodeProgress(n))];
        Ready = new ReadyRuns(plan.Definition.Settings.MaxParallelNodes);
        Timers = new OpenTimers(Outbox);
        OpenNodes = plan.Nodes.Count(n => n.TakesPart && n.Loops.IsEmpty);
        (LastSeq, LastAt, Now) = (started.Seq, started.At, started.At);
    }

    /// <param name="observer">Told of runs from the first on: with an empty input all are skipped at once.</param>
    /// <exception cref="InvalidOperationException">It is not the first event, or not of this plan, or of rules that are not known.</exception>
    public static ExecutionState Start(ExecutionPlan plan, ExecutionStarted started, IRunObserver? observer = null)
    {
        if (started.Seq != 1) throw new InvalidOperationException($"Execution '{started.ExecutionId}' starts with event {started.Seq}; it must be 1.");
        var state = new ExecutionState(plan, started) { PayloadBytes = started.Input.Bytes, Observer = observer };
        state.Seen(started);
        Timeouts.Begin(state);
        var start = state.Nodes[plan.StartNode.Index];
        start.Delivered = started.Input.Count > 0;
        Readiness.Decide(state, start);
        state.Settle();
        return state;
    }

    public ExecutionPlan Plan { get; }

    /// <summary>How it began; without the input's inline data.</summary>
    public ExecutionStarted Started { get; }

    /// <summary>Of the last event applied.</summary>
    public long LastSeq { get; internal set; }

    /// <summary>Running, waiting, paused, or, once <see cref="ExecutionFinished"/> is applied, how it ended.</summary>
    public ExecutionStatus Status
    {
        get
        {
            if (Finish is { } finish) return finish.Status;
            if (IsPaused && Ready.InFlight == 0) return ExecutionStatus.Paused;
            if (Ready.InFlight > 0 || Ready.Count > 0 || PendingReferences > 0) return ExecutionStatus.Running;
            return IsResting || AwaitedChildren.Count > 0 ? ExecutionStatus.Waiting : ExecutionStatus.Running;
        }
    }

    public bool IsFinished => Finish is not null;

    /// <summary>The first failure in the history, or null.</summary>
    public ExecutionError? Error { get; internal set; }

    /// <summary>Runs of nodes that ended other than skipped.</summary>
    public int NodesRun { get; internal set; }

    /// <summary>Sum of the payload bytes of all events.</summary>
    public long PayloadBytes { get; internal set; }

    /// <summary>When the earliest wait or retry delay ends by itself, Unix ms; null: none does.</summary>
    public long? WaitingUntil => IsFinished ? null : Timers.NextDueAt;

    /// <summary>
    /// True when it came to rest on a wait node, so that a webhook's caller is answered 202: nothing runs or is ready,
    /// and nothing but waits is open, for a retry's delay or an awaited child goes on by itself.
    /// </summary>
    public bool IsAtRest =>
        !IsFinished && Stop is null && Ready is { InFlight: 0, Count: 0 } && PendingReferences == 0
        && CountOf(RunPhase.Resting) > 0 && CountOf(RunPhase.Delayed) == 0 && CountOf(RunPhase.Children) == 0;

    /// <summary>It is paused, or about to be once what is in flight has ended.</summary>
    public bool IsPaused { get; internal set; }

    /// <summary>A wait, a retry's delay or the end of a child is open, so that it may go on without an attempt's end.</summary>
    public bool IsAwaiting => IsResting || AwaitedChildren.Count > 0;

    /// <summary>The references to the output's items, in the order of execution.md §8; whole once finished. Compute on demand.</summary>
    public ImmutableArray<DataPart> Output => Finishing.Output(this);

    /// <summary>The event that holds the first <c>respond</c>, or 0.</summary>
    public long ResponseSeq { get; internal set; }

    /// <summary>Signals that no wait has taken yet; from <see cref="MostUnmatchedSignals"/> on the shell refuses more.</summary>
    public int UnmatchedSignals => Signals.Count;

    /// <summary>True when an incoming event with this id was applied: it need not be recorded again. Remembers the last 512.</summary>
    public bool HasSeen(string id) => SeenIds.Contains(id);

    /// <summary>Told of runs as they are folded; may be null.</summary>
    public IRunObserver? Observer { get; set; }

    /// <summary>Folds one event. An event whose id was seen before, or that comes too late, changes nothing.</summary>
    /// <exception cref="InvalidOperationException">The event does not follow: wrong seq, or it ends what never began.</exception>
    public void Apply(ExecutionEvent @event)
    {
        var isRepeated = @event.Id is { } id && SeenIds.Contains(id);
        if (@event.Seq != LastSeq + 1)
        {
            if (isRepeated) return;
            throw new InvalidOperationException($"Event {@event.Seq} ({@event.GetType().Name}) does not follow event {LastSeq} of execution '{Started.ExecutionId}'.");
        }

        (Now, RoundsInThisEvent) = (@event.At, 0);
        if (!isRepeated && !IsFinished) Dispatch(@event);
        Settle();
        (LastSeq, LastAt) = (@event.Seq, @event.At);
        if (isRepeated) return;
        PayloadBytes += BytesOf(@event);
        Seen(@event);
    }

    /// <summary>What is to be done now and was not handed out before; ready nodes in the order of <c>nodes</c>.</summary>
    public IReadOnlyList<ExecutionStep> TakeReadySteps()
    {
        if (!HasReadySteps) return [];
        var steps = new List<ExecutionStep>();
        HandingOut.Take(this, steps);
        return steps;
    }

    /// <summary>True when TakeReadySteps would hand something out.</summary>
    public bool HasReadySteps => HandingOut.HasAny(this);

    /// <summary>Attempts handed out or recorded as started whose end was not applied.</summary>
    public int InFlight => Ready.InFlight;

    /// <summary>
    /// The run of <paramref name="target"/> that <c>$('target')</c> shows to the given run (execution.md §5),
    /// with its outputs in the descriptor's order; null: not executed as far as this run can see.
    /// </summary>
    /// <param name="from">The current run of its node, or its last.</param>
    /// <param name="target">Index of a node.</param>
    public VisibleRun? FindVisible(RunKey from, int target)
    {
        var node = Node(from.Node);
        if (node.Active is { Undoes: { } undone } run && run.Ordinal == from.Run) return Compensation.FindVisible(this, undone, Nodes[target]);
        return Visibility.Find(this, node, Nodes[target]);
    }

    /// <summary>
    /// True when the event's run is open at that attempt. A shell that ran steps behind its state's back asks this before it
    /// applies their ends: since then the execution may have been stopped, and such a step is as if it had never run.
    /// </summary>
    public bool Takes(ExecutionEvent end) => end switch
    {
        NodeCompleted e => IsOpen(e.Node, e.Run, e.Attempt),
        NodeFailed e => IsOpen(e.Node, e.Run, e.Attempt),
        NodeAttemptFailed e => IsOpen(e.Node, e.Run, e.Attempt),
        NodeCancelled e => IsOpen(e.Node, e.Run, e.Attempt),
        ChildrenRequested e => IsOpen(e.Node, e.Run, e.Attempt),
        AttemptRecovered e => IsOpen(e.Node, e.Run, e.Attempt),
        WaitStarted e => IsOpen(e.Node, e.Run, null),
        LoopEntered e => IsOpen(e.Node, e.Run, null),
        _ => true,
    };

    /// <summary>
    /// The step of an attempt that the history holds as started, as it was handed out: for a shell that folds the history in
    /// one place and runs the attempt in another. What is taken so is not found as left over from a crash.
    /// </summary>
    /// <returns>Null: no such attempt is in flight.</returns>
    public RunNode? TakeStarted(RunKey run, int attempt) => Node(run.Node) is var node && node.Runs == run.Run ? HandingOut.TakeStarted(this, node, attempt) : null;

    /// <summary>What an attempt fails with that was found in flight after a crash, instead of running again (execution.md §11).</summary>
    /// <param name="recovery">Which recovery of this attempt it is; 1 for the first.</param>
    /// <returns>Null: it runs again.</returns>
    public Nodes.NodeError? CrashOf(string node, int recovery) => HandingOut.CrashOf(Node(node), recovery);

    public void WriteSnapshot(Utf8JsonWriter writer) => new SnapshotWriter(writer).Write(this);

    /// <exception cref="FormatException">Not a snapshot of this plan.</exception>
    public static ExecutionState ReadSnapshot(ExecutionPlan plan, ReadOnlyMemory<byte> json) => SnapshotReader.Read(plan, json);

    internal NodeProgress[] Nodes { get; }
    internal ReadyRuns Ready { get; }
    internal Outbox Outbox { get; } = new();
    internal OpenTimers Timers { get; }
    internal SignalBox Signals { get; } = new();
    internal SeenIds SeenIds { get; } = new();
    internal CompensationLog Compensations { get; } = new();

    /// <summary>Nodes all of whose connections are settled, to be decided on.</summary>
    internal Queue<int> Work { get; } = new();

    /// <summary>Loops whose round is over.</summary>
    internal Queue<int> EndedRounds { get; } = new();

    /// <summary>Loops that wait for references to be stored.</summary>
    internal Queue<int> HeldLoops { get; } = new();

    /// <summary>Nodes outside of loops whose run has not ended.</summary>
    internal int OpenNodes { get; set; }

    /// <summary>Children that have not ended: node and place among its children.</summary>
    internal Dictionary<string, (int Node, int Child)> ChildrenById { get; } = new(StringComparer.Ordinal);

    /// <summary>Children of runs that the stop ended: their ends are awaited before compensation.</summary>
    internal SortedSet<string> AwaitedChildren { get; } = new(StringComparer.Ordinal);

    /// <summary>Node timers that came due during a pause, in their order.</summary>
    internal List<string> DueTimers { get; } = [];
    internal List<ExecutionError> CompensationErrors { get; } = [];
    internal int FailedCompensations { get; set; }

    /// <summary>The node whose run undoes another now; −1: none. Derived when steps are taken.</summary>
    internal int Undoing { get; set; } = -1;
    internal bool IsRecalling { get; set; }
    internal bool IsFinishHandedOut { get; set; }
    internal bool WasPaused { get; set; }
    internal StopProgress? Stop { get; set; }
    internal ExecutionFinished? Finish { get; set; }
    internal ImmutableArray<DataPart> ResponseParts { get; set; } = [];

    /// <summary>References in growing lists.</summary>
    internal int HeldParts { get; set; }

    /// <summary>Orders to store references whose event was not applied.</summary>
    internal int PendingReferences { get; set; }
    internal int RoundsInThisEvent { get; set; }

    /// <summary>Unix ms of the event that is being applied.</summary>
    internal long Now { get; private set; }

    /// <summary>Unix ms of the last event applied.</summary>
    internal long LastAt { get; set; }

    internal int CountOf(RunPhase phase) => _phases[(int)phase];
    internal void Enter(RunPhase phase) => _phases[(int)phase]++;
    internal void Leave(RunPhase phase) => _phases[(int)phase]--;

    internal void Move(ActiveRun run, RunPhase phase)
    {
        Leave(run.Phase);
        run.Phase = phase;
        Enter(phase);
    }

    /// <exception cref="InvalidOperationException">The plan has no such node.</exception>
    internal NodeProgress Node(string id) =>
        Plan.Find(id) is { } node ? Nodes[node.Index] : throw new InvalidOperationException($"The plan of execution '{Started.ExecutionId}' has no node '{id}'.");

    /// <summary>The node whose attempt an event is about; null: that attempt, or its run, ended before.</summary>
    /// <exception cref="InvalidOperationException">The attempt never began.</exception>
    internal NodeProgress? FindAttempt(string id, int run, int? attempt, RunKey? compensates)
    {
        var node = Node(id);
        if (run < node.Runs) return null;
        var isKnown = node.Active is not null || Compensation.Expect(this, node, compensates);
        if (!isKnown || run != node.Runs || attempt > node.Active!.Attempt)
            throw new InvalidOperationException($"Event {LastSeq + 1}: attempt {attempt ?? 1} of run {run} of node '{id}' in execution '{Started.ExecutionId}' never began.");
        return attempt < node.Active.Attempt || node.Active.Phase != RunPhase.Ready ? null : node;
    }

    /// <param name="inputs">Null: what the node's connections hold now.</param>
    /// <param name="outputs">Per output of the node; default: none.</param>
    internal void Report(
        NodeProgress node, int run, RunStatus status, long? startedAt, int attempts, ExecutionError? error,
        ImmutableArray<StepInput>? inputs = null, ImmutableArray<ImmutableArray<DataPart>> outputs = default)
    {
        if (Observer is null) return;
        long? finishedAt = status is RunStatus.Running or RunStatus.Waiting ? null : Now;
        Observer.OnRun(new RunSummary(node.Node.Id, run, status, startedAt, finishedAt, attempts, error)
        {
            Rounds = RoundsAround(node),
            Inputs = status == RunStatus.Skipped ? [] : inputs ?? Merging.Inputs(this, node),
            Outputs = outputs.IsDefaultOrEmpty ? [] : [.. outputs.Select((parts, i) => new RunOutput(node.Node.Outputs[i], parts)).Where(o => !o.Parts.IsEmpty)],
        });
    }

    private bool IsOpen(string id, int run, int? attempt) =>
        Node(id) is { Active: { Phase: RunPhase.Ready } active } node && node.Runs == run && (attempt is null || active.Attempt == attempt);

    private bool IsResting => CountOf(RunPhase.Resting) > 0 || CountOf(RunPhase.Delayed) > 0 || CountOf(RunPhase.Children) > 0;

    private ImmutableArray<int> RoundsAround(NodeProgress node)
    {
        var rounds = ImmutableArray.CreateBuilder<int>(node.Node.Loops.Length);
        foreach (var index in node.Node.Loops)
        {
            if (Nodes[index].Loop is not { } loop) break;
            rounds.Add(loop.Round);
        }

        return rounds.DrainToImmutable();
    }

    private void Dispatch(ExecutionEvent @event)
    {
        switch (@event)
        {
            case NodeCompleted e: Attempting.Completed(this, e); break;
            case NodeStarted e: Attempting.Started(this, e); break;
            case NodeFailed e: Failing.Failed(this, e); break;
            case NodeAttemptFailed e: Retrying.AttemptFailed(this, e); break;
            case NodeCancelled e: Attempting.Cancelled(this, e); break;
            case AttemptRecovered e: Attempting.Recovered(this, e); break;
            case LoopEntered e: Looping.Entered(this, e); break;
            case WaitStarted e: Waiting.Started(this, e); break;
            case SignalReceived e: Waiting.Signalled(this, e); break;
            case ChildrenRequested e: Children.Requested(this, e); break;
            case ChildStarted e: Children.Started(this, e); break;
            case ChildFinished e: Children.Finished(this, e); break;
            case TimerFired e: Timeouts.Fired(this, e); break;
            case PauseRequested: Pausing.Requested(this); break;
            case ResumeRequested: Pausing.Resumed(this); break;
            case CancelRequested e: Cancelling.Requested(this, e); break;
            case ReferencesStored e: References.Stored(this, e); break;
            case ReferencesRecalled e: Compensation.Recalled(this, e); break;
            case ExecutionFinished e: Finishing.Finished(this, e); break;
            case ResultIgnored: break;
            default: throw new InvalidOperationException($"Event {@event.Seq}: {@event.GetType().Name} cannot follow in a running execution.");
        }
    }

    /// <summary>Follows what the event settled, to the end: nodes are decided on, rounds end and begin. A queue, so that no chain is too long.</summary>
    private void Settle()
    {
        while (true)
        {
            if (Work.TryDequeue(out var node)) Readiness.Decide(this, Nodes[node]);
            else if (EndedRounds.TryDequeue(out var loop)) Looping.EndRound(this, Nodes[loop]);
            else return;
        }
    }

    private void Seen(ExecutionEvent @event)
    {
        if (@event.Id is { } id) SeenIds.Add(id);
    }

    private static long BytesOf(ExecutionEvent @event) => @event switch
    {
        NodeCompleted e => e.Outputs.Sum(o => (long)o.Items.Bytes) + (e.Response?.Bytes ?? 0),
        NodeFailed e => e.Outputs.Sum(o => (long)o.Items.Bytes),
        NodeAttemptFailed e => e.Partial?.Bytes ?? 0,
        ChildFinished e => e.Output?.Bytes ?? 0,
        SignalReceived e => e.Body.Bytes,
        _ => 0,
    };
}

/// <param name="Outputs">Per output of the node, the parts that hold its items.</param>
/// <param name="Inputs">What it got, by node and run.</param>
public sealed record VisibleRun(RunKey Key, ImmutableArray<ImmutableArray<DataPart>> Outputs, ImmutableArray<InputSources> Inputs);
