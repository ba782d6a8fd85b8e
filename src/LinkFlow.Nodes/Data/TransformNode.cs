using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Fields;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Data;

/// <summary>Changes the fields of each item by operations, in order.</summary>
internal sealed class TransformNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "transform",
        Name = "Transform",
        Group = "data",
        Description = "Sets, renames, moves, removes, keeps, converts and fills fields of each item, by a list of operations in order.",
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "operations": {
                  "type": "array",
                  "minItems": 1,
                  "maxItems": 200,
                  "items": {
                    "type": "object",
                    "properties": {
                      "op": { "enum": ["set", "rename", "remove", "keep", "convert", "default", "move"] },
                      "field": { "description": "A field; a dot is a path. For keep and remove also a list.", "type": ["string", "array"], "minLength": 1, "minItems": 1, "items": { "type": "string", "minLength": 1 } },
                      "to": { "type": "string", "minLength": 1, "description": "For rename and move: the new path." },
                      "value": { "description": "For set and default." },
                      "type": { "enum": ["string", "number", "integer", "boolean", "json", "date"], "description": "For convert." }
                    },
                    "required": ["op", "field"],
                    "additionalProperties": false
                  }
                }
              },
              "required": ["operations"],
              "additionalProperties": false
            }
            """),
        Check = Check,
        Documentation = """
            | op | does |
            |---|---|
            | `set` | sets `field` to `value` |
            | `default` | sets it only where it is missing |
            | `rename`, `move` | takes `field` to the path `to`; a rename within one object keeps its place |
            | `remove`, `keep` | removes, or keeps only, a field or a list of fields |
            | `convert` | to `type`: string, number, integer, boolean, json (parses text), date (RFC 3339, UTC) |

            Expressions see the incoming item. What is missing is not renamed, moved or converted; what cannot be converted fails the item.
            """,
        Example = Json.Object("""{"id":"clean","type":"transform","name":"Clean up","parameters":{"operations":[{"op":"rename","field":"mail","to":"email"},{"op":"convert","field":"age","type":"integer"},{"op":"remove","field":["password","token"]}]}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(context.EachItem(Transform, cancellationToken));

    private static void Transform(NodeContext context, int item, NodeResult result)
    {
        var json = context.Items[item].Json.Copy();
        foreach (var operation in context.Parameters["operations"]?.Elements ?? []) json = Apply(context, item, operation, json);
        result.Emit(Connection.Main, new Item(json, context.Items[item].Binary), item);
    }

    private static ObjectValue Apply(NodeContext context, int item, ParameterTree operation, ObjectValue json)
    {
        var op = Read(context, item, operation, "op").AsString ?? "";
        var field = Read(context, item, operation, "field");
        if (op is "keep" or "remove")
        {
            var paths = Paths(context, field);
            if (op == "keep") return Keep(json, paths);
            foreach (var each in paths) FieldPath.Remove(json, each);
            return json;
        }

        var path = field.AsString ?? throw ParameterReading.Invalid(context, "field", "must be a string", field);
        switch (op)
        {
            case "set":
                FieldPath.Set(json, path, Read(context, item, operation, "value"));
                break;
            case "default" when FieldPath.Get(json, path).IsUndefined:
                FieldPath.Set(json, path, Read(context, item, operation, "value"));
                break;
            case "rename" or "move":
                return Move(json, path, Read(context, item, operation, "to").AsString ?? throw ParameterReading.Missing(context, "to"));
            case "convert" when FieldPath.Get(json, path) is { IsUndefined: false } value:
                FieldPath.Set(json, path, Conversions.To(Read(context, item, operation, "type").AsString ?? "", value, path, context.ScopeFor(item).TimeZone));
                break;
        }

        return json;
    }

    private static Value Read(NodeContext context, int item, ParameterTree operation, string name) =>
        operation[name] is { } tree ? context.Evaluate(item, tree) : Value.Undefined;

    private static string[] Paths(NodeContext context, Value field) =>
        field.AsString is { } one ? [one]
        : field.AsArray is { } list && list.All(v => v.IsString) ? [.. list.Select(v => v.AsString!)]
        : throw ParameterReading.Invalid(context, "field", "must be a string or a list of strings", field);

    private static ObjectValue Keep(ObjectValue json, string[] paths)
    {
        var kept = new ObjectValue();
        foreach (var path in paths)
            if (json.TryGet(path, out var named)) kept.Set(path, named);
            else if (FieldPath.Get(json, path) is { IsUndefined: false } value) FieldPath.Set(kept, path, value);
        return kept;
    }

    private static ObjectValue Move(ObjectValue json, string from, string to)
    {
        var value = FieldPath.Get(json, from);
        if (value.IsUndefined || from == to) return json;
        if (from.Contains('.', StringComparison.Ordinal) || to.Contains('.', StringComparison.Ordinal))
        {
            FieldPath.Remove(json, from);
            FieldPath.Set(json, to, value);
            return json;
        }

        var renamed = new ObjectValue(json.Count);
        foreach (var (name, old) in json)
            if (name == from) renamed.Set(to, old);
            else if (name != to) renamed.Set(name, old);
        return renamed;
    }

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue parameters)
    {
        if (parameters["operations"].AsArray is not { } operations) yield break;
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            var needed = operation["op"].AsString switch { "set" or "default" => "value", "rename" or "move" => "to", "convert" => "type", _ => null };
            if (needed is not null && operation.AsObject?.Contains(needed) == false)
                yield return ($"/operations/{i}", $"The operation '{operation["op"].AsString}' needs '{needed}'.");
            if (operation["field"].IsArray && operation["op"].AsString is not ("keep" or "remove"))
                yield return ($"/operations/{i}/field", "Only keep and remove take a list of fields.");
        }
    }
}
