using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Parameters;

/// <summary>Checks on parameters that are read before anything runs, so that they cannot be expressions.</summary>
internal static class Literals
{
    public static bool IsExpression(Value value) => value.AsString is { } text && Template.IsTemplate(text);

    /// <summary>An error for each of these parameters that is an expression.</summary>
    public static IEnumerable<(string Pointer, string Message)> Require(ObjectValue parameters, string why, params string[] names) =>
        names.Where(n => IsExpression(parameters[n])).Select(n => ($"/{n}", $"'{n}' cannot be an expression: {why}."));
}
