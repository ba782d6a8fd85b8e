using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Language;

namespace LinkFlow.Engine.Expressions.Parsing;

/// <summary>
/// Cuts one expression into tokens, and finds where it ends: at the first <c>}}</c> outside of its strings,
/// templates, regular expressions, brackets and braces. Whether a slash divides or begins a regular expression
/// follows from the token before it.
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] Punctuators =
    [
        ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.",
        "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**",
        "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "?", ":", "=", ".",
    ];

    private static readonly string[] NamesBeforeOperand = ["return", "typeof", "in", "of", "instanceof", "new", "void", "delete", "case", "else", "throw"];

    private readonly string _text;
    private readonly int _start;
    private readonly List<Token> _tokens = [];
    private readonly Stack<(char Bracket, int Token)> _open = [];
    private int _at;
    private bool _afterLineBreak;

    /// <summary>The bracket before closed a block or a condition, so that what follows is not divided.</summary>
    private bool _afterBlock;

    private Lexer(string text, int start)
    {
        _text = text;
        _start = _at = start;
    }

    /// <param name="start">Just behind the opening braces.</param>
    /// <returns>The tokens, the last one of kind End at the closing braces.</returns>
    /// <exception cref="ExpressionException">Not a token of the language, a bracket that does not fit, or no closing braces.</exception>
    public static List<Token> Read(string text, int start)
    {
        var lexer = new Lexer(text, start);
        while (lexer.ReadToken()) { }
        return lexer._tokens;
    }

    private bool ReadToken()
    {
        SkipBlanks();
        if (_at >= _text.Length) throw Unclosed();
        var c = _text[_at];
        if (c == '}' && _open.Count == 0)
        {
            if (Peek(1) != '}') throw Error("There is a '}' too many, or one of the two that end the expression is missing.", _at);
            Add(TokenKind.End, "", _at, _at);
            return false;
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1)))) ReadNumber();
        else if (IsNameStart(c)) ReadName();
        else if (c is '"' or '\'') ReadString(c);
        else if (c == '`')
        {
            _open.Push(('`', _tokens.Count));
            Add(TokenKind.TemplateStart, "`", _at, ++_at);
            ReadChunk();
        }
        else if (c == '/' && OperandMayFollow()) ReadRegex();
        else ReadPunctuator();
        return true;
    }

    private void SkipBlanks()
    {
        _afterLineBreak = false;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c is '\n' or '\r' or '\u2028' or '\u2029') _afterLineBreak = true;
            if (Coercion.IsSpace(c)) _at++;
            else if (c == '/' && Peek(1) == '/')
            {
                while (_at < _text.Length && _text[_at] is not ('\n' or '\r' or '\u2028' or '\u2029')) _at++;
            }
            else if (c == '/' && Peek(1) == '*')
            {
                var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                if (end < 0) throw Error("This comment is not closed by '*/'.", _at);
                _at = end + 2;
            }
            else return;
        }
    }

    private void ReadNumber()
    {
        var start = _at;
        var radix = _text[_at] != '0' ? 10 : char.ToLowerInvariant(Peek(1)) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 };
        double number;
        if (radix == 10)
        {
            if (_text[_at] == '0' && (char.IsAsciiDigit(Peek(1)) || Peek(1) == '_')) throw Error("A number cannot begin with a zero; an octal one begins with '0o'.", start);
            Digits();
            if (Peek(0) == '.')
            {
                _at++;
                Digits();
            }

            if (Peek(0) is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
            {
                _at += 2;
                Digits();
            }

            number = double.Parse(_text[start.._at].Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        else
        {
            _at += 2;
            number = 0;
            var first = _at;
            for (; Digit(0) < radix || (Peek(0) == '_' && _at > first && Digit(1) < radix); _at++)
                if (Peek(0) != '_') number = (number * radix) + Digit(0);
            if (_at == first) throw Error("A digit is missing in this number.", start);
        }

        if (Peek(0) == 'n') throw Error("BigInt numbers are not supported: leave the 'n' out.", start);
        if (IsNamePart(Peek(0))) throw Error("A name cannot follow a number directly.", _at);
        _tokens.Add(new Token { Kind = TokenKind.Number, Text = "", Number = number, Position = start, End = _at, AfterLineBreak = _afterLineBreak });
    }

    private void Digits()
    {
        while (char.IsAsciiDigit(Peek(0)) || (Peek(0) == '_' && char.IsAsciiDigit(Peek(1)) && char.IsAsciiDigit(_text[_at - 1]))) _at++;
    }

    /// <summary>The value of a digit of any radix up to 16; a great number for what is none.</summary>
    private int Digit(int ahead) => char.IsAsciiHexDigit(Peek(ahead)) ? Convert.ToInt32(Peek(ahead).ToString(), 16) : int.MaxValue;

    private void ReadName()
    {
        var start = _at;
        while (IsNamePart(Peek(0))) _at++;
        Add(TokenKind.Name, _text[start.._at], start, _at);
    }

    private void ReadString(char quote)
    {
        var start = _at++;
        var value = new StringBuilder();
        while (Peek(0) != quote)
        {
            if (_at >= _text.Length || _text[_at] is '\n' or '\r') throw Error($"This string is not closed by {quote}.", start);
            if (_text[_at] == '\\') ReadEscape(value);
            else value.Append(_text[_at++]);
        }

        _at++;
        Add(TokenKind.String, value.ToString(), start, _at);
    }

    private void ReadEscape(StringBuilder value)
    {
        var start = _at;
        var c = Peek(1);
        _at += 2;
        switch (c)
        {
            case 'n': value.Append('\n'); break;
            case 't': value.Append('\t'); break;
            case 'r': value.Append('\r'); break;
            case 'b': value.Append('\b'); break;
            case 'f': value.Append('\f'); break;
            case 'v': value.Append('\v'); break;
            case '0' when !char.IsAsciiDigit(Peek(0)): value.Append('\0'); break;
            case >= '0' and <= '9': throw Error("Octal escapes are not allowed.", start);
            case 'x': value.Append((char)Hex(2, start)); break;
            case 'u' when Peek(0) == '{':
                var point = CodePoint(start);
                if (point < 0x10000) value.Append((char)point);
                else value.Append(char.ConvertFromUtf32(point));
                break;
            case 'u': value.Append((char)Hex(4, start)); break;
            case '\r' when Peek(0) == '\n': _at++; break;
            case '\n' or '\r' or '\u2028' or '\u2029': break;
            default: value.Append(c); break;
        }
    }

    private int Hex(int digits, int start)
    {
        if (_at + digits > _text.Length || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
            throw Error("This escape needs hexadecimal digits.", start);
        _at += digits;
        return number;
    }

    /// <summary>What stands in the braces of <c>\u{…}</c>.</summary>
    private int CodePoint(int start)
    {
        var point = 0;
        var first = ++_at;
        for (; Peek(0) != '}' && point <= 0x10FFFF; _at++) point = Digit(0) < 16 ? (point * 16) + Digit(0) : int.MaxValue;
        if (point > 0x10FFFF || _at++ == first) throw Error("This is not a Unicode escape: \\u{0} to \\u{10FFFF}.", start);
        return point;
    }

    /// <summary>A template's text up to its next part or its end.</summary>
    private void ReadChunk()
    {
        var start = _at;
        var value = new StringBuilder();
        ExpressionException? error = null;
        while (true)
        {
            if (_at >= _text.Length) throw Error("This template is not closed by `.", _tokens[_open.Peek().Token].Position);
            var c = _text[_at];
            if (c == '`' || (c == '$' && Peek(1) == '{')) break;
            if (c == '\\')
            {
                var wrong = TryReadEscape(value);
                error ??= wrong;
            }
            else
            {
                if (c == '\r' && Peek(1) == '\n') _at++;
                value.Append(c == '\r' ? '\n' : c);
                _at++;
            }
        }

        _tokens.Add(new Token { Kind = TokenKind.TemplateChunk, Text = value.ToString(), Raw = _text[start.._at].Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'), Error = error, Position = start, End = _at });
        if (_text[_at] == '`')
        {
            _open.Pop();
            Add(TokenKind.TemplateEnd, "`", _at, ++_at);
            return;
        }

        _open.Push(('$', _tokens.Count - 1));
        _at += 2;
    }

    /// <summary>String.raw takes what is no escape as it is, so only the parser knows whether the error counts.</summary>
    private ExpressionException? TryReadEscape(StringBuilder value)
    {
        var start = _at;
        try
        {
            ReadEscape(value);
            return null;
        }
        catch (ExpressionException e)
        {
            _at = start + 2;
            return e;
        }
    }

    private void ReadRegex()
    {
        var start = _at++;
        for (var inClass = false; Peek(0) != '/' || inClass; _at++)
        {
            if (_at >= _text.Length || _text[_at] is '\n' or '\r') throw Error("This regular expression is not closed by '/'.", start);
            if (_text[_at] == '\\') _at++;
            else if (_text[_at] == '[') inClass = true;
            else if (_text[_at] == ']') inClass = false;
        }

        var pattern = _text[(start + 1).._at++];
        var flags = _at;
        while (IsNamePart(Peek(0))) _at++;
        _tokens.Add(new Token { Kind = TokenKind.Regex, Text = pattern, Raw = _text[flags.._at], Position = start, End = _at, AfterLineBreak = _afterLineBreak });
    }

    private void ReadPunctuator()
    {
        var start = _at;
        var text = Array.Find(Punctuators, p => string.CompareOrdinal(_text, start, p, 0, p.Length) == 0 && !(p == "?." && char.IsAsciiDigit(Peek(2))))
            ?? throw Error($"The character '{_text[_at]}' is not part of the language.", _at);
        if (text is "(" or "[" or "{") _open.Push((text[0], _tokens.Count));
        var closes = text is ")" or "]" or "}";
        var opening = -1;
        if (closes && Close(text[0], out opening)) return;
        _at += text.Length;
        Add(TokenKind.Punctuator, text, start, _at);
        _afterBlock = closes && EndsBlock(text, opening);
    }

    /// <summary>Matches a closing bracket with the one that it closes.</summary>
    /// <returns>True when it ended a part of a template, whose next chunk has then been read.</returns>
    private bool Close(char bracket, out int opening)
    {
        if (_open.Count == 0) throw Error($"There is a '{bracket}' too many.", _at);
        (var open, opening) = _open.Pop();
        if (open == '$' && bracket == '}')
        {
            _at++;
            ReadChunk();
            return true;
        }

        var expected = open switch { '(' => ')', '[' => ']', _ => '}' };
        if (bracket != expected) throw Error($"A '{expected}' is missing before this '{bracket}'.", _at);
        _tokens[opening].Match = _tokens.Count;
        return false;
    }

    /// <summary>Whether a slash behind this closing bracket begins a regular expression: it closed a block, or the condition of a statement.</summary>
    private bool EndsBlock(string bracket, int opening)
    {
        if (opening <= 0) return false;
        var before = _tokens[opening - 1];
        return bracket switch
        {
            "}" => before.Kind == TokenKind.Name ? before.Text is "else" or "do" or "try" or "finally" or "catch" : before.Kind == TokenKind.Punctuator && before.Text is ")" or "=>" or ";" or "{" or "}",
            ")" => before.Kind == TokenKind.Name && before.Text is "if" or "while" or "for" && !(opening > 1 && _tokens[opening - 2].Text is "." or "?."),
            _ => false,
        };
    }

    private bool OperandMayFollow()
    {
        if (_tokens.Count == 0) return true;
        var last = _tokens[^1];
        return last.Kind switch
        {
            TokenKind.Punctuator => _afterBlock || last.Text is not (")" or "]" or "}"),
            TokenKind.TemplateChunk => true,
            TokenKind.Name => NamesBeforeOperand.Contains(last.Text) && !(_tokens.Count > 1 && _tokens[^2].Text is "." or "?."),
            _ => false,
        };
    }

    private void Add(TokenKind kind, string text, int position, int end) =>
        _tokens.Add(new Token { Kind = kind, Text = text, Position = position, End = end, AfterLineBreak = _afterLineBreak });

    private char Peek(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';
    private static bool IsNameStart(char c) => char.IsLetter(c) || c is '$' or '_';
    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '$' or '_' or '\u200C' or '\u200D' || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.ConnectorPunctuation;

    private ExpressionException Unclosed() => _open.Count > 0
        ? Error($"This '{(_open.Peek().Bracket == '$' ? "${" : _open.Peek().Bracket)}' is not closed.", _tokens[_open.Peek().Token].Position)
        : Error("This expression is not closed by '}}'. Write '\\{{' for braces that are text.", _start - 2);

    private static ExpressionException Error(string message, int position) => new(ExpressionErrorCodes.Syntax, message, position);
}
