using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests;

/// <summary>
/// Workflows in one line: <c>"start > check; check.true > a > end; check.false > b:call > end; undo"</c>.
/// Statements are separated by <c>;</c>, targets that share a source by <c>,</c> (<c>"a > b, c"</c>).
/// <list type="bullet">
/// <item>At the left end <c>node.output</c> names an output, elsewhere <c>node.input</c> an input. Without one: main.</item>
/// <item>The type is what follows a colon where the node is first mentioned (<c>b:call</c>); else the name without digits
/// at its end, if that is a type (<c>start</c>, <c>merge2</c>); <c>check</c> is a condition; anything else is a <c>step</c>.</item>
/// <item>Connections into a merge that name no input take input1, input2, … in order, and <c>inputs</c> is their number.</item>
/// </list>
/// </summary>
public static class Graph
{
    public static WorkflowDefinition Of(string text)
    {
        var nodes = new Dictionary<string, NodeDefinition>(StringComparer.Ordinal);
        var connections = new List<Connection>();
        foreach (var statement in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var terms = statement.Split('>', StringSplitOptions.TrimEntries);
            List<(string Node, string? Port)> sources = [.. terms[0].Split(',').Select(t => Term(nodes, t))];
            foreach (var term in terms.Skip(1))
            {
                List<(string Node, string? Port)> targets = [.. term.Split(',').Select(t => Term(nodes, t))];
                foreach (var source in sources)
                    foreach (var target in targets)
                        connections.Add(new Connection(source.Node, target.Node, source.Port ?? Connection.Main, target.Port ?? FreeInput(nodes, connections, target.Node)));
                sources = [.. targets.Select(t => (t.Node, (string?)null))];
            }
        }

        var merged = nodes.Values.Select(n => n.Type == "merge" ? n with { Parameters = Inputs(connections, n.Id) } : n);
        return new WorkflowDefinition { Nodes = [.. merged], Connections = connections };
    }

    /// <summary>The definition with one node changed.</summary>
    public static WorkflowDefinition With(this WorkflowDefinition definition, string id, Func<NodeDefinition, NodeDefinition> change) =>
        definition with { Nodes = [.. definition.Nodes.Select(n => n.Id == id ? change(n) : n)] };

    /// <summary>The definition with one node's parameters replaced.</summary>
    public static WorkflowDefinition With(this WorkflowDefinition definition, string id, ObjectValue parameters) =>
        definition.With(id, n => n with { Parameters = parameters });

    /// <summary>The definition with its settings changed.</summary>
    public static WorkflowDefinition With(this WorkflowDefinition definition, Func<WorkflowSettings, WorkflowSettings> change) =>
        definition with { Settings = change(definition.Settings) };

    public static ExecutionPlan Plan(this WorkflowDefinition definition, string start = "start", bool isManual = false, NodeRegistry? registry = null) =>
        ExecutionPlan.Build(definition, registry ?? TestNodes.Registry, start, isManual);

    private static (string Node, string? Port) Term(Dictionary<string, NodeDefinition> nodes, string term)
    {
        var dot = term.Trim().Split('.', 2);
        var colon = dot[0].Split(':', 2);
        var id = colon[0];
        if (!nodes.ContainsKey(id)) nodes[id] = new NodeDefinition { Id = id, Name = id, Type = colon.Length > 1 ? colon[1] : TypeOf(id) };
        return (id, dot.Length > 1 ? dot[1] : null);
    }

    private static string TypeOf(string id)
    {
        var word = id.TrimEnd("0123456789".ToCharArray());
        return word == "check" ? "condition" : TestNodes.Registry.Find(word) is null ? "step" : word;
    }

    private static string FreeInput(Dictionary<string, NodeDefinition> nodes, List<Connection> connections, string target)
    {
        if (nodes[target].Type != "merge") return Connection.Main;
        var taken = connections.Where(c => c.Target == target).Select(c => c.TargetInput).ToHashSet();
        return Enumerable.Range(1, taken.Count + 1).Select(i => $"input{i}").First(i => !taken.Contains(i));
    }

    private static ObjectValue Inputs(List<Connection> connections, string merge) =>
        new() { { "inputs", Math.Max(2, connections.Where(c => c.Target == merge).Select(c => int.TryParse(c.TargetInput.Replace("input", "", StringComparison.Ordinal), out var place) ? place : 0).DefaultIfEmpty().Max()) } };
}
