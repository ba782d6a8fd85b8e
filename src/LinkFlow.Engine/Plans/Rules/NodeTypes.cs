namespace LinkFlow.Engine.Plans.Rules;

/// <summary>Every node has a type that is known, in a version that is known.</summary>
internal static class NodeTypes
{
    public static void Check(WorkflowGraph graph, Findings findings)
    {
        for (var i = 0; i < graph.Count; i++)
        {
            var node = graph[i];
            if (graph.Descriptor(i) is not { } descriptor)
                findings.Error("UNKNOWN_NODE_TYPE", $"Node '{node.Id}' has the type '{node.Type}', which is not known.{findings.Guesses.For(node.Type, graph.KnownTypes)}", node.Id, $"/nodes/{i}/type");
            else if (node.TypeVersion < 1 || node.TypeVersion > descriptor.Version)
                findings.Error("UNKNOWN_TYPE_VERSION", $"Node '{node.Id}' has version {node.TypeVersion} of the type '{node.Type}'; known are 1 to {descriptor.Version}.", node.Id, $"/nodes/{i}/typeVersion");
        }
    }
}
