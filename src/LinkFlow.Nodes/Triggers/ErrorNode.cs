using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Triggers;

/// <summary>Starts a workflow that is named as another one's <c>errorWorkflowId</c>, when an execution of that one has failed.</summary>
internal sealed class ErrorNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "error",
        Name = "When a workflow failed",
        Group = "triggers",
        Description = "Starts a workflow that is named as another one's `errorWorkflowId`, when an execution of that one has failed.",
        Kind = NodeKind.Trigger,
        Inputs = [],
        ParametersSchema = Json.NoParameters,
        Documentation = "The item tells the execution, its workflow and the error. An execution that this starts does not start an error workflow itself.",
        Example = Json.Object("""{"id":"error","type":"error","name":"When a workflow failed"}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(PassOn.All(context));
}
