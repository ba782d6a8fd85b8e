using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Conditions;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Sends each item to one of many outputs, by rules or by a value.</summary>
internal sealed class SwitchNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "switch",
        Name = "Switch",
        Group = "flow",
        Description = "Sends each item to the output of the first rule that holds, or to the one named for its value.",
        OutputsOf = OutputsOf,
        ParametersSchema = Json.Object($$"""
            {
              "type": "object",
              "properties": {
                "rules": {
                  "type": "array",
                  "minItems": 1,
                  "maxItems": 100,
                  "description": "Tried in order.",
                  "items": {
                    "type": "object",
                    "properties": {
                      "output": { "type": "string", "minLength": 1, "maxLength": 100, "description": "The output's name; several rules may share one." },
                      {{ConditionSchema.Properties}}
                    },
                    "required": ["output"],
                    "additionalProperties": false
                  }
                },
                "matchAll": { "type": "boolean", "default": false, "description": "Send the item to the output of every rule that holds, not only of the first." },
                "value": { "description": "Instead of rules: a value, usually an expression." },
                "cases": { "type": "object", "additionalProperties": { "type": "string", "minLength": 1, "maxLength": 100 }, "description": "Output by value; compared as strings, exactly." },
                "fallback": { "type": "string", "minLength": 1, "maxLength": 100, "description": "The output of items that match nothing; may be a rule's. Without it they end here." }
              },
              "additionalProperties": false
            }
            """),
        MayBeUndefined = new HashSet<string> { "left", "right" },
        Check = Check,
        Documentation = "The outputs are the rules' or cases' in order, then the fallback.\n\n" + ConditionSchema.Documentation,
        Example = Json.Object("""{"id":"by_tier","type":"switch","name":"By tier","parameters":{"value":"{{ $json.tier }}","cases":{"gold":"priority","silver":"normal"},"fallback":"normal"}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(context.EachItem(
        context.Parameters["rules"] is null ? ByValue : ByRules,
        cancellationToken));

    private static void ByRules(NodeContext context, int item, NodeResult result)
    {
        var all = context.Flag(item, "matchAll", false);
        var taken = new List<string>(1);
        foreach (var rule in context.Parameters["rules"]!.Elements)
        {
            var output = rule["output"]?.Written.AsString ?? throw ParameterReading.Missing(context, "output");
            if (taken.Contains(output) || !ConditionList.Holds(context, item, rule)) continue;
            taken.Add(output);
            result.Emit(output, context.Items[item], item);
            if (!all) return;
        }

        if (taken.Count == 0) FallBack(context, item, result);
    }

    private static void ByValue(NodeContext context, int item, NodeResult result)
    {
        var value = context.Parameter(item, "value");
        var text = value.Kind switch
        {
            ValueKind.String => value.AsString!,
            ValueKind.Number or ValueKind.Boolean or ValueKind.Null => value.NumberAsWritten ?? value.ToString(),
            ValueKind.Undefined => throw ParameterReading.Missing(context, "value"),
            _ => throw DataErrors.Mismatch($"'value' in '{context.Node.Id}' must be a string, number or boolean, but came out as {ParameterReading.Describe(value)}."),
        };
        if (context.Parameters["cases"]?[text]?.Written.AsString is { } output) result.Emit(output, context.Items[item], item);
        else FallBack(context, item, result);
    }

    private static void FallBack(NodeContext context, int item, NodeResult result)
    {
        if (context.Parameters["fallback"]?.Written.AsString is { } output) result.Emit(output, context.Items[item], item);
    }

    private static IReadOnlyList<string> OutputsOf(ObjectValue parameters)
    {
        var named = parameters["rules"].AsArray is { } rules
            ? rules.Select(r => r["output"].AsString)
            : (parameters["cases"].AsObject ?? []).Select(c => c.Value.AsString);
        string[] outputs = [.. named.Append(parameters["fallback"].AsString).OfType<string>().Distinct(StringComparer.Ordinal)];
        return outputs.Length > 0 ? outputs : [Connection.Main];
    }

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue parameters)
    {
        const string why = "the node's outputs depend on it";
        if (parameters.Contains("rules") == (parameters.Contains("value") || parameters.Contains("cases")))
            yield return ("", "Give either 'rules', or a 'value' with its 'cases'.");
        else if (!parameters.Contains("rules") && !(parameters.Contains("value") && parameters.Contains("cases")))
            yield return ("", "'value' and 'cases' belong together.");
        foreach (var error in Literals.Require(parameters, why, "fallback")) yield return error;
        foreach (var (name, output) in parameters["cases"].AsObject ?? [])
            if (Literals.IsExpression(output)) yield return ($"/cases/{name}", $"An output's name cannot be an expression: {why}.");
        if (parameters["rules"].AsArray is not { } rules) yield break;
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].AsObject is not { } rule) continue;
            if (Literals.IsExpression(rule["output"])) yield return ($"/rules/{i}/output", $"An output's name cannot be an expression: {why}.");
            foreach (var error in ConditionList.Check(rule, $"/rules/{i}")) yield return error;
        }
    }
}
