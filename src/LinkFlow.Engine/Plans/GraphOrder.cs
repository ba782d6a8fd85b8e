namespace LinkFlow.Engine.Plans;

/// <summary>The order in which a graph's nodes can run, and the cycles that keep it from having one.</summary>
internal static class GraphOrder
{
    /// <summary>
    /// Topological order along the edges that are no back edges; among nodes that are free, the order of <c>nodes</c>.
    /// Nodes on a cycle, and all behind one, are missing from it.
    /// </summary>
    public static List<int> Of(WorkflowGraph graph, LoopRegions regions)
    {
        var open = new int[graph.Count];
        foreach (var edge in graph.Edges)
            if (!regions.IsBackEdge(edge)) open[edge.Target]++;

        var free = new PriorityQueue<int, int>();
        for (var node = 0; node < open.Length; node++)
            if (open[node] == 0) free.Enqueue(node, node);

        var order = new List<int>(graph.Count);
        while (free.TryDequeue(out var node, out _))
        {
            order.Add(node);
            foreach (var edge in graph.Outgoing[node])
                if (!regions.IsBackEdge(edge) && --open[edge.Target] == 0) free.Enqueue(edge.Target, edge.Target);
        }

        return order;
    }
}
