using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Flow.Merging;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Brings the items of several inputs together.</summary>
internal sealed class MergeNode : INode
{
    private const int MostInputs = 10;

    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "merge",
        Name = "Merge",
        Group = "flow",
        Description = "Brings the items of two to ten inputs together: one after the other, by position, by key, in all pairs, or by choosing one input.",
        Kind = NodeKind.Merge,
        Inputs = ["input1", "input2"],
        InputsOf = parameters => [.. Enumerable.Range(1, InputCount(parameters)).Select(i => $"input{i}")],
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "mode": { "enum": ["append", "position", "key", "allPairs", "chooseBranch"], "default": "append" },
                "inputs": { "type": "integer", "minimum": 2, "maximum": 10, "default": 2, "description": "How many inputs there are: input1, input2, …" },
                "join": { "enum": ["inner", "left", "right", "outer"], "default": "inner", "description": "For key: which items without a partner are kept." },
                "keys": {
                  "type": "array",
                  "minItems": 1,
                  "description": "For key: the fields that must be equal; a dot is a path.",
                  "items": {
                    "type": "object",
                    "properties": { "left": { "type": "string", "minLength": 1 }, "right": { "type": "string", "minLength": 1 } },
                    "required": ["left", "right"],
                    "additionalProperties": false
                  }
                },
                "clash": { "enum": ["right", "left", "suffix"], "default": "right", "description": "For key and allPairs: whose value a field has that several items have; suffix keeps all, as total_1, total_2." },
                "includeUnpaired": { "type": "boolean", "default": false, "description": "For position: go on to the end of the longest input." },
                "useInput": { "type": "string", "description": "For chooseBranch: input1, input2, …" }
              },
              "additionalProperties": false
            }
            """),
        Check = Check,
        Documentation = """
            Runs when any of its inputs has items, and sees dead ones as empty.

            | mode | gives |
            |---|---|
            | `append` | the items of input1, then of input2, … |
            | `position` | the first items merged, the second ones, …; later inputs win; the shortest input decides the length |
            | `key` | input1 (left) and input2 (right) joined by `keys`, every matching pair; inner, left and outer in the left's order, unmatched rights last; right in the right's order |
            | `allPairs` | every combination; input1 changes slowest |
            | `chooseBranch` | the items of `useInput` |

            Merging is shallow.
            """,
        Example = Json.Object("""{"id":"joined","type":"merge","name":"With customers","parameters":{"mode":"key","join":"left","keys":[{"left":"customerId","right":"id"}]}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        var mode = context.Choice(0, "mode", "append", "append", "position", "key", "allPairs", "chooseBranch");
        var merged = mode switch
        {
            "position" => Merges.ByPosition(context.Inputs, context.Flag(0, "includeUnpaired", false)),
            "key" => KeyJoin.Of(context.Inputs[0], Second(context), Keys(context), context.Choice(0, "join", "inner", "inner", "left", "right", "outer"), Clash(context)),
            "allPairs" => Merges.AllPairs(context.Inputs, Clash(context)),
            "chooseBranch" => Merges.Choose(context.Inputs, Chosen(context)),
            _ => Merges.Append(context.Inputs),
        };
        var result = new NodeResult();
        foreach (var item in merged)
        {
            cancellationToken.ThrowIfCancellationRequested();
            result.Emit(Connection.Main, item, NodeResult.WholeRun);
        }

        return new(result);
    }

    private static IReadOnlyList<Item> Second(NodeContext context) => context.Inputs.Count > 1 ? context.Inputs[1] : [];

    private static string Clash(NodeContext context) => context.Choice(0, "clash", "right", "right", "left", "suffix");

    private static List<KeyPair> Keys(NodeContext context)
    {
        var keys = context.Parameter(0, "keys");
        if (keys.AsArray is not { Count: > 0 } list) throw ParameterReading.Missing(context, "keys");
        return [.. list.Select(k => k["left"].AsString is { } left && k["right"].AsString is { } right
            ? new KeyPair(left, right)
            : throw ParameterReading.Invalid(context, "keys", "must name a left and a right field each", k))];
    }

    private static int Chosen(NodeContext context)
    {
        var name = context.Text(0, "useInput");
        for (var i = 0; i < context.Inputs.Count; i++)
            if (name == $"input{i + 1}") return i;
        throw ParameterReading.Invalid(context, "useInput", $"must be one of input1 to input{context.Inputs.Count}", name);
    }

    private static int InputCount(ObjectValue parameters) =>
        parameters["inputs"] is { IsNumber: true } inputs ? (int)Math.Clamp(inputs.AsNumber, 2, MostInputs) : 2;

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue parameters)
    {
        foreach (var error in Literals.Require(parameters, "the node's inputs depend on it", "inputs")) yield return error;
        switch (parameters["mode"].AsString)
        {
            case "key":
                if (!parameters.Contains("keys")) yield return ("", "'keys' is required when 'mode' is 'key'.");
                if (InputCount(parameters) != 2) yield return ("/inputs", "Merging by key joins two inputs, not more. Chain several merges.");
                break;
            case "chooseBranch":
                if (!parameters.Contains("useInput")) yield return ("", "'useInput' is required when 'mode' is 'chooseBranch'.");
                else if (parameters["useInput"].AsString is { } name && !Literals.IsExpression(name) && !Enumerable.Range(1, InputCount(parameters)).Any(i => name == $"input{i}"))
                    yield return ("/useInput", $"There is no input '{name}': the inputs are input1 to input{InputCount(parameters)}.");
                break;
        }
    }
}
