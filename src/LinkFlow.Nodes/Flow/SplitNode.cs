using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Fields;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Makes an item of each element of a list.</summary>
internal sealed class SplitNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "split",
        Name = "Split",
        Group = "flow",
        Description = "Makes an item of each element of a list field.",
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "field": { "type": "string", "minLength": 1, "description": "The list; a dot is a path: order.lines." },
                "include": { "enum": ["none", "all", "selected"], "default": "none", "description": "Which other fields of the item go along; never the list itself." },
                "includeFields": { "type": "array", "items": { "type": "string", "minLength": 1 }, "description": "For selected: names of top-level fields." },
                "as": { "type": "string", "minLength": 1, "description": "The field that holds the element. Default: an object becomes the item, another value keeps the list's name." }
              },
              "required": ["field"],
              "additionalProperties": false
            }
            """),
        Documentation = "With `include: all` an object element is spread over the rest. An empty list gives no items; a field that is missing or no list fails the item.",
        Example = Json.Object("""{"id":"lines","type":"split","name":"Each line","parameters":{"field":"order.lines","include":"selected","includeFields":["customer"]}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(context.EachItem(Split, cancellationToken));

    private static void Split(NodeContext context, int item, NodeResult result)
    {
        var field = context.Text(item, "field");
        var value = FieldPath.Get(context.Items[item].Json, field);
        if (value.AsArray is not { } list)
            throw DataErrors.Mismatch($"The field '{field}' must be a list, but is {(value.IsUndefined ? "missing" : ParameterReading.Describe(value))}.");

        var name = context.Text(item, "as", "");
        var include = context.Choice(item, "include", "none", "none", "all", "selected");
        var rest = FieldSelection.Of(context, item, include);
        FieldPath.Remove(rest, field);
        foreach (var element in list) result.Emit(Connection.Main, new Item(Made(element, rest, name, field)), item);
    }

    private static ObjectValue Made(Value element, ObjectValue rest, string name, string field)
    {
        if (name.Length == 0 && rest.Count == 0 && element.AsObject is { } whole) return whole;
        var json = rest.Copy();
        if (name.Length > 0) FieldPath.Set(json, name, element);
        else if (element.AsObject is { } fields) foreach (var (key, value) in fields) json.Set(key, value);
        else json.Set(FieldPath.LastName(field), element);
        return json;
    }
}
