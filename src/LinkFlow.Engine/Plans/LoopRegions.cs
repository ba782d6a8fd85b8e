namespace LinkFlow.Engine.Plans;

/// <summary>
/// The bodies of a graph's loops (execution.md §3): Region(L) is what can be reached from L's output <c>loop</c>
/// without passing L; a back edge is an edge into L from its region.
/// </summary>
internal sealed class LoopRegions
{
    private readonly WorkflowGraph _graph;
    private readonly Dictionary<int, NodeSet> _regions = [];

    private LoopRegions(WorkflowGraph graph)
    {
        _graph = graph;
        for (var node = 0; node < graph.Count; node++)
        {
            if (!graph.IsLoop(node)) continue;
            var loop = node;
            var first = graph.Outgoing[loop].Where(e => e.StartsRound).Select(e => e.Target);
            _regions[loop] = graph.ReachableFrom(first, e => e.Target != loop);
        }
    }

    public static LoopRegions Of(WorkflowGraph graph) => new(graph);

    /// <summary>The loops, ascending.</summary>
    public IEnumerable<int> Loops => _regions.Keys;

    public NodeSet this[int loop] => _regions[loop];

    public bool IsBackEdge(Edge edge) => _regions.TryGetValue(edge.Target, out var region) && region.Contains(edge.Source);

    /// <summary>By node, the loops around it, outermost first. Meaningful when regions are nested or disjoint.</summary>
    public int[][] Nesting()
    {
        var around = new List<int>[_graph.Count];
        for (var node = 0; node < around.Length; node++) around[node] = [];
        foreach (var (loop, _) in _regions.OrderByDescending(r => r.Value.Count))
            foreach (var member in _regions[loop].Members())
                around[member].Add(loop);
        return [.. around.Select(loops => loops.ToArray())];
    }
}
