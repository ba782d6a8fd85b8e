using LinkFlow.Engine.Definitions;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>
/// A loop's body is entered only by the loop's output <c>loop</c> and left only by back edges into the loop;
/// bodies are nested or disjoint (execution.md §3). Each error names the connection that breaks this.
/// </summary>
internal sealed class LoopBodies
{
    private readonly WorkflowGraph _graph;
    private readonly LoopRegions _regions;
    private readonly Dictionary<int, NodeSet> _bodies = [];

    /// <summary>By loop, the loops around it that its body is wrongly connected to.</summary>
    private readonly Dictionary<int, HashSet<int>> _outer = [];
    /// <summary>By connection: one error for each at most.</summary>
    private readonly Dictionary<int, PlanError> _errors = [];

    private LoopBodies(WorkflowGraph graph, LoopRegions regions)
    {
        _graph = graph;
        _regions = regions;
    }

    public static IReadOnlyCollection<PlanError> Check(WorkflowGraph graph, LoopRegions regions)
    {
        var bodies = new LoopBodies(graph, regions);
        bodies.FindLoopsAround();
        foreach (var loop in regions.Loops.OrderBy(l => bodies._bodies[l].Count).ToList())
            if (bodies._errors.Count < Findings.Most) bodies.Check(loop);
        return [.. bodies._errors.OrderBy(e => e.Key).Select(e => e.Value)];
    }

    /// <summary>
    /// Two loops that are each in the other's region: something in the inner one's body is connected to the outer
    /// loop. The inner one's body then ends before the outer loop, so that only this connection is reported.
    /// </summary>
    private void FindLoopsAround()
    {
        var rank = RankFromTriggers();
        foreach (var inner in _regions.Loops)
        {
            var outer = _regions.Loops
                .Where(l => _regions[inner].Contains(l) && _regions[l].Contains(inner) && rank[l] < rank[inner])
                .ToHashSet();
            if (outer.Count > 0) _outer[inner] = outer;
            _bodies[inner] = outer.Count > 0 ? Body(inner) : _regions[inner];
        }
    }

    /// <summary>The region, as far as it can be reached without what was reported already: one wrong connection is one error.</summary>
    private NodeSet Body(int loop)
    {
        return _graph.ReachableFrom(Rounds(loop).Where(Counts).Select(e => e.Target), Counts);

        bool Counts(Edge edge) =>
            edge.Target != loop && IsNew(edge)
            && !(_outer.TryGetValue(loop, out var outer) && outer.Contains(edge.Target));
    }

    private IEnumerable<Edge> Rounds(int loop) => _graph.Outgoing[loop].Where(e => e.StartsRound);

    /// <summary>By node, when a walk from the triggers first meets it: of two nested loops the outer comes first.</summary>
    private int[] RankFromTriggers()
    {
        var rank = new int[_graph.Count];
        Array.Fill(rank, int.MaxValue);
        var roots = Enumerable.Range(0, _graph.Count).OrderByDescending(_graph.IsTrigger).ThenByDescending(n => _graph.Incoming[n].Length == 0);
        var open = new Queue<int>();
        var next = 0;
        foreach (var root in roots)
        {
            Meet(root);
            while (open.TryDequeue(out var node))
                foreach (var edge in _graph.Outgoing[node]) Meet(edge.Target);
        }

        return rank;

        void Meet(int node)
        {
            if (rank[node] != int.MaxValue) return;
            rank[node] = next++;
            open.Enqueue(node);
        }
    }

    private void Check(int loop)
    {
        var body = _bodies[loop] = _errors.Count > 0 ? Body(loop) : _bodies[loop];
        var entries = _graph.Edges
            .Where(e => body.Contains(e.Target) && !body.Contains(e.Source) && !(e.Source == loop && e.StartsRound))
            .ToList();
        var ways = !_outer.TryGetValue(loop, out var outer) ? []
            : Rounds(loop).Concat(body.Members().SelectMany(n => _graph.Outgoing[n])).Where(e => outer.Contains(e.Target)).ToList();
        if (entries.Count + ways.Count == 0) return;

        var returning = ReachingBackwards(body, _graph.Incoming[loop].Select(e => e.Source).Where(body.Contains));
        var lost = ReachingBackwards(body, entries.Select(e => e.Target).Where(t => !returning.Contains(t)));
        var exits = returning.Members().SelectMany(n => _graph.Outgoing[n])
            .Where(e => body.Contains(e.Target) && !returning.Contains(e.Target) && lost.Contains(e.Target))
            .ToList();
        foreach (var exit in exits.Where(IsNew))
            Report("LOOP_LEFT", exit, $"leaves the body of loop '{Id(loop)}', which is left only by a connection back to the loop. Connect '{Id(exit.Target)}' to done of '{Id(loop)}', which has the results of all rounds.");

        var explained = _graph.ReachableFrom(exits.Select(e => e.Target), e => body.Contains(e.Target));
        foreach (var entry in entries.Where(e => !explained.Contains(e.Target) && IsNew(e))) ReportEntry(loop, entry);
        foreach (var way in ways.Where(e => !explained.Contains(e.Source) && IsNew(e)))
            Report("LOOPS_OVERLAP", way, $"leads out of the body of loop '{Id(loop)}' into loop '{Id(way.Target)}' around it. Connect it back to '{Id(loop)}', and done of '{Id(loop)}' to '{Id(way.Target)}'.");
    }

    private void ReportEntry(int loop, Edge entry)
    {
        var other = _regions.Loops.FirstOrDefault(l => l != loop && _bodies[l].Contains(entry.Source) && _bodies[l].Contains(entry.Target) && !_bodies[l].Contains(loop), -1);
        if (other >= 0) Report("LOOPS_OVERLAP", entry, $"leads from the body of loop '{Id(other)}' into the body of loop '{Id(loop)}'. The bodies of two loops must be nested or have no node in common.");
        else Report("LOOP_ENTERED", entry, $"leads into the body of loop '{Id(loop)}', which is entered only by output loop of '{Id(loop)}'. Connect it to '{Id(loop)}' itself, or '{Id(entry.Target)}' to done of '{Id(loop)}'.");
    }

    /// <summary>The members of the body from which one of the given nodes can be reached within it, these included.</summary>
    private NodeSet ReachingBackwards(NodeSet body, IEnumerable<int> from)
    {
        var reached = new NodeSet(_graph.Count);
        var open = new Stack<int>(from.Where(reached.Add));
        while (open.TryPop(out var node))
            foreach (var edge in _graph.Incoming[node])
                if (body.Contains(edge.Source) && reached.Add(edge.Source)) open.Push(edge.Source);
        return reached;
    }

    private bool IsNew(Edge edge) => !_errors.ContainsKey(edge.Connection);

    private void Report(string code, Edge edge, string what)
    {
        var connection = _graph.Definition.Connections[edge.Connection];
        _errors.Add(edge.Connection, new(code, $"{ConnectionResolution.Describe(connection)} {what}", connection.Source, $"/connections/{edge.Connection}"));
    }

    private string Id(int node) => _graph[node].Id;
}
