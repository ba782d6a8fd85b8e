using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Conditions;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Keeps the items for which the conditions hold.</summary>
internal sealed class FilterNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "filter",
        Name = "Filter",
        Group = "flow",
        Description = "Keeps the items for which the conditions hold. The others leave by the output discarded.",
        Outputs = [Connection.Main, "discarded"],
        ParametersSchema = Json.Object($$"""{"type":"object","properties":{{{ConditionSchema.Properties}}},"additionalProperties":false}"""),
        MayBeUndefined = new HashSet<string> { "left", "right" },
        Check = parameters => ConditionList.Check(parameters, ""),
        Documentation = ConditionSchema.Documentation,
        Example = Json.Object("""{"id":"paid","type":"filter","name":"Paid only","parameters":{"conditions":[{"left":"{{ $json.status }}","operator":"equals","right":"paid"}]}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(context.EachItem(
        static (context, item, result) => result.Emit(ConditionList.Holds(context, item, context.Parameters) ? Connection.Main : "discarded", context.Items[item], item),
        cancellationToken));
}
