using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Plans;

/// <summary>Everything that is wrong with a definition, at once.</summary>
public sealed record DefinitionValidation(IReadOnlyList<PlanError> Errors, IReadOnlyList<PlanError> Warnings)
{
    public bool IsValid => Errors.Count == 0;

    /// <summary>Checks all that activation needs and that needs no I/O.</summary>
    public static DefinitionValidation Of(WorkflowDefinition definition, NodeRegistry registry, DefinitionLimits limits) =>
        throw new NotImplementedException(definition.ToString() + registry + limits);
}
