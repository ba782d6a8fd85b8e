using System.Buffers;
using System.Text.Json;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes.Linking;

/// <summary>
/// An execution in memory with the real decider, the real runner and items that say what they came from: steps, timers,
/// signals and children in an order drawn from a seed, now and then with a state read back from a snapshot.
/// </summary>
internal sealed class LinkShell : IServiceProvider
{
    private readonly LineageNodes _nodes;
    private readonly Random _order;
    private readonly List<ExecutionStep> _open = [];
    private readonly Dictionary<string, long> _timers = [];
    private readonly Dictionary<(long, string), IReadOnlyList<Item>> _read = [];
    private readonly int _recoveries;
    private ExecutionState _state;

    /// <summary>Every node asks for the item of every other.</summary>
    /// <param name="recoverOneIn">How often, on average, the state is read back; 0: never.</param>
    /// <param name="mostItems">What one run puts out at most.</param>
    public LinkShell(WorkflowDefinition definition, int items = 3, int seed = 0, int recoverOneIn = 0, int mostItems = int.MaxValue)
        : this(WithViews(definition), Started(items), seed, recoverOneIn, mostItems)
    {
    }

    private LinkShell(WorkflowDefinition definition, ExecutionStarted started, int seed, int recoverOneIn, int mostItems)
    {
        _nodes = new LineageNodes((context, item, target, seen) => Seen.Add((context.Node.Id, context.Run, item, target, context.Items[item], seen))) { MostItems = mostItems };
        (_order, _recoveries) = (new Random(seed), recoverOneIn);
        Plan = ExecutionPlan.Build(definition, _nodes.Registry, "start", isManual: true);
        Events.Add(started);
        _state = ExecutionState.Start(Plan, started);
    }

    /// <summary>Only one node asks, and only for the item of one other.</summary>
    public static LinkShell Asking(WorkflowDefinition definition, int items, string node, string target) =>
        new(definition.With(node, n => n with { Parameters = LineageNodes.Seeing(n.Parameters, [target]) }), Started(items), seed: 0, recoverOneIn: 0, int.MaxValue);

    public ExecutionPlan Plan { get; }
    public List<ExecutionEvent> Events { get; } = [];

    /// <summary>What every node saw of every other, item by item.</summary>
    public List<(string Node, int Run, int Item, string Target, Item Current, string Value)> Seen { get; } = [];

    /// <summary>The references that were loaded for expressions.</summary>
    public List<DataPart> Loads { get; } = [];

    /// <summary>How often an event was asked for.</summary>
    public int EventsRead { get; private set; }

    /// <summary>What <c>$('target').item</c> was for the items of a run, one after the other.</summary>
    public string Saw(string node, string target, int run = 0) =>
        string.Join(' ', Seen.Where(s => s.Node == node && s.Run == run && s.Target == target).OrderBy(s => s.Item).Select(s => s.Value));

    /// <summary>Goes on until the end, or until nothing can.</summary>
    public async Task<LinkShell> RunAsync()
    {
        for (var steps = 0; steps < 20_000 && !_state.IsFinished; steps++)
        {
            if (_recoveries > 0 && _order.Next(_recoveries) == 0) Recover();
            _open.AddRange(_state.TakeReadySteps());
            if (_open.Count > 0) await CarryAsync(Take(_open));
            else if (_timers.Count > 0) Fire();
            else return this;
        }

        return this;
    }

    /// <summary>A retry of the finished execution, run to its end.</summary>
    public async Task<LinkShell> RetryAsync(string from)
    {
        var started = ((ExecutionStarted)Events[0]) with { ExecutionId = "y", RetryOf = "x" };
        var next = new LinkShell(Plan.Definition, started, _order.Next(), _recoveries, _nodes.MostItems);
        foreach (var copied in ((Forked)Fork.Of(Events, Plan, next.Plan, from, useLatestWorkflow: false)).Copied) next.Record(copied);
        return await next.RunAsync();
    }

    public object? GetService(Type serviceType) => null;

    private static ExecutionStarted Started(int items) => new()
    {
        Seq = 1, At = 1_000, ExecutionId = "x", WorkflowId = "w", WorkflowVersion = 1, RulesVersion = 1, Seed = "00112233445566778899aabbccddeeff",
        Mode = "manual", StartNode = "start", Input = Payload.Of([.. Enumerable.Range(0, items).Select(i => Item.Of(new ObjectValue { { "id", $"in.{i}" } }))]),
    };

    private static WorkflowDefinition WithViews(WorkflowDefinition definition) => definition with
    {
        Nodes = [.. definition.Nodes.Select(n => n with { Parameters = LineageNodes.Seeing(n.Parameters, definition.Nodes.Select(o => o.Id).Where(id => id != n.Id)) })],
    };

    private T Take<T>(List<T> from)
    {
        var at = _order.Next(from.Count);
        var taken = from[at];
        from.RemoveAt(at);
        return taken;
    }

    private async Task CarryAsync(ExecutionStep step)
    {
        switch (step)
        {
            case RunNode run: await RunAsync(run); break;
            case StartTimer timer: _timers[timer.Timer] = timer.DueAt; break;
            case CancelTimer timer: _timers.Remove(timer.Timer); break;
            case StartChild child: EndChild(child); break;
            case CancelChild child: Record(new ChildFinished { Id = child.ChildId, ChildId = child.ChildId, Status = "cancelled" }); break;
            case CancelAttempt cancel: Record(new NodeCancelled { Node = cancel.Node, Run = cancel.Run, Attempt = cancel.Attempt }); break;
            case StoreReferences store: Record(store.Event); break;
            case RecallReferences recall: Record(new ReferencesRecalled { StoredSeq = recall.StoredSeq, Compensations = ((ReferencesStored)Events[(int)recall.StoredSeq - 1]).Compensations }); break;
            case FinishExecution finish: Record(finish.Event); break;
        }
    }

    private async Task RunAsync(RunNode step)
    {
        var node = Plan.Find(step.Node)!;
        var visible = NodeRunner.ReferencedNodes(Plan, node).Select(i => (i, _state.FindVisible(new RunKey(step.Node, step.Run), i))).Where(v => v.Item2 is not null).ToDictionary(v => v.i, v => v.Item2!);
        var run = new NodeRun
        {
            Plan = Plan, Step = step, Started = (ExecutionStarted)Events[0], Inputs = [.. step.Inputs.Select(i => Items(i.Parts))], Now = step.Now, Visible = visible,
            Load = (parts, _) => Load(parts),
            FindEvent = (seq, _) => Find(seq),
            LoadPartial = (seq, _) => new(JsonText.ParseStored(((NodeAttemptFailed)Events[(int)seq - 1]).Partial!.Inline.Span)),
            Services = this, Clock = TimeProvider.System, Jitter = () => 0.5, NewId = () => $"child{Events.Count}-{_order.Next()}",
        };
        var ended = await NodeRunner.RunAsync(run, CancellationToken.None);
        Record(ended);
        if (ended is WaitStarted { Wait.Signal: { } name }) Signal(name, step);
    }

    /// <summary>The signal says of itself that it came from all that its wait got.</summary>
    private void Signal(string name, RunNode step)
    {
        var item = Lineage.Made(step.Node, $"{step.Node}#{step.Run}.signal", step.Inputs.SelectMany(i => Items(i.Parts)));
        Record(new SignalReceived { Id = $"{name}{step.Run}", Name = name, Body = Payload.Of([item]) });
    }

    /// <summary>A child for one item gives two, one for all gives as many as it got, or one if that was odd.</summary>
    private void EndChild(StartChild child)
    {
        var got = child.Inputs.SelectMany(i => Items(i.Parts)).ToList();
        var made = child.Owner >= 0 ? [got, got] : got.Count % 2 == 0 || got.Count == 1 ? [.. got.Select(g => new List<Item> { g })] : new List<List<Item>> { new() };
        var items = made.Select((parents, k) => Lineage.Made(child.Node, $"{child.Node}#{child.Run}.{child.Owner}.{k}", parents)).ToList();
        Record(new ChildStarted { ChildId = child.ChildId });
        Record(new ChildFinished { Id = child.ChildId, ChildId = child.ChildId, Status = "success", Output = Payload.Of(items) });
    }

    private void Fire()
    {
        var timer = _timers.Keys.Order(StringComparer.Ordinal).ElementAt(_order.Next(_timers.Count));
        _timers.Remove(timer);
        Record(new TimerFired { Timer = timer });
    }

    /// <summary>All that is known without the history is lost, and comes out of the state again.</summary>
    private void Recover()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) _state.WriteSnapshot(writer);
        _state = ExecutionState.ReadSnapshot(Plan, buffer.WrittenMemory);
        _open.Clear();
        _timers.Clear();
    }

    private void Record(ExecutionEvent @event)
    {
        if (@event.Id is { } id && _state.HasSeen(id)) return;
        var placed = Stored(@event with { Seq = _state.LastSeq + 1, At = 1_000 + Events.Count });
        _state.Apply(placed);
        Events.Add(placed);
    }

    /// <summary>As the store gives it back.</summary>
    private static ExecutionEvent Stored(ExecutionEvent @event)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) ExecutionEventJson.Write(writer, @event);
        return ExecutionEventJson.Read(buffer.WrittenMemory);
    }

    private ValueTask<ExecutionEvent?> Find(long seq)
    {
        EventsRead++;
        return new(seq <= Events.Count ? Events[(int)seq - 1] : null);
    }

    private ValueTask<IReadOnlyList<Item>> Load(IReadOnlyList<DataPart> parts)
    {
        Loads.AddRange(parts);
        return new(Items(parts));
    }

    private IReadOnlyList<Item> Items(IReadOnlyList<DataPart> parts) => parts is [{ Offset: 0 } only] && Whole(only) is var whole && whole.Count == only.Count
        ? whole
        : [.. parts.SelectMany(p => Whole(p).Skip(p.Offset).Take(p.Count))];

    private IReadOnlyList<Item> Whole(DataPart part)
    {
        if (!_read.TryGetValue((part.Seq, part.Output), out var items)) _read[(part.Seq, part.Output)] = items = Read(part);
        return items;
    }

    private IReadOnlyList<Item> Read(DataPart part) => part.Seq == 0 ? [new Item(new ObjectValue())] : Events[(int)part.Seq - 1] switch
    {
        ReferencesStored stored => Items(stored.Parts),
        NodeCompleted e => ItemJson.Read(e.Outputs.Single(o => o.Output == part.Output).Items.Inline),
        NodeFailed e => ItemJson.Read(e.Outputs.Single(o => o.Output == part.Output).Items.Inline),
        ExecutionStarted e => ItemJson.Read(e.Input.Inline),
        SignalReceived e => ItemJson.Read(e.Body.Inline),
        ChildFinished e => ItemJson.Read(e.Output!.Inline),
        var other => throw new InvalidOperationException($"{other} holds no items."),
    };
}
