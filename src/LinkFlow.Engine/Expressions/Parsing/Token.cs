namespace LinkFlow.Engine.Expressions.Parsing;

internal enum TokenKind : byte
{
    End,
    Name,
    Number,
    String,
    Regex,
    Punctuator,

    /// <summary>The opening back-tick; chunks and the tokens of the parts follow, then <see cref="TemplateEnd"/>.</summary>
    TemplateStart,
    TemplateChunk,
    TemplateEnd,
}

/// <summary>A word of the language.</summary>
internal sealed class Token
{
    public required TokenKind Kind { get; init; }

    /// <summary>The name or punctuator; a string's or chunk's value with escapes resolved; a regular expression's pattern.</summary>
    public required string Text { get; init; }

    /// <summary>Characters from the start of the parameter's text.</summary>
    public required int Position { get; init; }

    /// <summary>Where it ends, exclusive.</summary>
    public required int End { get; init; }

    /// <summary>A line break precedes it, which may end a statement.</summary>
    public bool AfterLineBreak { get; init; }
    public double Number { get; init; }

    /// <summary>A chunk as written, or a regular expression's flags.</summary>
    public string Raw { get; init; } = "";

    /// <summary>What is wrong with a chunk's escapes; it counts unless the template is raw.</summary>
    public ExpressionException? Error { get; init; }

    /// <summary>For an opening bracket, the index of the token that closes it.</summary>
    public int Match { get; set; } = -1;

    public bool Is(string punctuator) => Kind == TokenKind.Punctuator && Text == punctuator;
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;
}
