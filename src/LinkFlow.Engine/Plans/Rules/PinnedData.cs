using LinkFlow.Engine.Text;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>Warns of pinned data for nodes that are not there.</summary>
internal static class PinnedData
{
    public static void Check(WorkflowGraph graph, Findings findings)
    {
        foreach (var (node, _) in graph.Definition.PinData)
            if (graph.IndexOf(node) < 0)
                findings.Warn("UNKNOWN_PINNED_NODE", $"Data is pinned for '{node}', and no node has that id.{findings.Guesses.For(node, graph.Definition.Nodes.Select(n => n.Id))}", null, JsonPointer.Append("/pinData", node));
    }
}
