using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>What undoes a node is another ordinary node with no connections.</summary>
internal static class Compensations
{
    public static void Check(WorkflowGraph graph, Findings findings)
    {
        for (var i = 0; i < graph.Count; i++)
        {
            if (graph[i].CompensateWith is not { } undo) continue;
            if (Fault(graph, findings, i, undo) is var (code, fault)) findings.Error(code, fault, graph[i].Id, $"/nodes/{i}/compensateWith");
        }
    }

    private static (string Code, string Fault)? Fault(WorkflowGraph graph, Findings findings, int node, string undo)
    {
        var id = graph[node].Id;
        var other = graph.IndexOf(undo);
        if (other < 0) return ("UNKNOWN_COMPENSATION", $"Node '{id}' is undone by '{undo}', and no node has that id.{findings.Guesses.For(undo, graph.Definition.Nodes.Select(n => n.Id))}");
        if (undo == id) return ("INVALID_COMPENSATION", $"Node '{id}' is undone by itself. Name another node.");
        if (graph.Descriptor(other) is { Kind: not NodeKind.Ordinary } descriptor)
            return ("INVALID_COMPENSATION", $"Node '{id}' is undone by '{undo}', which is a {descriptor.Type}. Triggers, merges and loops cannot undo a node.");
        return graph.Incoming[other].Length + graph.Outgoing[other].Length > 0
            ? ("COMPENSATION_HAS_CONNECTIONS", $"Node '{id}' is undone by '{undo}', which has connections. A compensation runs by itself; remove its connections.")
            : null;
    }
}
