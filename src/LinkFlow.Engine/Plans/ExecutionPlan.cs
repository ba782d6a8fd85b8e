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
    private ExecutionPlan(WorkflowDefinition definition) => Definition = definition;

    public WorkflowDefinition Definition { get; }

    /// <summary>All nodes of the definition in its order, also those that take no part.</summary>
    public ImmutableArray<PlannedNode> Nodes { get; private init; } = [];
    public PlannedNode StartNode => throw new NotImplementedException();

    /// <summary>By id.</summary>
    public PlannedNode? Find(string id) => throw new NotImplementedException(id);

    /// <summary>By id, or by a name that only one node has.</summary>
    public PlannedNode? FindByIdOrName(string idOrName) => throw new NotImplementedException(idOrName);

    /// <param name="isManual">Pinned data counts.</param>
    /// <exception cref="ArgumentException">The definition has errors (see <see cref="DefinitionValidation"/>) or the start node is not in it.</exception>
    public static ExecutionPlan Build(WorkflowDefinition definition, NodeRegistry registry, string startNode, bool isManual) =>
        throw new NotImplementedException(startNode + definition + registry + isManual);
}
