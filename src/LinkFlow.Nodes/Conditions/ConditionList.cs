using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Conditions;

/// <summary>Conditions as nodes take them: <c>conditions</c> joined by <c>combine</c>, or an <c>expression</c>.</summary>
internal static class ConditionList
{
    /// <param name="at">The object that holds the conditions: the node's parameters, or a rule of a switch.</param>
    /// <exception cref="NodeException">They cannot be evaluated for this item.</exception>
    public static bool Holds(NodeContext context, int item, ParameterTree at)
    {
        if (at["conditions"] is { } list)
        {
            var any = Word(context, item, at, "combine") == "or";
            foreach (var condition in list.Elements)
                if (Holds(context, item, at, condition) == any) return any;
            return !any;
        }

        if (at["expression"] is not { } expression) throw new NodeException(NodeErrorCodes.ParameterInvalid, $"'{context.Node.Id}' has neither 'conditions' nor an 'expression'.");
        var value = context.Evaluate(item, expression);
        if (value.IsBoolean) return value.AsBoolean;
        throw DataErrors.Mismatch($"The expression of '{context.Node.Id}' must come out true or false, but came out as {ParameterReading.Describe(value)}. Write a comparison, such as {{{{ $json.total > 100 }}}}.");
    }

    /// <summary>Checks that one of both ways was taken.</summary>
    /// <param name="pointer">Of the object, relative to the parameters.</param>
    public static IEnumerable<(string Pointer, string Message)> Check(ObjectValue at, string pointer)
    {
        if (at.Contains("conditions") == at.Contains("expression"))
            yield return (pointer, at.Contains("conditions") ? "Give either 'conditions' or an 'expression', not both." : "'conditions' or an 'expression' is required.");
        if (at["conditions"].AsArray is not { } conditions) yield break;
        for (var i = 0; i < conditions.Count; i++)
            if (conditions[i]["operator"].AsString is { } word && Operators.NeedsRight(word) && conditions[i].AsObject?.Contains("right") == false)
                yield return ($"{pointer}/conditions/{i}", $"The operator '{word}' needs a 'right' value.");
    }

    private static bool Holds(NodeContext context, int item, ParameterTree at, ParameterTree condition)
    {
        var word = Word(context, item, condition, "operator") ?? "";
        var comparison = new Comparison(
            Value(context, item, condition["left"]),
            Value(context, item, condition["right"]),
            Flag(context, item, condition["ignoreCase"] ?? at["ignoreCase"]),
            Flag(context, item, condition["convertTypes"] ?? at["convertTypes"]),
            context.ScopeFor(item).TimeZone);
        try
        {
            return Operators.Apply(word, comparison);
        }
        catch (ComparisonException e)
        {
            throw DataErrors.Mismatch($"{e.Message} ('{context.Node.Id}' → {condition.Pointer.TrimStart('/').Replace('/', '.')})");
        }
    }

    private static Value Value(NodeContext context, int item, ParameterTree? tree) => tree is null ? default : context.Evaluate(item, tree);

    private static string? Word(NodeContext context, int item, ParameterTree at, string name) =>
        at[name] is { } tree ? context.Evaluate(item, tree).AsString : null;

    private static bool Flag(NodeContext context, int item, ParameterTree? tree)
    {
        var value = Value(context, item, tree);
        return value.IsBoolean && value.AsBoolean;
    }
}
