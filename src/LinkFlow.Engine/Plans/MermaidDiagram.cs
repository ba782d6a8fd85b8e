using System.Globalization;
using System.Text;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Plans;

/// <summary>Draws a definition as a Mermaid flowchart, whatever is wrong with it: connections whose ends are missing are left out.</summary>
public static class MermaidDiagram
{
    public static string Of(WorkflowDefinition definition, NodeRegistry registry)
    {
        var graph = WorkflowGraph.Of(definition, registry, _ => false);
        var regions = LoopRegions.Of(graph);
        var text = new StringBuilder("flowchart LR\n");
        for (var i = 0; i < graph.Count; i++)
        {
            var (open, close) = Shape(graph, i);
            text.Append(CultureInfo.InvariantCulture, $"    n{i}{open}\"{Escape(graph[i].Name)}\"{close}\n");
        }

        foreach (var edge in graph.Edges)
        {
            var connection = definition.Connections[edge.Connection];
            var arrow = regions.IsBackEdge(edge) ? "-.->" : "-->";
            var label = connection.SourceOutput == Connection.Main ? "" : $"|\"{Escape(connection.SourceOutput)}\"|";
            text.Append(CultureInfo.InvariantCulture, $"    n{edge.Source} {arrow}{label} n{edge.Target}\n");
        }

        for (var i = 0; i < graph.Count; i++)
            if (graph[i].CompensateWith is { } undo && graph.IndexOf(undo) is >= 0 and var other)
                text.Append(CultureInfo.InvariantCulture, $"    n{i} -.->|\"undone by\"| n{other}\n");

        var disabled = string.Join(',', Enumerable.Range(0, graph.Count).Where(n => graph[n].Disabled).Select(n => $"n{n}"));
        if (disabled.Length > 0) text.Append(CultureInfo.InvariantCulture, $"    classDef disabled stroke-dasharray:4,opacity:0.5\n    class {disabled} disabled\n");
        return text.ToString();
    }

    private static (string Open, string Close) Shape(WorkflowGraph graph, int node) => graph.Descriptor(node) switch
    {
        { Kind: NodeKind.Trigger } => ("([", "])"),
        { Kind: NodeKind.Loop } => ("[[", "]]"),
        { Kind: NodeKind.Merge } => ("((", "))"),
        { Outputs.Count: > 1 } or { OutputsOf: not null } => ("{", "}"),
        _ => ("[", "]"),
    };

    /// <summary>Letters, digits and harmless signs stay; every other character becomes its entity, so that no label can end early or be read as markup.</summary>
    private static string Escape(string label)
    {
        var text = new StringBuilder(label.Length);
        foreach (var rune in label.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is ' ' or '-' or '_' or '.' or ',' or ':') text.Append(rune.ToString());
            else if (Rune.IsControl(rune)) text.Append(' ');
            else text.Append(CultureInfo.InvariantCulture, $"#{rune.Value};");
        }

        return text.ToString();
    }
}
