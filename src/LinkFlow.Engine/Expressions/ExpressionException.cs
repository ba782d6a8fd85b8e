using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions;

/// <summary>An expression cannot be compiled or evaluated.</summary>
/// <param name="code">One of <see cref="ExpressionErrorCodes"/>. Stable.</param>
/// <param name="message">For the user: what is wrong and what would be right.</param>
/// <param name="position">Characters from the start of the parameter's text; −1: unknown.</param>
public sealed class ExpressionException(string code, string message, int position = -1) : Exception(message)
{
    public string Code { get; } = code;
    public int Position { get; } = position;

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; private init; } = message;

    /// <summary>The expression's text, once known; empty before.</summary>
    public string Expression { get; private set; } = "";

    /// <summary>A JSON pointer relative to the node's parameters, once known; null before.</summary>
    public string? Pointer { get; private init; }

    /// <summary>What <c>throw</c> threw; undefined otherwise.</summary>
    internal Value Thrown { get; init; }

    /// <summary>Notes the expression that the error is in, for the filter of a catch: throwing it anew would cost as much again.</summary>
    /// <returns>False: the error goes on.</returns>
    internal bool Note(string expression)
    {
        Expression = expression;
        return false;
    }

    /// <summary>The same error, with the parameter that it is in; its message is left as it is.</summary>
    internal ExpressionException At(string pointer) => new(Code, Message, Position) { Reason = Reason, Expression = Expression, Pointer = pointer, Thrown = Thrown };

    /// <summary>The same error, its message naming the node (where known), the parameter, the position and the expression.</summary>
    internal ExpressionException InParameter(string pointer, string? node)
    {
        var parameter = pointer.TrimStart('/').Replace('/', '.').Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        var place = node is null ? $" in {parameter}" : $" in '{node}' → {parameter}";
        if (parameter.Length == 0) place = node is null ? "" : $" in '{node}'";
        if (Position >= 0) place += $" at {Position}";
        if (Expression.Length > 0) place += $": {Expression}";
        return new ExpressionException(Code, Reason.TrimEnd('.') + place, Position) { Reason = Reason, Expression = Expression, Pointer = pointer, Thrown = Thrown };
    }
}
