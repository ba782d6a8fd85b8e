using System.Runtime.CompilerServices;
using LinkFlow.Engine.Schemas;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>A node's parameters fit the schema of its type, expressions aside, and its further checks.</summary>
internal static class NodeParameters
{
    /// <summary>Compiled once per schema object, which a descriptor keeps.</summary>
    private static readonly ConditionalWeakTable<ObjectValue, JsonSchema> Schemas = [];

    /// <returns>By node: true where its parameters are right, as far as its type is known.</returns>
    public static bool[] Check(Definitions.WorkflowDefinition definition, Nodes.NodeRegistry registry, Findings findings)
    {
        var valid = new bool[definition.Nodes.Count];
        for (var i = 0; i < valid.Length; i++)
        {
            var node = definition.Nodes[i];
            if (registry.Describe(node.Type) is not { } descriptor) continue;
            var schema = Schemas.GetValue(descriptor.ParametersSchema, s => JsonSchema.Compile(s));
            var errors = schema.Validate(node.Parameters, allowExpressions: true);
            foreach (var error in errors)
                findings.Error(Code(error.Keyword), $"Node '{node.Id}', {Place(error.Pointer)}: {error.Message}{(error.Message.EndsWith('?') ? "" : ".")}", node.Id, $"/nodes/{i}/parameters{error.Pointer}");
            if (errors.Count > 0) continue;
            var wrong = false;
            foreach (var (pointer, message) in descriptor.Check?.Invoke(node.Parameters) ?? [])
            {
                wrong = true;
                findings.Error("INVALID_PARAMETER", $"Node '{node.Id}', {Place(pointer)}: {message}", node.Id, $"/nodes/{i}/parameters{pointer}");
            }

            valid[i] = !wrong;
        }

        return valid;
    }

    /// <summary>How messages name a place in parameters: <c>rules.0.output</c>.</summary>
    internal static string Place(string pointer) =>
        pointer.Length == 0 ? "parameters" : string.Join('.', pointer[1..].Split('/').Select(JsonPointer.Unescape));

    private static string Code(string keyword) => keyword switch
    {
        "additionalProperties" => "UNKNOWN_PARAMETER",
        "required" => "MISSING_PARAMETER",
        _ => "INVALID_PARAMETER",
    };
}
