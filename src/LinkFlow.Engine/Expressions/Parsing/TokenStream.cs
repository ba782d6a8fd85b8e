using System.Runtime.CompilerServices;

namespace LinkFlow.Engine.Expressions.Parsing;

/// <summary>The tokens of one expression, read from left to right, and how deep the reading is nested.</summary>
internal sealed class TokenStream(string text, IReadOnlyList<Token> tokens)
{
    private int _at;
    private int _depth;

    public Token Current => tokens[_at];
    public int Index => _at;
    public Token At(int index) => tokens[Math.Min(index, tokens.Count - 1)];
    public Token Next() => tokens[Math.Min(_at + 1, tokens.Count - 1)];
    public string Source(int start, int end) => text[start..end];

    /// <summary>Where the token before the current one ends.</summary>
    public int LastEnd => _at == 0 ? 0 : tokens[_at - 1].End;

    public Token Take()
    {
        var token = tokens[_at];
        if (_at < tokens.Count - 1) _at++;
        return token;
    }

    public bool TakeIf(string punctuator)
    {
        if (!Current.Is(punctuator)) return false;
        Take();
        return true;
    }

    public bool TakeName(string name)
    {
        if (!Current.IsName(name)) return false;
        Take();
        return true;
    }

    public Token Expect(string punctuator) => Current.Is(punctuator) ? Take() : throw Unexpected($"'{punctuator}'");

    public void Enter()
    {
        if (++_depth > ExpressionLimits.MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new ExpressionException(ExpressionErrorCodes.Limit, $"The expression is nested too deeply: at most {ExpressionLimits.MaxNesting} levels are allowed.", Current.Position);
    }

    public void Leave() => _depth--;

    public ExpressionException Unexpected(string expected)
    {
        var found = Current.Kind switch
        {
            TokenKind.End => "the end of the expression",
            TokenKind.String => "a string",
            TokenKind.Number => "a number",
            TokenKind.Regex => "a regular expression",
            TokenKind.TemplateStart or TokenKind.TemplateChunk or TokenKind.TemplateEnd => "a template",
            _ => $"'{Current.Text}'",
        };
        return Error($"Expected {expected}, found {found}.", Current.Position);
    }

    public static ExpressionException Error(string message, int position) => new(ExpressionErrorCodes.Syntax, message, position);
}
