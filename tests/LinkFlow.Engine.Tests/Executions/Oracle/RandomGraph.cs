using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Executions.Oracle;

/// <summary>
/// Draws valid workflows from a seed: conditions with several outputs, merges, nested loops, waits, sub-workflows,
/// disabled nodes, every <c>onError</c>, retries, compensation, and a second trigger whose nodes take no part.
/// </summary>
internal sealed class RandomGraph
{
    private const int DeepestLoop = 3;

    private readonly Random _random;
    private readonly List<NodeDefinition> _nodes = [];
    private readonly List<Connection> _connections = [];
    private int _left;

    private RandomGraph(int seed)
    {
        _random = new Random(seed);
        _left = 2 + _random.Next(_random.Next(4) == 0 ? 40 : 14);
    }

    public static NodeRegistry Registry { get; } = new(
    [
        new TestNode("start") { Kind = NodeKind.Trigger, Inputs = [] },
        new TestNode("webhook") { Kind = NodeKind.Trigger, Inputs = [] },
        new TestNode("step"),
        new TestNode("store") { Effect = Effect.Stateful },
        new TestNode("call") { Effect = Effect.External },
        new TestNode("check") { Outputs = ["true", "false"] },
        new TestNode("ask") { Outputs = ["yes", "no", "maybe"], Effect = Effect.External },
        new TestNode("merge") { Kind = NodeKind.Merge, InputsOf = p => [.. Enumerable.Range(1, (int)p["inputs"].AsNumber).Select(i => $"input{i}")] },
        new TestNode("loop") { Kind = NodeKind.Loop, Outputs = ["loop", "done"] },
        new TestNode("wait") { Outputs = ["main", "timeout"] },
        new TestNode("children"),
    ]);

    public static WorkflowDefinition Of(int seed) => new RandomGraph(seed).Draw();

    public static IReadOnlyList<string> InputsOf(NodeDefinition node) => Registry.Describe(node.Type)!.InputsFor(node.Parameters);

    /// <summary>In the descriptor's order, <c>error</c> last.</summary>
    public static IReadOnlyList<string> OutputsOf(NodeDefinition node)
    {
        var outputs = Registry.Describe(node.Type)!.OutputsFor(node.Parameters);
        return node.OnError == OnError.ErrorOutput ? [.. outputs, "error"] : outputs;
    }

    private WorkflowDefinition Draw()
    {
        _nodes.Add(new NodeDefinition { Id = "start", Name = "start", Type = "start" });
        var ports = DrawLevel([("start", "main")], depth: 0);
        if (Chance(4)) DrawUnreachable(ports);
        DrawCompensation();
        _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_nodes));
        _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_connections));
        return new WorkflowDefinition
        {
            Nodes = [.. _nodes],
            Connections = [.. _connections],
            Settings = new WorkflowSettings { MaxParallelNodes = _random.Next(3) == 0 ? 10 : 1 + _random.Next(3) },
        };
    }

    /// <summary>Adds nodes that hang on the given outputs and on each other; every one is reached from the first.</summary>
    /// <returns>All outputs of the level.</returns>
    private List<(string Node, string Output)> DrawLevel(List<(string Node, string Output)> ports, int depth)
    {
        var members = depth == 0 ? int.MaxValue : 1 + _random.Next(4);
        while (_left > 0 && members-- > 0)
        {
            _left--;
            var node = DrawNode(depth);
            _nodes.Add(node);
            var inputs = InputsOf(node);
            var sources = 1 + (Chance(3) ? _random.Next(3) : 0);
            foreach (var (source, i) in Enumerable.Range(0, node.Type == "merge" ? sources + 1 : sources).Select(i => (Port(ports), i)))
                Connect(source, node.Id, node.Type == "merge" && Chance(2) ? inputs[_random.Next(inputs.Count)] : inputs[i % inputs.Count]);
            if (node.Type == "loop") DrawBody(node, depth);
            ports.AddRange(OutputsOf(node).Where(o => o != "loop").Select(o => (node.Id, o)));
        }

        return ports;
    }

    private void DrawBody(NodeDefinition loop, int depth)
    {
        var body = DrawLevel([(loop.Id, "loop")], depth + 1);
        foreach (var port in body.Skip(1).OrderBy(_ => _random.Next()).Take(_random.Next(4))) Connect(port, loop.Id, Connection.Main);
        if (body.Count > 1 && !_connections.Exists(c => c.Target == loop.Id && c.Source == body[^1].Node)) Connect(body[^1], loop.Id, Connection.Main);
    }

    private NodeDefinition DrawNode(int depth)
    {
        var type = _random.Next(20) switch
        {
            < 4 => "step",
            < 8 => "call",
            8 => "store",
            < 11 => "check",
            < 13 => "ask",
            < 15 => "merge",
            < 18 => depth < DeepestLoop && _left > 0 ? "loop" : "call",
            18 => "wait",
            _ => "children",
        };
        var id = $"{type}{_nodes.Count}";
        return new NodeDefinition
        {
            Id = id,
            Name = id,
            Type = type,
            Parameters = type == "merge" ? new ObjectValue { { "inputs", 2 + _random.Next(3) } } : new ObjectValue(),
            OnError = type is "merge" ? OnError.Stop : _random.Next(5) switch { 0 => OnError.Continue, 1 => OnError.ErrorOutput, _ => OnError.Stop },
            Retry = type is "call" or "step" or "ask" && Chance(3) ? new RetryPolicy { MaxAttempts = 1 + _random.Next(4), InitialDelayMs = 1 + _random.Next(50) } : null,
            Disabled = Chance(14),
            AlwaysOutput = Chance(8),
        };
    }

    /// <summary>A trigger that did not fire, with a node of its own, and its dead connections into nodes that take part.</summary>
    private void DrawUnreachable(List<(string Node, string Output)> ports)
    {
        _nodes.Add(new NodeDefinition { Id = "webhook", Name = "webhook", Type = "webhook" });
        _nodes.Add(new NodeDefinition { Id = "apart", Name = "apart", Type = "call" });
        Connect(("webhook", Connection.Main), "apart", Connection.Main);
        var (target, _) = Port(ports);
        if (target != "start") Connect(("apart", Connection.Main), target, InputsOf(_nodes.Find(n => n.Id == target)!)[0]);
    }

    private void DrawCompensation()
    {
        for (var i = 0; i < _nodes.Count; i++)
            if (_nodes[i].Type is "call" or "ask" or "step" && Chance(3)) _nodes[i] = _nodes[i] with { CompensateWith = Chance(2) ? "undo" : "revert" };
        _nodes.Add(new NodeDefinition { Id = "undo", Name = "undo", Type = "call" });
        _nodes.Add(new NodeDefinition { Id = "revert", Name = "revert", Type = "step" });
    }

    private (string Node, string Output) Port(List<(string Node, string Output)> ports) =>
        Chance(2) ? ports[^1] : ports[_random.Next(ports.Count)];

    private void Connect((string Node, string Output) source, string target, string input)
    {
        var connection = new Connection(source.Node, target, source.Output, input);
        if (!_connections.Contains(connection)) _connections.Add(connection);
    }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;
}
