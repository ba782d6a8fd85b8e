namespace LinkFlow.Engine.Plans.Rules;

/// <summary>Warns of loops that repeat nothing, or whose rounds have no result.</summary>
internal static class EmptyLoops
{
    public static void Check(WorkflowGraph graph, LoopRegions regions, Findings findings)
    {
        foreach (var loop in regions.Loops)
        {
            var id = graph[loop].Id;
            if (regions[loop].Count == 0)
                findings.Warn("LOOP_WITHOUT_BODY", $"Nothing is connected to output loop of '{id}', so its rounds do nothing.", id, $"/nodes/{loop}");
            else if (!graph.Incoming[loop].Any(regions.IsBackEdge))
                findings.Warn("LOOP_WITHOUT_BACK_EDGE", $"Nothing in the body of loop '{id}' is connected back to it, so its rounds have no results and done gets none.", id, $"/nodes/{loop}");
        }
    }
}
