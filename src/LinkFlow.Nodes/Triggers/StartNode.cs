using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Triggers;

/// <summary>Starts a workflow by hand or through the API. Puts out the input that the execution was given: an object is one item, an array one each.</summary>
internal sealed class StartNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "start",
        Name = "Start",
        Group = "triggers",
        Description = "Starts a workflow by hand or through the API. Puts out the input that the execution was given: an object is one item, an array one each.",
        Kind = NodeKind.Trigger,
        Inputs = [],
        ParametersSchema = Json.NoParameters,
        Documentation = "A manual run starts here. `POST /workflows/{id}/execute` gives the input.",
        Example = Json.Object("""{"id":"start","type":"start","name":"Start"}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(PassOn.All(context));
}
