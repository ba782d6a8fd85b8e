using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Plans;

/// <summary>
/// A validated definition made ready to run from one start node: who takes part, what each node waits for,
/// the loops' regions. Immutable; built once per workflow version and start node, and shared.
/// </summary>
public sealed class ExecutionPlan
{
    private readonly Dictionary<string, PlannedNode> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlannedNode?> _byName = new(StringComparer.Ordinal);
    private readonly Reachability _forward;
    private readonly Reachability _all;

    internal ExecutionPlan(WorkflowDefinition definition, ImmutableArray<PlannedNode> nodes, ImmutableArray<int> order, int startNode)
    {
        Definition = definition;
        Nodes = nodes;
        Order = order;
        StartNode = nodes[startNode];
        foreach (var node in nodes)
        {
            _byId.Add(node.Id, node);
            _byName[node.Definition.Name] = _byName.ContainsKey(node.Definition.Name) ? null : node;
        }

        NodeNames = [.. nodes.SelectMany(n => n.Definition.Name == n.Id ? new[] { n.Id } : [n.Definition.Name, n.Id])];
        _forward = new Reachability([.. nodes.Select(n => n.Incoming.Select(c => c.Source).ToArray())]);
        _all = new Reachability([.. nodes.Select(n => n.Incoming.Concat(n.BackEdges).Select(c => c.Source).ToArray())]);
    }

    public WorkflowDefinition Definition { get; }

    /// <summary>All nodes of the definition in its order, also those that take no part.</summary>
    public ImmutableArray<PlannedNode> Nodes { get; }

    /// <summary>The nodes that take part, each behind all that lead to it, back edges aside; else in the order of <c>nodes</c>.</summary>
    public ImmutableArray<int> Order { get; }
    public PlannedNode StartNode { get; }

    /// <summary>What expressions may call nodes by: names and ids.</summary>
    public ImmutableArray<string> NodeNames { get; }

    /// <summary>By id.</summary>
    public PlannedNode? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>By id, or by a name that only one node has.</summary>
    public PlannedNode? FindByIdOrName(string idOrName) => Find(idOrName) ?? _byName.GetValueOrDefault(idOrName);

    /// <summary>True when connections lead from one node to another without a back edge, by nodes that take part. A node has no path to itself.</summary>
    /// <param name="from">Index of a node.</param>
    /// <param name="to">Index of a node.</param>
    public bool HasForwardPath(int from, int to) => _forward.HasPath(from, to);

    /// <summary>As <see cref="HasForwardPath"/>, with back edges: true for a node in a loop's body and itself.</summary>
    /// <param name="from">Index of a node.</param>
    /// <param name="to">Index of a node.</param>
    public bool HasPath(int from, int to) => _all.HasPath(from, to);

    /// <param name="startNode">An id.</param>
    /// <param name="isManual">Pinned data counts.</param>
    /// <exception cref="ArgumentException">The definition has errors (see <see cref="DefinitionValidation"/>) or the start node is not in it.</exception>
    public static ExecutionPlan Build(WorkflowDefinition definition, NodeRegistry registry, string startNode, bool isManual) =>
        new PlanBuilder(definition, registry, startNode, isManual).Build();
}
