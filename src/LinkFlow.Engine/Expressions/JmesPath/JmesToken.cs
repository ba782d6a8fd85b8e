using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary>What a piece of a query is.</summary>
internal enum JmesTokenKind
{
    End, Name, QuotedName, Literal, Number, Star, Dot, Colon, Comma, Pipe, Or, And, Not, Ampersand, At,
    OpenParen, CloseParen, OpenBrace, CloseBrace, OpenBracket, CloseBracket, Filter, Flatten,
    Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual,
}

/// <param name="Text">As a message shows it; of a name, the name.</param>
/// <param name="Position">Characters from the start of the query.</param>
/// <param name="Value">Of a literal or number.</param>
internal readonly record struct JmesToken(JmesTokenKind Kind, string Text, int Position, Value Value = default);
