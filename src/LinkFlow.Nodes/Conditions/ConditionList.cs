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
    public static bool Holds(NodeContext context, int item, ParameterTree at) => Holds(new ItemOfRun(context, item), at);

    /// <param name="at">The object that holds the conditions.</param>
    /// <exception cref="NodeException">They cannot be evaluated in this scope.</exception>
    public static bool Holds<T>(T scope, ParameterTree at)
        where T : struct, IConditionScope
    {
        if (at["conditions"] is { } list)
        {
            var any = Word(scope, at, "combine") == "or";
            foreach (var condition in list.Elements)
                if (Holds(scope, at, condition) == any) return any;
            return !any;
        }

        if (at["expression"] is not { } expression) throw new NodeException(NodeErrorCodes.ParameterInvalid, $"'{scope.NodeId}' has neither 'conditions' nor an 'expression'.");
        var value = scope.Evaluate(expression);
        if (value.IsBoolean) return value.AsBoolean;
        throw DataErrors.Mismatch($"The expression of '{scope.NodeId}' must come out true or false, but came out as {ParameterReading.Describe(value)}. Write a comparison, such as {{{{ $json.total > 100 }}}}.");
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

    private static bool Holds<T>(T scope, ParameterTree at, ParameterTree condition)
        where T : struct, IConditionScope
    {
        var word = Word(scope, condition, "operator") ?? "";
        var comparison = new Comparison(
            Value(scope, condition["left"]),
            Value(scope, condition["right"]),
            Flag(scope, condition["ignoreCase"] ?? at["ignoreCase"]),
            Flag(scope, condition["convertTypes"] ?? at["convertTypes"]),
            scope.TimeZone);
        try
        {
            return Operators.Apply(word, comparison);
        }
        catch (ComparisonException e)
        {
            throw DataErrors.Mismatch($"{e.Message} ('{scope.NodeId}' → {condition.Pointer.TrimStart('/').Replace('/', '.')})");
        }
    }

    private static Value Value<T>(T scope, ParameterTree? tree)
        where T : struct, IConditionScope => tree is null ? default : scope.Evaluate(tree);

    private static string? Word<T>(T scope, ParameterTree at, string name)
        where T : struct, IConditionScope => at[name] is { } tree ? scope.Evaluate(tree).AsString : null;

    private static bool Flag<T>(T scope, ParameterTree? tree)
        where T : struct, IConditionScope
    {
        var value = Value(scope, tree);
        return value.IsBoolean && value.AsBoolean;
    }

    private readonly struct ItemOfRun(NodeContext context, int item) : IConditionScope
    {
        public string NodeId => context.Node.Id;
        public string TimeZone => context.ScopeFor(item).TimeZone;
        public Value Evaluate(ParameterTree tree) => context.Evaluate(item, tree);
    }
}
