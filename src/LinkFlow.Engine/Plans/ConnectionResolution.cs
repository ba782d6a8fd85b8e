using LinkFlow.Engine.Definitions;

namespace LinkFlow.Engine.Plans;

/// <summary>Turns connections into edges and tells what is wrong with their ends.</summary>
internal sealed class ConnectionResolution(WorkflowGraph graph, List<PlanError> errors)
{
    private readonly Guesses _guesses = new();

    public List<Edge> Resolve()
    {
        var edges = new List<Edge>(graph.Definition.Connections.Count);
        var seen = new Dictionary<Connection, int>();
        for (var i = 0; i < graph.Definition.Connections.Count; i++)
        {
            var connection = graph.Definition.Connections[i];
            var source = End(connection, i, connection.Source, "source");
            var target = End(connection, i, connection.Target, "target");
            if (source < 0 || target < 0) continue;
            if (!seen.TryAdd(connection, i))
            {
                errors.Add(new("DUPLICATE_CONNECTION", $"{Describe(connection)} is there twice: it is also /connections/{seen[connection]}. Remove one of them.", connection.Source, $"/connections/{i}"));
                continue;
            }

            if (source == target)
            {
                errors.Add(new("SELF_CONNECTION", SelfConnection(source), connection.Source, $"/connections/{i}"));
                continue;
            }

            var output = Output(connection, i, source);
            var input = Input(connection, i, target);
            edges.Add(new Edge(i, source, output, target, input, graph.IsLoop(source) && connection.SourceOutput == OutputNames.Loop));
        }

        return edges;
    }

    /// <summary>The connection as messages name it.</summary>
    public static string Describe(Connection connection) =>
        $"The connection from '{connection.Source}'{Named(connection.SourceOutput)} to '{connection.Target}'{Named(connection.TargetInput)}";

    private static string Named(string end) => end == Connection.Main ? "" : $" ({end})";

    private int End(Connection connection, int place, string id, string end)
    {
        var index = graph.IndexOf(id);
        if (index >= 0) return index;
        var guess = _guesses.For(id, graph.Definition.Nodes.Select(n => n.Id));
        var message = end == "target"
            ? $"Node '{connection.Source}' is connected to '{id}', and no node has that id.{guess}"
            : $"A connection to '{connection.Target}' comes from '{id}', and no node has that id.{guess}";
        errors.Add(new("UNKNOWN_NODE", message, null, $"/connections/{place}/{end}"));
        return -1;
    }

    private int Output(Connection connection, int place, int source)
    {
        if (graph.Outputs[source] is not { } outputs) return -1;
        var index = IndexOf(outputs, connection.SourceOutput);
        if (index >= 0) return index;
        var remedy = connection.SourceOutput == OutputNames.Error ? "It has one when its onError is errorOutput."
            : outputs.Count == 0 ? "It has no outputs."
            : $"It has {List(outputs)}.{_guesses.For(connection.SourceOutput, outputs)}";
        errors.Add(new("UNKNOWN_OUTPUT", $"Node '{connection.Source}' has no output '{connection.SourceOutput}'. {remedy}", connection.Source, $"/connections/{place}/sourceOutput"));
        return -1;
    }

    private int Input(Connection connection, int place, int target)
    {
        if (graph.Inputs[target] is not { } inputs) return -1;
        if (graph.IsTrigger(target))
        {
            errors.Add(new("TRIGGER_HAS_INPUT", $"{Describe(connection)} leads into a trigger; triggers start a workflow and have no inputs.", connection.Target, $"/connections/{place}/target"));
            return -1;
        }

        var index = IndexOf(inputs, connection.TargetInput);
        if (index >= 0) return index;
        errors.Add(new("UNKNOWN_INPUT", $"Node '{connection.Target}' has no input '{connection.TargetInput}'. It has {List(inputs)}.{_guesses.For(connection.TargetInput, inputs)}", connection.Target, $"/connections/{place}/targetInput"));
        return -1;
    }

    private string SelfConnection(int node) => graph.IsLoop(node)
        ? $"Loop '{graph[node].Id}' is connected to itself. Put at least one node between its output loop and its input."
        : $"Node '{graph[node].Id}' is connected to itself. Only a loop node repeats what is behind it.";

    private static string List(IReadOnlyList<string> names) => string.Join(", ", names);

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
            if (names[i] == name) return i;
        return -1;
    }
}
