using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Conditions;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Sends each item its own way, by whether the conditions hold for it.</summary>
internal sealed class ConditionNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "condition",
        Name = "Condition",
        Group = "flow",
        Description = "Sends each item to the output true or false, by comparisons or an expression.",
        Outputs = ["true", "false"],
        ParametersSchema = Json.Object($$"""{"type":"object","properties":{{{ConditionSchema.Properties}}},"additionalProperties":false}"""),
        MayBeUndefined = new HashSet<string> { "left", "right" },
        Check = parameters => ConditionList.Check(parameters, ""),
        Documentation = ConditionSchema.Documentation,
        Example = Json.Object("""{"id":"large","type":"condition","name":"Large order?","parameters":{"conditions":[{"left":"{{ $json.total }}","operator":"gt","right":100}]}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(context.EachItem(
        static (context, item, result) => result.Emit(ConditionList.Holds(context, item, context.Parameters) ? "true" : "false", context.Items[item], item),
        cancellationToken));
}
