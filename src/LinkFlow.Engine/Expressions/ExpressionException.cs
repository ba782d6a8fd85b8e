namespace LinkFlow.Engine.Expressions;

/// <summary>An expression cannot be compiled or evaluated.</summary>
/// <param name="code">SYNTAX, UNKNOWN_NAME, TYPE, LIMIT, … Stable.</param>
/// <param name="message">For the user: what is wrong and what would be right.</param>
/// <param name="position">Characters from the start of the parameter's text; −1: unknown.</param>
public sealed class ExpressionException(string code, string message, int position = -1) : Exception(message)
{
    public string Code { get; } = code;
    public int Position { get; } = position;
}
