using System.Globalization;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary>Cuts a query into tokens.</summary>
internal static class JmesLexer
{
    private static readonly (string Text, JmesTokenKind Kind)[] Signs =
    [
        ("[?", JmesTokenKind.Filter), ("[]", JmesTokenKind.Flatten), ("||", JmesTokenKind.Or), ("&&", JmesTokenKind.And), ("==", JmesTokenKind.Equal), ("!=", JmesTokenKind.NotEqual),
        ("<=", JmesTokenKind.LessOrEqual), (">=", JmesTokenKind.GreaterOrEqual), ("<", JmesTokenKind.Less), (">", JmesTokenKind.Greater), ("!", JmesTokenKind.Not), ("&", JmesTokenKind.Ampersand),
        ("|", JmesTokenKind.Pipe), ("*", JmesTokenKind.Star), (".", JmesTokenKind.Dot), (":", JmesTokenKind.Colon), (",", JmesTokenKind.Comma), ("@", JmesTokenKind.At),
        ("(", JmesTokenKind.OpenParen), (")", JmesTokenKind.CloseParen), ("{", JmesTokenKind.OpenBrace), ("}", JmesTokenKind.CloseBrace), ("[", JmesTokenKind.OpenBracket), ("]", JmesTokenKind.CloseBracket),
    ];

    /// <summary>The last token is the end.</summary>
    /// <exception cref="ExpressionException">A character or a literal is not of JMESPath.</exception>
    public static List<JmesToken> Read(string query)
    {
        List<JmesToken> tokens = [];
        for (var at = 0; at < query.Length;)
        {
            var c = query[at];
            if (c is ' ' or '\t' or '\n' or '\r') at++;
            else tokens.Add(Next(query, ref at));
        }

        tokens.Add(new JmesToken(JmesTokenKind.End, "the end", query.Length));
        return tokens;
    }

    private static JmesToken Next(string query, ref int at)
    {
        var (start, c) = (at, query[at]);
        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (at < query.Length && (char.IsAsciiLetterOrDigit(query[at]) || query[at] == '_')) at++;
            return new JmesToken(JmesTokenKind.Name, query[start..at], start);
        }

        if (char.IsAsciiDigit(c) || c == '-') return Number(query, ref at);
        switch (c)
        {
            case '"':
                var quoted = Delimited(query, ref at, "a closing quote");
                return new JmesToken(JmesTokenKind.QuotedName, Json(quoted, query, start).AsString!, start);
            case '\'':
                var raw = Delimited(query, ref at, "a closing quote");
                return new JmesToken(JmesTokenKind.Literal, raw, start, Raw(raw[1..^1]));
            case '`':
                var literal = Delimited(query, ref at, "a closing backtick");
                return new JmesToken(JmesTokenKind.Literal, literal, start, Literal(literal[1..^1].Replace("\\`", "`", StringComparison.Ordinal), query, start));
        }

        foreach (var (text, kind) in Signs)
        {
            if (string.CompareOrdinal(query, at, text, 0, text.Length) != 0) continue;
            at += text.Length;
            return new JmesToken(kind, text, start);
        }

        throw JmesError.Syntax(query, start, c == '=' ? "'=' is no operator of JMESPath; '==' compares" : $"'{c}' is not of JMESPath");
    }

    private static JmesToken Number(string query, ref int at)
    {
        var start = at++;
        while (at < query.Length && char.IsAsciiDigit(query[at])) at++;
        var text = query[start..at];
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new JmesToken(JmesTokenKind.Number, text, start, number)
            : throw JmesError.Syntax(query, start, $"'{text}' is not an index");
    }

    /// <summary>With its delimiters; a backslash keeps the character behind it from closing.</summary>
    private static string Delimited(string query, ref int at, string closing)
    {
        var (start, delimiter) = (at, query[at]);
        for (at++; at < query.Length; at++)
        {
            if (query[at] == '\\') at++;
            else if (query[at] == delimiter) return query[start..++at];
        }

        throw JmesError.Syntax(query, start, $"{closing} is missing");
    }

    /// <summary>Only an escaped quote is something else than it looks.</summary>
    private static string Raw(string text) => text.Replace("\\'", "'", StringComparison.Ordinal);

    private static Value Literal(string text, string query, int position) => Json(text.Trim(' ', '\t', '\n', '\r'), query, position);

    private static Value Json(string text, string query, int position)
    {
        try
        {
            return JsonText.Parse(text).Freeze();
        }
        catch (JsonTextException e)
        {
            throw JmesError.Syntax(query, position, $"this is not JSON: {e.Message.TrimEnd('.')}");
        }
    }
}
