using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Tests.Reference;

/// <summary>docs/nodes.md, made from what the nodes declare about themselves.</summary>
internal static class NodeReference
{
    public static string Write(NodeRegistry registry)
    {
        var text = new StringBuilder("""
            # Nodes

            Made from the nodes' descriptors by the tests: `UPDATE_DOCS=1 dotnet test tests/LinkFlow.Nodes.Tests` writes it anew.
            Every parameter may be an expression. `GET /api/v1/nodes/{type}` shows the same, with the whole JSON Schema.

            """);
        foreach (var group in registry.All.Select(n => n.Descriptor).GroupBy(d => d.Group))
        {
            text.Append($"\n## {char.ToUpperInvariant(group.Key[0])}{group.Key[1..]}\n");
            foreach (var node in group) Write(text, node);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, NodeDescriptor node)
    {
        text.Append($"\n### `{node.Type}`: {node.Name}\n{node.Description}\n\n");
        var inputs = node.IsTrigger ? "none" : string.Join(", ", node.Inputs);
        text.Append($"Inputs: {inputs}. Outputs: {(node.Outputs.Count == 0 ? "none" : string.Join(", ", node.Outputs))}. Effect: {node.Effect.ToString().ToLowerInvariant()}.\n");
        if (node.ParametersSchema["properties"].AsObject is { Count: > 0 } parameters)
        {
            text.Append("\n| parameter | type | default | meaning |\n|---|---|---|---|\n");
            var required = node.ParametersSchema["required"].AsArray?.Select(r => r.AsString).ToHashSet() ?? [];
            foreach (var (name, schema) in parameters)
                text.Append($"| `{name}`{(required.Contains(name) ? " (required)" : "")} | {TypeOf(schema)} | {DefaultOf(schema)} | {Cell(schema["description"].AsString ?? "")} |\n");
        }

        if (node.Documentation.Length > 0) text.Append($"\n{node.Documentation.Trim()}\n");
        if (node.Example.Count > 0) text.Append($"\n```json\n{JsonText.Write(node.Example)}\n```\n");
    }

    private static string TypeOf(Value schema)
    {
        if (schema["enum"].AsArray is { } values) return string.Join(" ", values.Select(v => $"`{v.AsString ?? v.ToString()}`"));
        if (schema["type"].AsString is { } type) return type;
        if (schema["type"].AsArray is { } types) return string.Join(" or ", types.Select(t => t.AsString));
        return schema["oneOf"].AsArray is { } choices || (choices = schema["anyOf"].AsArray) is not null ? string.Join(" or ", choices!.Select(TypeOf).Distinct()) : "any";
    }

    private static string DefaultOf(Value schema) => schema["default"] is { IsUndefined: false } value ? $"`{Cell(JsonText.Write(value))}`" : "";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
