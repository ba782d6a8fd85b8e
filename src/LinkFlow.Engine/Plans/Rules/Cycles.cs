namespace LinkFlow.Engine.Plans.Rules;

/// <summary>A graph has no cycles but those that a loop's back edge closes. Each error names one cycle's nodes in order.</summary>
internal static class Cycles
{
    public static IEnumerable<PlanError> Check(WorkflowGraph graph, LoopRegions regions)
    {
        var stuck = new NodeSet(graph.Count);
        for (var node = 0; node < graph.Count; node++) stuck.Add(node);
        var sorted = new NodeSet(graph.Count);
        foreach (var node in GraphOrder.Of(graph, regions)) sorted.Add(node);

        var told = new NodeSet(graph.Count);
        foreach (var start in stuck.Members().Where(n => !sorted.Contains(n)))
        {
            if (told.Contains(start) || Shortest(graph, regions, sorted, start) is not { } cycle) continue;
            if (cycle.Any(e => told.Contains(e.Source))) continue;
            foreach (var edge in cycle) told.Add(edge.Source);
            yield return Describe(graph, cycle);
        }
    }

    /// <summary>The edges of a shortest cycle through a node, from it and back to it; null when there is none.</summary>
    private static List<Edge>? Shortest(WorkflowGraph graph, LoopRegions regions, NodeSet sorted, int start)
    {
        var reachedBy = new Dictionary<int, Edge>();
        var open = new Queue<int>([start]);
        while (open.TryDequeue(out var node))
        {
            foreach (var edge in graph.Outgoing[node])
            {
                if (sorted.Contains(edge.Target) || regions.IsBackEdge(edge) || !reachedBy.TryAdd(edge.Target, edge)) continue;
                if (edge.Target == start) return Path(reachedBy, start);
                open.Enqueue(edge.Target);
            }
        }

        return null;
    }

    private static List<Edge> Path(Dictionary<int, Edge> reachedBy, int start)
    {
        var path = new List<Edge>();
        var at = start;
        do
        {
            path.Add(reachedBy[at]);
            at = reachedBy[at].Source;
        }
        while (at != start);
        path.Reverse();
        return path;
    }

    private static PlanError Describe(WorkflowGraph graph, List<Edge> cycle)
    {
        var nodes = string.Join(" → ", cycle.Select(e => graph[e.Source].Id).Append(graph[cycle[0].Source].Id));
        var loop = cycle.Find(e => graph.IsLoop(e.Source));
        var remedy = cycle.Exists(e => graph.IsLoop(e.Source))
            ? $"What a loop repeats starts at its output loop: connect '{graph[loop.Target].Id}' to output loop of '{graph[loop.Source].Id}'."
            : "Only a connection back to a loop node may close a cycle.";
        return new("CYCLE", $"These nodes form a cycle: {nodes}. {remedy}", graph[cycle[0].Source].Id, $"/connections/{cycle[^1].Connection}");
    }
}
