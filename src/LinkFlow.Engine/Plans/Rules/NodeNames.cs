using LinkFlow.Engine.Definitions;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>Ids and names are 1 to 128 characters without control characters, and unique within the workflow.</summary>
internal static class NodeNames
{
    public static void CheckIds(WorkflowGraph graph, Findings findings)
    {
        for (var i = 0; i < graph.Count; i++)
        {
            var id = graph[i].Id;
            if (Fault(id) is { } fault) findings.Error("INVALID_NODE_ID", $"The id of node {i} {fault}.", id, $"/nodes/{i}/id");
            if (graph.IndexOf(id) is var first && first != i)
                findings.Error("DUPLICATE_NODE_ID", $"Two nodes have the id '{id}': /nodes/{first} and /nodes/{i}. Give one of them another.", id, $"/nodes/{i}/id");
        }
    }

    public static void CheckNames(WorkflowGraph graph, Findings findings)
    {
        var named = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < graph.Count; i++)
        {
            var node = graph[i];
            if (Fault(node.Name) is { } fault) findings.Error("INVALID_NODE_NAME", $"The name of node '{node.Id}' {fault}.", node.Id, $"/nodes/{i}/name");
            if (!named.TryAdd(node.Name, i) && graph[named[node.Name]].Id != node.Id)
                findings.Error("DUPLICATE_NODE_NAME", $"The nodes '{graph[named[node.Name]].Id}' and '{node.Id}' are both named '{node.Name}'. Expressions could not tell them apart.", node.Id, $"/nodes/{i}/name");
            else if (graph.IndexOf(node.Name) is >= 0 and var other && graph[other].Id != node.Id)
                findings.Warn("NAME_IS_AN_ID", $"Node '{node.Id}' has the name '{node.Name}', which is the id of another node. In expressions it means that other node.", node.Id, $"/nodes/{i}/name");
        }
    }

    private static string? Fault(string name) =>
        name.Length == 0 ? "is empty; 1 to 128 characters are needed"
        : name.Length > DefinitionLimits.MaxNameLength ? $"has {name.Length} characters; at most {DefinitionLimits.MaxNameLength} are allowed"
        : name.Any(char.IsControl) ? "holds control characters"
        : null;
}
