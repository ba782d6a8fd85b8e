using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Does nothing: hands its items on.</summary>
internal sealed class NoOpNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "no_op",
        Name = "No operation",
        Group = "flow",
        Description = "Hands its items on unchanged. Joins branches into one, or marks a place in a workflow.",
        ParametersSchema = Json.NoParameters,
        Documentation = "Several connections into it are joined in the order of the workflow's `connections`.",
        Example = Json.Object("""{"id":"joined","type":"no_op","name":"Joined"}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(PassOn.All(context));
}
