using System.Diagnostics;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes;

namespace LinkFlow.Benchmarks;

/// <summary>
/// What <c>$('x').item</c> costs: a node behind a chain, or behind a loop's <c>done</c>, that follows each of its items back
/// to the first node, against the same node with <c>$json</c>. Events and items are in memory, as an active execution has them.
/// </summary>
internal static class LinkingBenchmark
{
    private const int Repeats = 7;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task RunAsync()
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < WarmUp;)
            await MeasureAsync(Chain(20)("{{ $json.n + $('first').item.json.n }}"), 200);
        foreach (var (nodes, items) in new[] { (20, 100), (20, 1_000), (20, 10_000), (5, 10_000), (80, 10_000) })
            await PrintAsync($"{items} items through {nodes} nodes", items, Chain(nodes), items);
        foreach (var rounds in new[] { 100, 1_000, 10_000 })
            await PrintAsync($"{rounds} items from behind as many rounds", rounds, Loop(), rounds);
    }

    private static async Task PrintAsync(string name, int items, Func<string, WorkflowDefinition> definition, int input)
    {
        var plain = await MeasureAsync(definition("{{ $json.n }}"), input);
        var linked = await MeasureAsync(definition("{{ $('first').item.json.n }}"), input);
        Console.WriteLine($"  {name,-40} $json {plain,8:0.00} ms   .item {linked,8:0.00} ms   the link {1e6 * (linked - plain) / items,8:0} ns an item");
    }

    private static Func<string, WorkflowDefinition> Chain(int nodes) => expression => Workflow(
        [.. Enumerable.Range(0, nodes - 1).Select(i => Node($"n{i}", "no_op"))],
        string.Join(' ', Enumerable.Range(0, nodes - 1).Select(i => $"n{i}").Prepend("first").Append("last")), expression);

    private static Func<string, WorkflowDefinition> Loop() => expression =>
    {
        var chain = Workflow([Node("each", "loop", new ObjectValue { { "batchSize", 1 } }), Node("body", "no_op")], "first each", expression);
        return chain with { Connections = [.. chain.Connections, new Connection("each", "body", "loop"), new Connection("body", "each"), new Connection("each", "last", "done")] };
    };

    private static WorkflowDefinition Workflow(IReadOnlyList<NodeDefinition> between, string chain, string expression)
    {
        var names = chain.Split(' ');
        return new WorkflowDefinition
        {
            Nodes = [Node("first", "start"), .. between, Node("last", "set_variable", new ObjectValue { { "include", "none" }, { "fields", new ObjectValue { { "n", expression } } } })],
            Connections = [.. names.Zip(names.Skip(1)).Select(pair => new Connection(pair.First, pair.Second))],
        };
    }

    private static NodeDefinition Node(string id, string type, ObjectValue? parameters = null) => new() { Id = id, Name = id, Type = type, Parameters = parameters ?? new ObjectValue() };

    /// <returns>Milliseconds that the last node takes, the median of some runs.</returns>
    private static async Task<double> MeasureAsync(WorkflowDefinition definition, int items)
    {
        var execution = new InMemory(ExecutionPlan.Build(definition, BuiltInNodes.All(), "first", isManual: false), items);
        var last = await execution.RunUntilAsync("last");
        var times = new List<double>();
        for (var repeat = 0; repeat < Repeats + 2; repeat++)
        {
            var started = Stopwatch.GetTimestamp();
            var ended = await execution.RunAsync(last);
            if (repeat >= 2) times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (ended is not NodeCompleted { Outputs: [{ Items.Count: var made }] } || made != items) throw new InvalidOperationException($"The last node ended in {ended}.");
        }

        return Medians.Of(times);
    }

    private sealed class InMemory : IServiceProvider
    {
        private readonly ExecutionPlan _plan;
        private readonly List<ExecutionEvent> _events = [];
        private readonly Dictionary<(long, string), IReadOnlyList<Item>> _items = [];
        private readonly ExecutionState _state;

        public InMemory(ExecutionPlan plan, int items)
        {
            _plan = plan;
            var started = new ExecutionStarted
            {
                Seq = 1, At = 1, ExecutionId = "x", WorkflowId = "w", WorkflowVersion = 1, RulesVersion = ExecutionState.CurrentRulesVersion, Seed = new string('0', 32),
                Mode = "api", StartNode = plan.StartNode.Id, Input = Payload.Of([.. Enumerable.Range(0, items).Select(n => Item.Of(new ObjectValue { { "n", n } }))]),
            };
            _events.Add(started);
            _state = ExecutionState.Start(plan, started);
        }

        /// <summary>Runs all that comes before the node, and gives its step.</summary>
        public async Task<RunNode> RunUntilAsync(string node)
        {
            while (true)
            {
                foreach (var step in _state.TakeReadySteps())
                {
                    if (step is RunNode { Node: var id } last && id == node) return last;
                    if (step is RunNode run) Record(await RunAsync(run));
                    else if (step is StoreReferences store) Record(store.Event);
                }
            }
        }

        public async Task<ExecutionEvent> RunAsync(RunNode step)
        {
            var visible = NodeRunner.ReferencedNodes(_plan, _plan.Find(step.Node)!).ToDictionary(i => i, i => _state.FindVisible(new RunKey(step.Node, step.Run), i)!);
            return await NodeRunner.RunAsync(
                new NodeRun
                {
                    Plan = _plan, Step = step, Started = (ExecutionStarted)_events[0], Inputs = [.. step.Inputs.Select(i => Load(i.Parts))], Now = step.Now, Visible = visible,
                    Load = (parts, _) => new(Load(parts)), FindEvent = (seq, _) => new(_events[(int)seq - 1]), LoadPartial = (_, _) => new(Value.Undefined),
                    Services = this, Clock = TimeProvider.System, Jitter = () => 0.5, NewId = () => "child",
                }, CancellationToken.None);
        }

        public object? GetService(Type serviceType) => null;

        private void Record(ExecutionEvent @event)
        {
            var placed = @event with { Seq = _state.LastSeq + 1, At = 1 };
            _state.Apply(placed);
            _events.Add(placed);
        }

        private IReadOnlyList<Item> Load(IReadOnlyList<DataPart> parts) =>
            parts is [{ Offset: 0 } one] && Whole(one) is var whole && whole.Count == one.Count ? whole : [.. parts.SelectMany(p => Whole(p).Skip(p.Offset).Take(p.Count))];

        private IReadOnlyList<Item> Whole(DataPart part)
        {
            if (_items.TryGetValue((part.Seq, part.Output), out var known)) return known;
            return _items[(part.Seq, part.Output)] = _events[(int)part.Seq - 1] switch
            {
                ReferencesStored stored => Load(stored.Parts),
                ExecutionStarted started => started.Input.Items!,
                NodeCompleted completed => completed.Outputs.Single(o => o.Output == part.Output).Items.Items!,
                var other => throw new InvalidOperationException($"{other} holds no items."),
            };
        }
    }
}
