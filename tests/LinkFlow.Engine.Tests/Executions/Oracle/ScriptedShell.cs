using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Executions.Oracle;

/// <summary>What a shell throws into an execution's way, besides the order in which it lets things end.</summary>
[Flags]
internal enum Disturbance { None = 0, Pauses = 1, Duplicates = 2, Crashes = 4, Cancel = 8, CancelWithCompensation = 16, Timeout = 32 }

/// <summary>
/// A shell for tests: carries out the decider's steps by a <see cref="Script"/>, in an order drawn from a seed, with
/// a clock of its own. It checks what every shell relies on: attempts get the items that failed, no attempt begins
/// twice, <c>maxParallelNodes</c> holds, and something can always go on.
/// </summary>
internal sealed class ScriptedShell
{
    private const int MaxEvents = 50_000;

    private readonly ExecutionPlan _plan;
    private readonly Script _script;
    private readonly Random _schedule;
    private readonly Disturbance _disturbance;
    private readonly List<RunNode> _handedOut = [];
    private readonly List<RunNode> _inFlight = [];
    private readonly HashSet<(string, int, int)> _told = [];
    private readonly Dictionary<string, long> _timers = [];
    private readonly List<(string Node, int Run)> _signals;
    private readonly Dictionary<string, (NodeDefinition Node, int Run, int Owner)> _children = [];
    private readonly HashSet<string> _childrenRunning = [];
    private readonly HashSet<string> _childrenEnded = [];
    private readonly Dictionary<(long, string), string[]> _items = [];
    private long _now = 1_000_000;
    private int _disturbances = 3; // a fourth crash would be one too many for the attempt in flight
    private bool _cancelled;

    public ScriptedShell(ExecutionPlan plan, Script script, IEnumerable<(string, int)> signals, int schedule, Disturbance disturbance = Disturbance.None)
    {
        (_plan, _script, _schedule, _disturbance) = (plan, script, new Random(schedule), disturbance);
        _signals = [.. signals];
        var started = new ExecutionStarted
        {
            Seq = 1, At = _now, ExecutionId = "x", WorkflowId = "w", WorkflowVersion = 1, RulesVersion = ExecutionState.CurrentRulesVersion,
            Seed = script.Seed.ToString("x32"), Mode = "api", StartNode = plan.StartNode.Id, Input = PayloadOf(script.Input),
        };
        Events.Add(started);
        State = ExecutionState.Start(plan, started, Runs);
    }

    public List<ExecutionEvent> Events { get; } = [];
    public ExecutionState State { get; private set; }
    public RunRecorder Runs { get; private set; } = new();

    /// <summary>What each run was given, by input; runs that the decider settles by itself are not in it.</summary>
    public Dictionary<(string Node, int Run), IReadOnlyList<IReadOnlyList<string>>> Given { get; } = [];

    /// <summary>Runs taken over from another execution.</summary>
    public HashSet<(string Node, int Run)> Copied { get; } = [];
    /// <summary>Runs between two attempts at a stop, closed with what had succeeded so that it can be undone.</summary>
    public HashSet<(string Node, int Run)> GivenUp { get; } = [];
    public List<(RunKey Undone, IReadOnlyList<string> Items)> Compensations { get; } = [];
    public int MostInFlight { get; private set; }
    public IReadOnlyList<string> Output => [.. State.Output.SelectMany(Resolve)];

    /// <summary>Takes up an execution that was recorded so far, as after a crash.</summary>
    public static ScriptedShell Resume(ScriptedShell other, int events, int schedule)
    {
        var shell = new ScriptedShell(other._plan, other._script, Model.Of(other._plan.Definition, other._script).Signals, schedule);
        shell.Events.Clear();
        shell.Events.AddRange(other.Events.Take(events));
        shell._now = shell.Events[^1].At;
        shell._signals.RemoveAll(s => shell.Events.Exists(e => e is SignalReceived r && r.Name == Script.Signal(s.Node, s.Run)));
        foreach (var e in shell.Events) shell.Remember(e);
        foreach (var (run, inputs) in other.Given.Where(g => shell.Events.Exists(e => BeganOrEnded(e) == g.Key))) shell.Given.Add(run, inputs);
        shell.State = shell.Fold(Stored(shell.Events), events, shell.Runs);
        return shell;
    }

    /// <summary>Takes over what a retry copies; its signals do not come again.</summary>
    public ScriptedShell Take(Forked forked)
    {
        foreach (var copied in forked.Copied)
        {
            Append(copied);
            if (copied is NodeCompleted c) Copied.Add((c.Node, c.Run));
            if (copied is LoopEntered l) Copied.Add((l.Node, l.Run));
            if (copied is WaitStarted w) Copied.Add((w.Node, w.Run));
        }

        _signals.RemoveAll(s => Events.Exists(e => e is SignalReceived r && r.Name == Script.Signal(s.Node, s.Run)));
        return this;
    }

    public ScriptedShell RunToEnd()
    {
        while (!State.IsFinished)
        {
            Drain();
            if (State.IsFinished) break;
            if (Events.Count > MaxEvents) throw new InvalidOperationException("The execution does not end.");
            if (!Disturb()) Happen();
        }

        Assert.False(State.HasReadySteps);
        return this;
    }

    /// <summary>Carries out steps until none is ready. Runs begin one by one: what was called off meanwhile does not begin.</summary>
    private void Drain()
    {
        do
        {
            foreach (var step in State.TakeReadySteps()) CarryOut(step);
            if (_handedOut.Count == 0) continue;
            var next = _handedOut[0];
            _handedOut.RemoveAt(0);
            Begin(next);
        }
        while (State.HasReadySteps || _handedOut.Count > 0);
    }

    private void CarryOut(ExecutionStep step)
    {
        switch (step)
        {
            case RunNode run: _handedOut.Add(run); break;
            case StartTimer timer: _timers[timer.Timer] = timer.DueAt; break;
            case CancelTimer timer: _timers.Remove(timer.Timer); break;
            case CancelAttempt attempt: CallOff(attempt); break;
            case StartChild child:
                if (!_childrenEnded.Contains(child.ChildId) && _childrenRunning.Add(child.ChildId)) Append(new ChildStarted { ChildId = child.ChildId, Id = $"start {child.ChildId}" });
                break;
            case CancelChild or PauseChild or ResumeChild: break;
            case StoreReferences store: Append(store.Event); break;
            case RecallReferences recall:
                Append(new ReferencesRecalled { StoredSeq = recall.StoredSeq, Compensations = ((ReferencesStored)Events[(int)recall.StoredSeq - 1]).Compensations });
                break;
            case FinishExecution finish: Append(finish.Event); break;
            default: throw new InvalidOperationException($"An unknown step: {step}");
        }
    }

    private void CallOff(CancelAttempt attempt)
    {
        _told.Add((attempt.Node, attempt.Run, attempt.Attempt));
        _handedOut.RemoveAll(s => (s.Node, s.Run, s.Attempt) == (attempt.Node, attempt.Run, attempt.Attempt));
        if (!_inFlight.Exists(s => (s.Node, s.Run, s.Attempt) == (attempt.Node, attempt.Run, attempt.Attempt)))
            Append(new NodeCancelled { Node = attempt.Node, Run = attempt.Run, Attempt = attempt.Attempt });
    }

    private void Begin(RunNode step)
    {
        if (step.IsRecovery)
            Append(new AttemptRecovered { Node = step.Node, Run = step.Run, Attempt = step.Attempt, Count = step.Recoveries + 1 });
        else if (step.IsExternal)
            Append(new NodeStarted { Node = step.Node, Run = step.Run, Attempt = step.Attempt, Inputs = Sources(step), Compensates = step.Compensates });
        if (!step.IsExternal)
        {
            Append(EndOf(step));
            return;
        }

        Assert.DoesNotContain(_inFlight, s => (s.Node, s.Run, s.Compensates) == (step.Node, step.Run, step.Compensates));
        _inFlight.Add(step);
        MostInFlight = Math.Max(MostInFlight, _inFlight.Count);
    }

    /// <summary>Lets one of the things happen that can: an attempt or a child ends, a signal comes, the next timer is due.</summary>
    private void Happen()
    {
        var running = _childrenRunning.Where(c => _script.AwaitsChildren(_children[c].Node)).Order(StringComparer.Ordinal).ToList();
        var choices = _inFlight.Count + running.Count + _signals.Count + (_timers.Count > 0 ? 1 : 0);
        if (choices == 0) throw new InvalidOperationException($"Nothing can happen, and the execution is {State.Status}, {State.InFlight} in flight.");
        var choice = _schedule.Next(choices);
        if (choice < _inFlight.Count) End(_inFlight[choice]);
        else if ((choice -= _inFlight.Count) < running.Count) EndChild(running[choice]);
        else if ((choice -= running.Count) < _signals.Count) Signal(_signals[choice]);
        else FireTimer();
    }

    private void End(RunNode step)
    {
        _inFlight.Remove(step);
        if (_told.Contains((step.Node, step.Run, step.Attempt)) && _schedule.Next(2) == 0)
            Append(new NodeCancelled { Node = step.Node, Run = step.Run, Attempt = step.Attempt });
        else
            Append(EndOf(step));
    }

    private void EndChild(string id)
    {
        var (node, run, owner) = _children[id];
        _childrenRunning.Remove(id);
        _childrenEnded.Add(id);
        var succeeded = _script.ChildSucceeds(node, run, owner);
        Append(new ChildFinished
        {
            ChildId = id,
            Id = $"end {id}",
            Status = succeeded ? "success" : "error",
            Output = succeeded ? PayloadOf(_script.ChildOutput(node, run, owner)) : null,
            Error = succeeded ? null : new ExecutionError("The child broke.", "BROKEN", "inner", 1),
        });
    }

    private void Signal((string Node, int Run) wait)
    {
        _signals.Remove(wait);
        var name = Script.Signal(wait.Node, wait.Run);
        Append(new SignalReceived { Name = name, Id = name, Body = PayloadOf([name]) });
    }

    private void FireTimer() => Fire(_timers.MinBy(t => (t.Value, t.Key)).Key);

    private void Fire(string timer)
    {
        _timers.Remove(timer, out var due);
        _now = Math.Max(_now, due);
        Append(new TimerFired { Timer = timer });
    }

    /// <returns>True when something was thrown in.</returns>
    private bool Disturb()
    {
        if (State.Status == ExecutionStatus.Paused || (Events.FindLastIndex(e => e is PauseRequested) > Events.FindLastIndex(e => e is ResumeRequested) && _schedule.Next(3) == 0))
        {
            Append(new ResumeRequested { Id = $"resume {Events.Count}" });
            return true;
        }

        if (_disturbance == Disturbance.None || _disturbances == 0 || _schedule.Next(4) > 0) return false;
        _disturbances--;
        if (_disturbance.HasFlag(Disturbance.Pauses) && _schedule.Next(2) == 0) Append(new PauseRequested { Id = $"pause {Events.Count}" });
        else if (_disturbance.HasFlag(Disturbance.Duplicates) && _schedule.Next(2) == 0) Repeat();
        else if (_disturbance.HasFlag(Disturbance.Crashes)) Crash();
        else if (_disturbance.HasFlag(Disturbance.Timeout) && _timers.ContainsKey("workflow")) Fire("workflow");
        else if ((_disturbance & (Disturbance.Cancel | Disturbance.CancelWithCompensation)) != 0 && !_cancelled) Cancel();
        else return false;
        return true;
    }

    private void Cancel()
    {
        _cancelled = true;
        Append(new CancelRequested { Id = "cancel", Compensate = _disturbance.HasFlag(Disturbance.CancelWithCompensation) });
    }

    /// <summary>Brings something that came in once more: it must change nothing.</summary>
    private void Repeat()
    {
        var incoming = Events.Where(e => e is SignalReceived or TimerFired or ChildStarted or ChildFinished or PauseRequested or ResumeRequested).ToList();
        if (incoming.Count > 0) Append(incoming[_schedule.Next(incoming.Count)]);
    }

    private void Crash()
    {
        _handedOut.Clear();
        _inFlight.Clear();
        _told.Clear();
        Rebuild();
    }

    /// <summary>Reads the state back from the stored form of the events; every other time by way of a snapshot.</summary>
    private void Rebuild()
    {
        Runs = new RunRecorder();
        var stored = Stored(Events);
        State = Fold(stored, stored.Count, Runs);
        if (_schedule.Next(2) == 0) return;
        State = ExecutionState.ReadSnapshot(_plan, SnapshotOf(Fold(stored, _schedule.Next(1, stored.Count + 1), observer: null)));
        State.Observer = Runs;
        foreach (var e in stored.Skip((int)State.LastSeq)) State.Apply(e);
    }

    public ExecutionState Fold(IReadOnlyList<ExecutionEvent> events, int count, RunRecorder? observer)
    {
        var state = ExecutionState.Start(_plan, (ExecutionStarted)events[0], observer);
        foreach (var e in events.Skip(1).Take(count - 1)) state.Apply(e);
        return state;
    }

    public static byte[] SnapshotOf(ExecutionState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) state.WriteSnapshot(writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The events after a way through the store.</summary>
    public static IReadOnlyList<ExecutionEvent> Stored(IEnumerable<ExecutionEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var e in events) ExecutionEventJson.Write(writer, e);
            writer.WriteEndArray();
        }

        return ExecutionEventJson.ReadSegment(buffer.WrittenMemory);
    }

    private void Append(ExecutionEvent happened)
    {
        happened = happened with { Seq = Events.Count + 1, At = ++_now };
        Events.Add(happened);
        Remember(happened);
        State.Apply(happened);
    }

    private void Remember(ExecutionEvent happened)
    {
        switch (happened)
        {
            case ChildrenRequested requested:
                foreach (var child in requested.Children) _children[child.ExecutionId] = (Definition(requested.Node), requested.Run, child.Owner);
                break;
            case ChildStarted started when !_childrenEnded.Contains(started.ChildId): _childrenRunning.Add(started.ChildId); break;
            case ChildFinished finished:
                _childrenEnded.Add(finished.ChildId);
                _childrenRunning.Remove(finished.ChildId);
                break;
        }
    }

    private static (string, int)? BeganOrEnded(ExecutionEvent happened) => happened switch
    {
        NodeStarted e => (e.Node, e.Run),
        NodeCompleted e => (e.Node, e.Run),
        NodeAttemptFailed e => (e.Node, e.Run),
        WaitStarted e => (e.Node, e.Run),
        LoopEntered e => (e.Node, e.Run),
        ChildrenRequested e => (e.Node, e.Run),
        _ => null,
    };

    private NodeDefinition Definition(string id) => _plan.Find(id)!.Definition;

    /// <summary>The event that an attempt ends in.</summary>
    private ExecutionEvent EndOf(RunNode step)
    {
        var node = Definition(step.Node);
        IReadOnlyList<string>[] inputs = [.. step.Inputs.Select(i => i.Parts.SelectMany(Resolve).ToArray())];
        var items = inputs.SelectMany(i => i).ToArray();
        if (step.Compensates is { } undone) return EndOfCompensation(step, undone, items);
        if (step.Node != _plan.StartNode.Id) Assert.Equal(step.Inputs.Select(i => i.Count), step.Inputs.Select(i => i.Sources.Sum(s => s.Count)));

        if (Given.TryGetValue((step.Node, step.Run), out var before)) Assert.Equal(before, inputs);
        Given[(step.Node, step.Run)] = inputs;
        var outputs = RandomGraph.OutputsOf(node);
        if (step.FailWith is { } error)
        {
            if (error.Code == NodeErrorCodes.Cancelled) GivenUp.Add((step.Node, step.Run));
            return Ended(step, _script.SomeFail(node, outputs, step.Run, items, step.Pending.IsDefault ? [.. Enumerable.Range(0, items.Length)] : step.Pending), error.Code);
        }

        if (!step.Children.IsDefault) return EndOfChildren(step, node, items);
        return node.Type switch
        {
            "loop" => EndOfLoop(step, node, items.Length),
            "wait" => new WaitStarted { Node = step.Node, Run = step.Run, Inputs = Sources(step), Wait = WaitOf(node, step.Run) },
            "children" => new ChildrenRequested
            {
                Node = step.Node, Run = step.Run, Attempt = step.Attempt, Inputs = Sources(step), Wait = _script.AwaitsChildren(node), MaxParallel = 2,
                Children = [.. (_script.IsChildPerItem(node) ? Enumerable.Range(0, items.Length) : [-1]).Select(o => new ChildExecution($"{step.Node}#{step.Run}.{o}", "w", o))],
            },
            _ => EndOfAttempt(step, node, items),
        };
    }

    private ExecutionEvent EndOfAttempt(RunNode step, NodeDefinition node, string[] items)
    {
        var outputs = RandomGraph.OutputsOf(node);
        var scripts = items.Select((_, i) => _script.Item(node, outputs, step.Run, i)).ToArray();
        int[] pending = [.. Enumerable.Range(0, items.Length).Where(i => scripts[i].FailedAttempts >= step.Attempt - 1)];
        if (!step.Pending.IsDefault) Assert.Equal(pending, step.Pending.ToArray());
        Assert.True(step.Attempt > 1 || pending.Length == items.Length);

        var failing = pending.Where(i => scripts[i].FailedAttempts >= step.Attempt).ToArray();
        if (failing.Length == 0 || step.Attempt >= Script.MaxAttempts(node)) return Ended(step, _script.Outcome(node, outputs, step.Run, items), "BROKEN");
        return new NodeAttemptFailed
        {
            Node = step.Node, Run = step.Run, Attempt = step.Attempt, Inputs = Sources(step),
            Failures = [.. failing.Select(i => new ItemFailure(i, new NodeError("BROKEN", "It broke.")))],
            Partial = failing.Length < pending.Length ? PayloadOf(["partial"]) : null,
            RetryAt = _now + node.Retry!.DelayMsBefore(step.Attempt + 1, 0.5),
        };
    }

    private ExecutionEvent EndOfChildren(RunNode step, NodeDefinition node, string[] items)
    {
        foreach (var child in step.Children.Where(c => c.Succeeded && _script.AwaitsChildren(node)))
            Assert.True(_script.ChildSucceeds(node, step.Run, child.Owner));
        return Ended(step, _script.ChildrenOutcome(node, RandomGraph.OutputsOf(node), step.Run, items), NodeErrorCodes.ChildFailed);
    }

    private ExecutionEvent EndOfLoop(RunNode step, NodeDefinition node, int items)
    {
        var (batchSize, maxRounds) = _script.Loop(node, step.Run);
        return items > batchSize * maxRounds
            ? Ended(step, Script.AllFail(node, RandomGraph.OutputsOf(node), step.Run, items), NodeErrorCodes.LoopLimit)
            : new LoopEntered { Node = step.Node, Run = step.Run, Inputs = Sources(step), BatchSize = batchSize };
    }

    private ExecutionEvent EndOfCompensation(RunNode step, RunKey undone, string[] items)
    {
        Compensations.Add((undone, items));
        if (!_script.CompensationFails(undone.Node, undone.Run))
            return new NodeCompleted { Node = step.Node, Run = step.Run, Attempt = step.Attempt, Inputs = Sources(step), Compensates = undone };
        var error = new ExecutionError("It cannot be undone.", "BROKEN", step.Node, step.Attempt);
        return new NodeFailed { Node = step.Node, Run = step.Run, Attempt = step.Attempt, Inputs = Sources(step), Compensates = undone, Error = error };
    }

    private WaitDirective WaitOf(NodeDefinition node, int run) => _script.Wait(node, run) switch
    {
        WaitEnd.Duration => new WaitDirective("duration", _now + 20, null, null, "error", []),
        WaitEnd.Signal => new WaitDirective("signal", null, Script.Signal(node.Id, run), null, "error", []),
        _ => new WaitDirective("signal", null, $"never:{node.Id}#{run}", _now + 30, _script.OnTimeout(node), []),
    };

    private ExecutionEvent Ended(RunNode step, RunOutcome outcome, string code)
    {
        outcome = Script.WithAlwaysOutput(Definition(step.Node), outcome);
        ImmutableArray<OutputData> outputs =
            [.. RandomGraph.OutputsOf(Definition(step.Node)).Where(outcome.Outputs.ContainsKey).Select(o => new OutputData(o, PayloadOf(outcome.Outputs[o])))];
        var error = new ExecutionError("It broke.", code, step.Node, step.Attempt);
        if (!outcome.HasFailed)
        {
            return new NodeCompleted
            {
                Node = step.Node, Run = step.Run, Attempt = step.Attempt, Inputs = Sources(step), Outputs = outputs,
                HandledError = outcome.HasHandledErrors ? error : null,
            };
        }

        return new NodeFailed
        {
            Node = step.Node, Run = step.Run, Attempt = step.Attempt, Inputs = Sources(step), Outputs = outputs, Error = error,
        };
    }

    private static ImmutableArray<InputSources> Sources(RunNode step) => [.. step.Inputs.Select(i => new InputSources(i.Input, i.Sources))];

    private static Payload PayloadOf(IReadOnlyList<string> items)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(items);
        return new Payload(items.Count, json.Length, json);
    }

    /// <summary>The items that a reference stands for.</summary>
    private IEnumerable<string> Resolve(DataPart part) => part.Seq == 0
        ? Enumerable.Repeat(Script.EmptyItem, part.Count)
        : new ArraySegment<string>(ItemsOf(part.Seq, part.Output), part.Offset, part.Count);

    private string[] ItemsOf(long seq, string output)
    {
        if (_items.TryGetValue((seq, output), out var items)) return items;
        var payload = Events[(int)seq - 1] switch
        {
            ExecutionStarted e => e.Input,
            NodeCompleted e => e.Outputs.Single(o => o.Output == output).Items,
            NodeFailed e => e.Outputs.Single(o => o.Output == output).Items,
            SignalReceived e => e.Body,
            ChildFinished e => e.Output!,
            ReferencesStored e => PayloadOf([.. e.Parts.SelectMany(Resolve)]),
            var other => throw new InvalidOperationException($"A reference points to {other}, which holds no items."),
        };
        return _items[(seq, output)] = JsonSerializer.Deserialize<string[]>(payload.Inline.Span)!;
    }
}

/// <summary>Keeps the last word on every run.</summary>
internal sealed class RunRecorder : Dictionary<(string Node, int Run), RunSummary>, IRunObserver
{
    public void OnRun(RunSummary run) => this[(run.Node, run.Run)] = run;
}
