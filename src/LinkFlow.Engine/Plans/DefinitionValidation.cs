using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans.Rules;

namespace LinkFlow.Engine.Plans;

/// <summary>Everything that is wrong with a definition, at once; of a great many findings the first 500.</summary>
public sealed record DefinitionValidation(IReadOnlyList<PlanError> Errors, IReadOnlyList<PlanError> Warnings)
{
    public bool IsValid => Errors.Count == 0;

    /// <summary>Checks all that activation needs and that needs no I/O. Never throws for what a definition holds.</summary>
    /// <param name="modeOf">The mode of another workflow by id, null for an unknown one: an express workflow may await only express ones. Without it this is not checked.</param>
    public static DefinitionValidation Of(WorkflowDefinition definition, NodeRegistry registry, DefinitionLimits limits, Func<string, ExecutionMode?>? modeOf = null)
    {
        var findings = new Findings();
        CheckCounts(definition, limits, findings);
        if (definition.Nodes.Count <= 2 * limits.MaxNodes && definition.Connections.Count <= 2 * limits.MaxConnections)
            CheckAll(definition, registry, modeOf ?? (_ => null), findings);
        return new DefinitionValidation(findings.Errors, findings.Warnings);
    }

    private static void CheckCounts(WorkflowDefinition definition, DefinitionLimits limits, Findings findings)
    {
        if (definition.Nodes.Count > limits.MaxNodes)
            findings.Error("TOO_MANY_NODES", $"The workflow has {definition.Nodes.Count} nodes; at most {limits.MaxNodes} are allowed. Move a part into a sub-workflow.", null, "/nodes");
        if (definition.Connections.Count > limits.MaxConnections)
            findings.Error("TOO_MANY_CONNECTIONS", $"The workflow has {definition.Connections.Count} connections; at most {limits.MaxConnections} are allowed. Move a part into a sub-workflow.", null, "/connections");
    }

    private static void CheckAll(WorkflowDefinition definition, NodeRegistry registry, Func<string, ExecutionMode?> modeOf, Findings findings)
    {
        var valid = NodeParameters.Check(definition, registry, findings);
        var graph = WorkflowGraph.Of(definition, registry, node => valid[node]);
        var regions = LoopRegions.Of(graph);
        NodeNames.CheckIds(graph, findings);
        NodeNames.CheckNames(graph, findings);
        NodeTypes.Check(graph, findings);
        NodeBounds.Check(graph, findings);
        NodeExpressions.Check(graph, findings);
        findings.AddErrors(graph.ConnectionErrors);
        findings.AddErrors(LoopBodies.Check(graph, regions));
        findings.AddErrors(Cycles.Check(graph, regions));
        EmptyLoops.Check(graph, regions, findings);
        Triggers.Check(graph, findings);
        Compensations.Check(graph, findings);
        Responses.Check(graph, findings);
        ExpressMode.Check(graph, modeOf, findings);
        SettingsBounds.Check(definition.Settings, findings);
        PinnedData.Check(graph, findings);
    }
}
