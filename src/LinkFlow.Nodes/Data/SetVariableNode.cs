using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Fields;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Data;

/// <summary>Sets fields of each item.</summary>
internal sealed class SetVariableNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "set_variable",
        Name = "Set fields",
        Group = "data",
        Description = "Sets fields of each item, and keeps all, none or some of the others.",
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "fields": { "type": "object", "description": "Value by field. A dot is a path: customer.name." },
                "dotNotation": { "type": "boolean", "default": true, "description": "False: a dot is part of the field's name." },
                "include": { "enum": ["all", "none", "selected", "except"], "default": "all", "description": "Which fields of the incoming item are kept." },
                "includeFields": { "type": "array", "items": { "type": "string", "minLength": 1 }, "description": "For selected and except: names of top-level fields." }
              },
              "additionalProperties": false
            }
            """),
        Documentation = "Expressions see the incoming item. Objects on a path are made as needed; a path through a value that is no object fails the item.",
        Example = Json.Object("""{"id":"total","type":"set_variable","name":"Total","parameters":{"fields":{"order.total":"{{ $json.price * $json.quantity }}","currency":"EUR"}}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(context.EachItem(Set, cancellationToken));

    private static void Set(NodeContext context, int item, NodeResult result)
    {
        var include = context.Choice(item, "include", "all", "all", "none", "selected", "except");
        var json = FieldSelection.Of(context, item, include);
        var dots = context.Flag(item, "dotNotation", true);
        if (context.Parameters["fields"] is { } fields)
        {
            if (fields.Template is not null)
                foreach (var (name, value) in context.Object(item, "fields")) Set(json, name, value, dots);
            else
                foreach (var (name, value) in fields.Properties) Set(json, name, context.Evaluate(item, value), dots);
        }

        result.Emit(Connection.Main, new Item(json, context.Items[item].Binary), item);
    }

    private static void Set(ObjectValue json, string name, Value value, bool dots)
    {
        if (dots) FieldPath.Set(json, name, value);
        else json.Set(name, value);
    }
}
