using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Plans;

/// <summary>A connection between nodes that exist. An output or input that does not exist is −1.</summary>
/// <param name="Connection">Its place in the definition's connections.</param>
internal readonly record struct Edge(int Connection, int Source, int SourceOutput, int Target, int TargetInput, bool StartsRound);

/// <summary>
/// A definition's nodes and connections resolved to indexes, whatever else is wrong with it. Connections that
/// cannot be drawn (an unknown end, a node to itself, a repetition) are left out and reported.
/// </summary>
internal sealed class WorkflowGraph
{
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);
    private readonly List<PlanError> _errors = [];

    private WorkflowGraph(WorkflowDefinition definition, NodeRegistry registry, Func<int, bool> areParametersValid)
    {
        Definition = definition;
        KnownTypes = registry.All.Select(n => n.Descriptor.Type);
        Types = [.. definition.Nodes.Select(n => registry.Find(n.Type))];
        Inputs = [.. definition.Nodes.Select((n, i) => IsTrigger(i) ? [] : areParametersValid(i) ? Types[i]?.Descriptor.InputsFor(n.Parameters) : null)];
        Outputs = [.. definition.Nodes.Select((n, i) => areParametersValid(i) ? OutputsOf(n, Types[i]?.Descriptor) : null)];
        for (var i = 0; i < definition.Nodes.Count; i++) _byId.TryAdd(definition.Nodes[i].Id, i);
        Edges = new ConnectionResolution(this, _errors).Resolve();
        Outgoing = ByNode(e => e.Source);
        Incoming = ByNode(e => e.Target);
    }

    public WorkflowDefinition Definition { get; }
    public int Count => Definition.Nodes.Count;

    /// <summary>The names of all types that there are.</summary>
    public IEnumerable<string> KnownTypes { get; }

    /// <summary>By node; null where the type is unknown.</summary>
    public IReadOnlyList<INode?> Types { get; }

    /// <summary>By node; null where the type is unknown or the parameters that may decide are wrong.</summary>
    public IReadOnlyList<IReadOnlyList<string>?> Inputs { get; }
    public IReadOnlyList<IReadOnlyList<string>?> Outputs { get; }

    /// <summary>In the order of <c>connections</c>.</summary>
    public IReadOnlyList<Edge> Edges { get; }

    /// <summary>By node, in the order of <c>connections</c>.</summary>
    public IReadOnlyList<Edge[]> Outgoing { get; }
    public IReadOnlyList<Edge[]> Incoming { get; }

    /// <summary>What is wrong with connections' ends.</summary>
    public IReadOnlyList<PlanError> ConnectionErrors => _errors;

    /// <param name="areParametersValid">By node, whether its parameters are fit to be asked for inputs and outputs; null: all are.</param>
    public static WorkflowGraph Of(WorkflowDefinition definition, NodeRegistry registry, Func<int, bool>? areParametersValid = null) =>
        new(definition, registry, areParametersValid ?? (_ => true));

    public NodeDefinition this[int node] => Definition.Nodes[node];
    public NodeDescriptor? Descriptor(int node) => Types[node]?.Descriptor;
    public bool IsLoop(int node) => Descriptor(node)?.Kind is NodeKind.Loop;
    public bool IsTrigger(int node) => Descriptor(node)?.IsTrigger ?? false;

    /// <summary>The index of the first node with this id, or −1.</summary>
    public int IndexOf(string id) => _byId.GetValueOrDefault(id, -1);

    /// <summary>Every node that can be reached from the given ones along the edges, these included.</summary>
    /// <param name="follow">Which edges count; null: all.</param>
    public NodeSet ReachableFrom(IEnumerable<int> nodes, Func<Edge, bool>? follow = null)
    {
        var reached = new NodeSet(Count);
        var open = new Stack<int>(nodes.Where(reached.Add));
        while (open.TryPop(out var node))
            foreach (var edge in Outgoing[node])
                if ((follow is null || follow(edge)) && reached.Add(edge.Target)) open.Push(edge.Target);
        return reached;
    }

    private Edge[][] ByNode(Func<Edge, int> node)
    {
        var edges = Edges.ToLookup(node);
        return [.. Enumerable.Range(0, Count).Select(n => edges[n].ToArray())];
    }

    private static IReadOnlyList<string>? OutputsOf(NodeDefinition node, NodeDescriptor? descriptor)
    {
        var outputs = descriptor?.OutputsFor(node.Parameters);
        return outputs is null || node.OnError is not OnError.ErrorOutput || outputs.Contains(OutputNames.Error)
            ? outputs
            : [.. outputs, OutputNames.Error];
    }
}
