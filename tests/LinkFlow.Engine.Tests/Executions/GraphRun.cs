using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Executions;

/// <summary>
/// An execution whose nodes end as the test says. At every event it checks that the history folded anew, and a
/// snapshot carried on, stand where the living state stands.
/// </summary>
public sealed class GraphRun : IRunObserver
{
    private readonly List<RunNode> _handedOut = [];
    private readonly Dictionary<RunKey, RunSummary> _runs = [];
    private ExecutionState _twin;
    private bool _autoFinish = true;

    private GraphRun(ExecutionPlan plan, int items, bool checks)
    {
        Plan = plan;
        Checks = checks;
        Events.Add(new ExecutionStarted
        {
            Seq = 1, At = 1_000, ExecutionId = "x", WorkflowId = "w", WorkflowVersion = 1, RulesVersion = 1, Seed = new string('0', 32),
            Mode = "api", StartNode = plan.StartNode.Id, Input = Items(items),
        });
        State = _twin = Refold();
        State = Refold(this);
        Take();
    }

    public static GraphRun Of(string graph, int items = 1, string start = "start", bool checks = true) => Of(Graph.Of(graph), items, start, checks);

    public static GraphRun Of(WorkflowDefinition definition, int items = 1, string start = "start", bool checks = true, bool isManual = false) =>
        new(definition.Plan(start, isManual), items, checks);

    public ExecutionPlan Plan { get; }
    public bool Checks { get; }
    public ExecutionState State { get; private set; }
    public List<ExecutionEvent> Events { get; } = [];

    /// <summary>Every order that was not a run, in order.</summary>
    public List<ExecutionStep> Orders { get; } = [];
    public Dictionary<string, long> Timers { get; } = [];
    public IReadOnlyDictionary<RunKey, RunSummary> Runs => _runs;

    /// <summary>Nodes with an attempt in the shell's hands, as handed out.</summary>
    public IEnumerable<string> Ready => _handedOut.Select(s => s.Node);

    /// <summary>How the last run of a node stands; null: it has none.</summary>
    public RunStatus? this[string node] => _runs.Values.Where(r => r.Node == node).MaxBy(r => r.Run)?.Status;
    public RunStatus this[string node, int run] => _runs[new RunKey(node, run)].Status;

    public RunNode Step(string node) => _handedOut.Single(s => s.Node == node);

    /// <summary>The items of an input, each as <c>seq.output[offset]</c>, references to stored references resolved.</summary>
    public string Input(string node, int input = 0) => Show(Step(node).Inputs[input].Parts);

    public string Output => Show(State.Output);

    public string Sources(string node, int input = 0) =>
        string.Join(" ", Step(node).Inputs[input].Sources.Select(s => $"{s.Node}.{s.Output}#{s.Run}x{s.Count}"));

    /// <summary>What $('target') shows to a node that is in the shell's hands: the run's ordinal, or null.</summary>
    public int? Sees(string node, string target) => Visible(node, target)?.Key.Run;

    public VisibleRun? Visible(string node, string target) => State.FindVisible(new RunKey(node, Step(node).Run), Plan.Find(target)!.Index);

    /// <summary>Ends the attempt well, with items on one output (the first when none is named).</summary>
    public GraphRun Complete(string node, string? output = null, int items = 1) =>
        CompleteWith(node, items == 0 ? [] : [(output ?? Plan.Find(node)!.Outputs[0], items)]);

    public GraphRun CompleteWith(string node, params (string Output, int Items)[] outputs) => End(node, s => new NodeCompleted
    {
        Node = s.Node, Run = s.Run, Attempt = s.Attempt, Compensates = s.Compensates,
        Outputs = [.. outputs.Select(o => new OutputData(o.Output, Items(o.Items)))],
    });

    public GraphRun Respond(string node, int items = 1) => End(node, s => new NodeCompleted
    {
        Node = s.Node, Run = s.Run, Attempt = s.Attempt, Outputs = [new OutputData("main", Items(items))], Response = Items(1),
    });

    public GraphRun Fail(string node, int succeeded = 0, string code = "BROKEN") => End(node, s => new NodeFailed
    {
        Node = s.Node, Run = s.Run, Attempt = s.Attempt, Compensates = s.Compensates,
        Error = new ExecutionError($"{node} broke.", code, node, s.Attempt),
        Outputs = succeeded == 0 ? [] : [new OutputData("main", Items(succeeded))],
    });

    public GraphRun FailAttempt(string node, long retryAt, int[]? failed = null, int succeeded = 0) => End(node, s => new NodeAttemptFailed
    {
        Node = s.Node, Run = s.Run, Attempt = s.Attempt, RetryAt = retryAt,
        Failures = [.. (failed ?? [0]).Select(i => new ItemFailure(i, new NodeError("BROKEN", "It broke.")))],
        Partial = succeeded == 0 ? null : Items(succeeded),
    });

    public GraphRun Cancelled(string node) => End(node, s => new NodeCancelled { Node = s.Node, Run = s.Run, Attempt = s.Attempt });

    public GraphRun Enter(string loop, int batchSize = 1) => End(loop, s => new LoopEntered { Node = s.Node, Run = s.Run, BatchSize = batchSize });

    public GraphRun Rest(string node, string? signal = null, long? due = null, long? timeout = null, string onTimeout = "error", string kind = "signal") =>
        End(node, s => new WaitStarted { Node = s.Node, Run = s.Run, Wait = new WaitDirective(kind, due, signal, timeout, onTimeout, []) });

    /// <summary>Asks for children named <c>node.run.attempt.place</c>.</summary>
    public GraphRun Call(string node, int children, bool wait = true, int most = 10, bool each = true) => End(node, s => new ChildrenRequested
    {
        Node = s.Node, Run = s.Run, Attempt = s.Attempt, Wait = wait, MaxParallel = most,
        Children = [.. Enumerable.Range(0, children).Select(i => new ChildExecution($"{s.Node}.{s.Run}.{s.Attempt}.{i}", "child", each ? i : -1))],
    });

    public GraphRun ChildStarted(params string[] ids) => Each(ids, id => new ChildStarted { ChildId = id });

    public GraphRun ChildEnded(string id, string status = "success", int items = 1) => Apply(new ChildFinished
    {
        ChildId = id, Id = $"end {id}", Status = status, Output = status == "success" ? Items(items) : null,
        Error = status == "error" ? new ExecutionError("The child broke.", "BROKEN", "inner", 1) : null,
    });

    public GraphRun Fire(string timer) => Apply(new TimerFired { Timer = timer });

    public GraphRun Signal(string name, string item = "{}") =>
        Apply(new SignalReceived { Name = name, Body = new Payload(1, item.Length, Encoding.UTF8.GetBytes($$"""[{"json":{{item}}}]""")) });

    public GraphRun Pause() => Apply(new PauseRequested());
    public GraphRun Resume() => Apply(new ResumeRequested());
    public GraphRun Cancel(bool compensate = false) => Apply(new CancelRequested { Compensate = compensate });

    /// <summary>The end is not recorded by itself any more.</summary>
    public GraphRun WithoutFinish()
    {
        _autoFinish = false;
        return this;
    }

    /// <summary>The process ends and another takes the history up.</summary>
    public GraphRun Crash()
    {
        _handedOut.Clear();
        State = Refold(this);
        Take();
        return this;
    }

    /// <summary>The next attempt that was in flight at the crash is recovered.</summary>
    public GraphRun Recover(string node) =>
        Apply(new AttemptRecovered { Node = node, Run = Step(node).Run, Attempt = Step(node).Attempt, Count = Step(node).Recoveries + 1 });

    /// <summary>Records the start of an attempt; that of an external one is recorded at its end at the latest.</summary>
    public GraphRun Begin(string node)
    {
        var step = Step(node);
        if (Events.OfType<NodeStarted>().Any(e => (e.Node, e.Run, e.Attempt) == (step.Node, step.Run, step.Attempt))) return this;
        return Apply(new NodeStarted { Node = step.Node, Run = step.Run, Attempt = step.Attempt, Compensates = step.Compensates });
    }

    public GraphRun Apply(ExecutionEvent @event)
    {
        var next = @event with { Seq = Events.Count + 1, At = 1_000 * (Events.Count + 1) };
        State.Apply(next);
        Events.Add(next);
        if (Checks) Check(next);
        Take();
        return this;
    }

    public byte[] Snapshot() => SnapshotOf(State);

    public static byte[] SnapshotOf(ExecutionState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) state.WriteSnapshot(writer);
        return buffer.WrittenSpan.ToArray();
    }

    public ExecutionState Refold(IRunObserver? observer = null)
    {
        var state = ExecutionState.Start(Plan, (ExecutionStarted)Events[0], observer);
        foreach (var e in Events.Skip(1)) state.Apply(e);
        return state;
    }

    void IRunObserver.OnRun(RunSummary run) => _runs[new RunKey(run.Node, run.Run)] = run;

    private static Payload Items(int count) => new(count, 10 * count, default, "blob");

    private GraphRun Each<T>(IEnumerable<T> elements, Func<T, ExecutionEvent> toEvent)
    {
        foreach (var element in elements) Apply(toEvent(element));
        return this;
    }

    private GraphRun End(string node, Func<RunNode, ExecutionEvent> end)
    {
        var step = Step(node);
        if (step is { IsExternal: true, IsRecovery: false }) Begin(node);
        _handedOut.Remove(step);
        return Apply(end(step));
    }

    private void Take()
    {
        for (var steps = State.TakeReadySteps(); steps.Count > 0; steps = State.TakeReadySteps())
            foreach (var step in steps) Follow(step);
    }

    private void Follow(ExecutionStep step)
    {
        if (step is RunNode run) _handedOut.Add(run);
        else Orders.Add(step);
        if (step is StartTimer start) Timers[start.Timer] = start.DueAt;
        else if (step is CancelTimer cancel) Timers.Remove(cancel.Timer);
        else if (step is StoreReferences store) Apply(store.Event);
        else if (step is RecallReferences recall) Apply(new ReferencesRecalled { StoredSeq = recall.StoredSeq, Compensations = ((ReferencesStored)Events[(int)recall.StoredSeq - 1]).Compensations });
        else if (step is FinishExecution finish && _autoFinish) Apply(finish.Event);
    }

    private void Check(ExecutionEvent @event)
    {
        _twin.Apply(@event);
        var snapshot = Encoding.UTF8.GetString(Snapshot());
        Assert.Equal(Encoding.UTF8.GetString(SnapshotOf(Refold())), snapshot);
        Assert.Equal(Encoding.UTF8.GetString(SnapshotOf(_twin)), snapshot);
        _twin = ExecutionState.ReadSnapshot(Plan, Encoding.UTF8.GetBytes(snapshot));
        Assert.Equal(Encoding.UTF8.GetString(SnapshotOf(_twin)), snapshot);
    }

    private string Show(IEnumerable<DataPart> parts) => string.Join(" ", parts.SelectMany(Resolve));

    private IEnumerable<string> Resolve(DataPart part) =>
        part.Seq > 0 && Events[(int)part.Seq - 1] is ReferencesStored stored
            ? stored.Parts.SelectMany(Resolve).Skip(part.Offset).Take(part.Count)
            : Enumerable.Range(part.Offset, part.Count).Select(i => $"{part.Seq}.{part.Output}[{i}]");
}
