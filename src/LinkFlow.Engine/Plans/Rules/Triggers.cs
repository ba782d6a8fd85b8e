namespace LinkFlow.Engine.Plans.Rules;

/// <summary>A workflow has a trigger that can start it, and its triggers reach every node that is to run.</summary>
internal static class Triggers
{
    public static void Check(WorkflowGraph graph, Findings findings)
    {
        var triggers = Enumerable.Range(0, graph.Count).Where(graph.IsTrigger).ToList();
        if (triggers.Count == 0)
            findings.Error("NO_TRIGGER", "The workflow has no trigger. Add one, e.g. a node of type start or webhook.", null, "/nodes");
        else if (triggers.TrueForAll(t => graph[t].Disabled))
            findings.Error("NO_TRIGGER", "All triggers of the workflow are disabled. Enable one.", graph[triggers[0]].Id, $"/nodes/{triggers[0]}/disabled");

        var reached = graph.ReachableFrom(triggers);
        var compensations = graph.Definition.Nodes.Select(n => n.CompensateWith).OfType<string>().ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < graph.Count; i++)
        {
            if (reached.Contains(i) || graph.Types[i] is null || compensations.Contains(graph[i].Id)) continue;
            var why = graph.Incoming[i].Length > 0 ? $"No trigger leads to node '{graph[i].Id}'" : $"Nothing is connected to node '{graph[i].Id}'";
            findings.Warn("UNREACHABLE_NODE", $"{why}, so it never runs.", graph[i].Id, $"/nodes/{i}");
        }
    }
}
