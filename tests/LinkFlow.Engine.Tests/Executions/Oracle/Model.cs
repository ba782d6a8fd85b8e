using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Oracle;

/// <summary>A run as the model foresees it.</summary>
/// <param name="Status">Null: it never ends, because a run behind which it waits fails.</param>
/// <param name="Inputs">Items by input, in the node's order.</param>
/// <param name="Outputs">Items by output that got some.</param>
internal sealed record ForeseenRun(
    string Node, int Run, RunStatus? Status, IReadOnlyList<IReadOnlyList<string>> Inputs, IReadOnlyDictionary<string, List<string>> Outputs);

/// <summary>
/// The rules of execution.md §1 to §4 and §13 read off the graph, slowly: settle whatever node of a level has all its
/// connections settled, a loop's rounds one after the other, as a recursion. It foresees every run that can happen;
/// where one fails for good, what waits for it is never reached. Written from the rules, not from the decider.
/// </summary>
internal sealed class Model
{
    private static readonly Dictionary<string, List<string>> Nothing = [];

    private readonly WorkflowDefinition _definition;
    private readonly Script _script;
    private readonly string _start;
    private readonly HashSet<string> _part;
    private readonly Dictionary<string, HashSet<string>> _regions;
    private readonly Dictionary<(string Node, int Run), ForeseenRun> _runs = [];
    private readonly Dictionary<string, int> _ordinals = [];

    private Model(WorkflowDefinition definition, Script script, string start)
    {
        (_definition, _script, _start) = (definition, script, start);
        _part = ReachableFrom([start], stopAt: null);
        _regions = definition.Nodes.Where(n => n.Type == "loop" && _part.Contains(n.Id)).ToDictionary(
            n => n.Id, n => ReachableFrom(Leaving(n.Id).Where(c => c.SourceOutput == "loop").Select(c => c.Target), stopAt: n.Id));
        IsComplete = SettleLevel(MembersOf(_part), new Dictionary<(string, string), List<string>>());
    }

    public static Model Of(WorkflowDefinition definition, Script script, string start = "start") => new(definition, script, start);

    public IReadOnlyDictionary<(string Node, int Run), ForeseenRun> Runs => _runs;

    /// <summary>False: a run fails for good, and the execution with it.</summary>
    public bool IsComplete { get; }

    /// <summary>Every wait that a signal ends, as (node, run).</summary>
    public IEnumerable<(string Node, int Run)> Signals => _runs.Values
        .Where(r => r.Status is not RunStatus.Skipped && Node(r.Node) is { Type: "wait", Disabled: false } node && _script.Wait(node, r.Run) == WaitEnd.Signal)
        .Select(r => (r.Node, r.Run));

    /// <summary>The sinks' items: in the order of nodes, run by run, output by output.</summary>
    public IReadOnlyList<string> Output =>
    [
        .. from node in _definition.Nodes
           where _part.Contains(node.Id) && !Leaving(node.Id).Any(c => node.Type != "loop" || c.SourceOutput == "done")
           from run in _runs.Values.Where(r => r.Node == node.Id && r.Status == RunStatus.Success).OrderBy(r => r.Run)
           from output in RandomGraph.OutputsOf(node)
           where !Leaving(node.Id).Any(c => c.SourceOutput == output) // a loop's: "loop", and "error" where it is handled
           from item in run.Outputs.GetValueOrDefault(output, [])
           select item,
    ];

    private NodeDefinition Node(string id) => _definition.Nodes.Single(n => n.Id == id);
    private IEnumerable<Connection> Leaving(string node) => _definition.Connections.Where(c => c.Source == node);

    private HashSet<string> ReachableFrom(IEnumerable<string> from, string? stopAt)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(from.Where(n => n != stopAt));
        while (open.TryPop(out var node))
            if (reached.Add(node))
                foreach (var c in Leaving(node).Where(c => c.Target != stopAt)) open.Push(c.Target);
        return reached;
    }

    /// <summary>The nodes of a set that are in no region within it, in the order of nodes.</summary>
    private IReadOnlyList<string> MembersOf(HashSet<string> set)
    {
        var inner = set.Where(_regions.ContainsKey).SelectMany(l => _regions[l]).ToHashSet();
        return [.. _definition.Nodes.Select(n => n.Id).Where(n => set.Contains(n) && !inner.Contains(n))];
    }

    /// <summary>Connections into a node that count: from nodes that take part, and no back edges.</summary>
    private IEnumerable<Connection> Into(string node) =>
        _definition.Connections.Where(c => c.Target == node && _part.Contains(c.Source) && !IsBackEdge(c));

    private bool IsBackEdge(Connection c) => _regions.TryGetValue(c.Target, out var region) && region.Contains(c.Source);

    /// <returns>True when all of it is settled.</returns>
    private bool SettleLevel(IReadOnlyList<string> members, Dictionary<(string, string), List<string>> flows)
    {
        var settled = members.ToDictionary(m => m, _ => false);
        var open = members.ToList();
        while (open.Find(n => Into(n).All(c => settled.GetValueOrDefault(c.Source, true))) is { } node)
        {
            open.Remove(node);
            settled[node] = Settle(node, flows);
        }

        return settled.Values.All(s => s);
    }

    private bool Settle(string id, Dictionary<(string, string), List<string>> flows)
    {
        var node = Node(id);
        var run = NextRun(id);
        List<List<string>> inputs = id == _start
            ? [[.. _script.Input]]
            : [.. RandomGraph.InputsOf(node).Select(i => Into(id).Where(c => c.TargetInput == i).SelectMany(c => flows.GetValueOrDefault((c.Source, c.SourceOutput), [])).ToList())];
        var items = inputs.SelectMany(i => i).ToList();
        _runs[(id, run)] = new ForeseenRun(id, run, null, inputs, Nothing);

        var outputs = RandomGraph.OutputsOf(node);
        RunOutcome? outcome;
        if (items.Count == 0 || node.Disabled)
        {
            if (node.Type == "loop") SkipRegion(id);
            outcome = new RunOutcome(false, 0, node.Disabled && items.Count > 0 ? new() { [Script.FirstOutput(outputs)] = items } : Nothing);
        }
        else
        {
            outcome = node.Type switch
            {
                "loop" => GoRound(node, run, items, flows),
                "wait" => Wait(node, run, items),
                "children" => _script.ChildrenOutcome(node, outputs, run, items),
                _ => _script.Outcome(node, outputs, run, items),
            };
            if (outcome is null) return false;
            outcome = Script.WithAlwaysOutput(node, outcome);
        }

        var status = items.Count == 0 ? RunStatus.Skipped : outcome.HasFailed ? RunStatus.Error : RunStatus.Success;
        _runs[(id, run)] = new ForeseenRun(id, run, status, inputs, outcome.Outputs);
        foreach (var (output, made) in outcome.Outputs) flows[(id, output)] = made;
        return !outcome.HasFailed;
    }

    private RunOutcome? GoRound(NodeDefinition loop, int run, List<string> items, Dictionary<(string, string), List<string>> flows)
    {
        var (batchSize, maxRounds) = _script.Loop(loop, run);
        var batches = items.Chunk(batchSize).ToArray();
        if (batches.Length > maxRounds)
        {
            var failed = Script.AllFail(loop, RandomGraph.OutputsOf(loop), run, items.Count);
            if (!failed.HasFailed) SkipRegion(loop.Id);
            return failed;
        }

        var done = new List<string>();
        foreach (var batch in batches)
        {
            var round = new Dictionary<(string, string), List<string>>(flows) { [(loop.Id, "loop")] = [.. batch] };
            if (!SettleLevel(MembersOf(_regions[loop.Id]), round)) return null;
            foreach (var c in _definition.Connections.Where(c => c.Target == loop.Id && IsBackEdge(c)))
                done.AddRange(round.GetValueOrDefault((c.Source, c.SourceOutput), []));
        }

        return new RunOutcome(false, 1, done.Count > 0 ? new() { ["done"] = done } : Nothing);
    }

    private RunOutcome Wait(NodeDefinition node, int run, List<string> items) => (_script.Wait(node, run), _script.OnTimeout(node)) switch
    {
        (WaitEnd.Duration, _) => Single("main", items),
        (WaitEnd.Signal, _) => Single("main", [Script.Signal(node.Id, run)]),
        (_, "continue") => Single("main", items),
        (_, "timeoutOutput") => Single("timeout", items),
        _ => Script.AllFail(node, RandomGraph.OutputsOf(node), run, items.Count),
    };

    private int NextRun(string node) => _ordinals[node] = _ordinals.GetValueOrDefault(node, -1) + 1;

    private static RunOutcome Single(string output, List<string> items) => new(false, 1, new Dictionary<string, List<string>> { [output] = items });

    private void SkipRegion(string loop)
    {
        foreach (var node in _regions[loop])
        {
            var run = NextRun(node);
            _runs[(node, run)] = new ForeseenRun(node, run, RunStatus.Skipped, [], Nothing);
        }
    }
}
