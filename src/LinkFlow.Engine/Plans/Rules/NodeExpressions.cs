using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>Expressions are of the language, and the nodes they name exist and can have run before (execution.md §5).</summary>
internal sealed class NodeExpressions
{
    private readonly WorkflowGraph _graph;
    private readonly Findings _findings;
    private readonly Reachability _paths;
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly ILookup<string, int> _undoneBy;

    private NodeExpressions(WorkflowGraph graph, Findings findings)
    {
        _graph = graph;
        _findings = findings;
        _paths = new Reachability([.. Enumerable.Range(0, graph.Count).Select(n => graph.Incoming[n].Select(e => e.Source).ToArray())]);
        for (var i = 0; i < graph.Count; i++) _byName.TryAdd(graph[i].Name, i);
        _undoneBy = Enumerable.Range(0, graph.Count).Where(n => graph[n].CompensateWith is not null).ToLookup(n => graph[n].CompensateWith!, StringComparer.Ordinal);
    }

    public static void Check(WorkflowGraph graph, Findings findings)
    {
        var rule = new NodeExpressions(graph, findings);
        for (var i = 0; i < graph.Count; i++) rule.Check(i, graph[i].Parameters, "");
    }

    private void Check(int node, Value value, string at)
    {
        if (value.AsString is { } text)
        {
            if (Template.IsTemplate(text)) CheckTemplate(node, text, at);
        }
        else if (value.AsArray is { } array)
        {
            for (var i = 0; i < array.Count; i++) Check(node, array[i], JsonPointer.Append(at, i));
        }
        else if (value.AsObject is { } o)
        {
            foreach (var (name, property) in o) Check(node, property, JsonPointer.Append(at, name));
        }
    }

    private void CheckTemplate(int node, string text, string at)
    {
        try
        {
            foreach (var reference in Template.Compile(text).References) CheckReference(node, reference, at);
        }
        catch (ExpressionException e)
        {
            var position = e.Position < 0 ? "" : $" at {e.Position}";
            _findings.Error("INVALID_EXPRESSION", $"Node '{_graph[node].Id}', {NodeParameters.Place(at)}{position}: {e.Message}", _graph[node].Id, Pointer(node, at));
        }
    }

    private void CheckReference(int node, NodeReference reference, string at)
    {
        var id = _graph[node].Id;
        var other = _graph.IndexOf(reference.Name);
        if (other < 0) other = _byName.GetValueOrDefault(reference.Name, -1);
        if (other < 0)
        {
            var known = _graph.Definition.Nodes.SelectMany(n => new[] { n.Name, n.Id }).Distinct();
            _findings.Error("UNKNOWN_NODE_REFERENCE", $"Node '{id}', {NodeParameters.Place(at)} at {reference.Position}: it refers to node '{reference.Name}', and no node has that id or name.{_findings.Guesses.For(reference.Name, known)}", id, Pointer(node, at));
        }
        else if (!Sees(node, other))
        {
            _findings.Warn("REFERENCE_WITHOUT_PATH", $"Node '{id}', {NodeParameters.Place(at)} at {reference.Position}: it refers to node '{_graph[other].Id}', from which no connections lead to '{id}'. There it will count as not executed.", id, Pointer(node, at));
        }
    }

    /// <summary>A compensation sees the node that it undoes and what that one sees.</summary>
    private bool Sees(int node, int other) =>
        _paths.HasPath(other, node) || _undoneBy[_graph[node].Id].Any(undone => undone == other || _paths.HasPath(other, undone));

    private static string Pointer(int node, string at) => $"/nodes/{node}/parameters{at}";
}
