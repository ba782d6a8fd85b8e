using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Triggers;

/// <summary>Starts a workflow that another one calls with <c>execute_workflow</c>. Puts out the items that the caller hands over.</summary>
internal sealed class SubworkflowNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "subworkflow",
        Name = "When called by a workflow",
        Group = "triggers",
        Description = "Starts a workflow that another one calls with `execute_workflow`. Puts out the items that the caller hands over.",
        Kind = NodeKind.Trigger,
        Inputs = [],
        ParametersSchema = Json.NoParameters,
        Documentation = "The items of the sinks, or of the first `respond`, go back to the caller.",
        Example = Json.Object("""{"id":"subworkflow","type":"subworkflow","name":"When called by a workflow"}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(PassOn.All(context));
}
