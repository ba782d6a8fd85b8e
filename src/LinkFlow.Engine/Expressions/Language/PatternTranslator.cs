using System.Globalization;
using System.Text;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>
/// Rewrites an ECMAScript regular expression into .NET's syntax, so that it means the same: character classes are
/// ASCII, <c>$</c> is the very end, groups are numbered from left to right whether named or not, and a reference
/// to a group that took no part matches nothing.
/// </summary>
internal sealed class PatternTranslator
{
    private const string Spaces = @"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
    private const string NotSpaces = @"\0-\u0008\u000e-\u001f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff";

    private readonly string _pattern;
    private readonly bool _dotAll;
    private readonly bool _multiline;
    private readonly bool _unicode;
    private readonly bool _sets;
    private readonly Dictionary<string, int> _names = [];
    private readonly StringBuilder _result = new();
    private int _at;
    private int _groups;

    private PatternTranslator(string pattern, string flags)
    {
        _pattern = pattern;
        _dotAll = flags.Contains('s', StringComparison.Ordinal);
        _multiline = flags.Contains('m', StringComparison.Ordinal);
        _sets = flags.Contains('v', StringComparison.Ordinal);
        _unicode = _sets || flags.Contains('u', StringComparison.Ordinal);
        NumberNames();
    }

    /// <exception cref="ArgumentException">The pattern is not valid.</exception>
    public static (string Pattern, IReadOnlyDictionary<string, int> Names) Translate(string pattern, string flags)
    {
        var translator = new PatternTranslator(pattern, flags);
        while (translator._at < pattern.Length) translator.Next();
        return (translator._result.ToString(), translator._names);
    }

    /// <summary>Counts the groups first, because a reference may stand before its group.</summary>
    private void NumberNames()
    {
        var inClass = false;
        for (var i = 0; i < _pattern.Length; i++)
        {
            var c = _pattern[i];
            if (c == '\\') i++;
            else if (c == '[') inClass = true;
            else if (c == ']') inClass = false;
            else if (c == '(' && !inClass && IsCapture(i))
            {
                _groups++;
                if (!StartsWith(i, "(?<")) continue;
                var end = _pattern.IndexOf('>', i);
                var name = end < 0 ? "" : _pattern[(i + 3)..end];
                if (name.Length == 0 || !name.All(x => char.IsLetterOrDigit(x) || x is '_' or '$') || !_names.TryAdd(name, _groups))
                    throw new ArgumentException("the name of a group is missing, not valid or not unique");
            }
        }

        GroupCount = _groups;
        _groups = 0;
    }

    private int GroupCount { get; set; }

    private bool IsCapture(int at) => !StartsWith(at, "(?") || (StartsWith(at, "(?<") && !StartsWith(at, "(?<=") && !StartsWith(at, "(?<!"));
    private bool StartsWith(int at, string text) => string.CompareOrdinal(_pattern, at, text, 0, text.Length) == 0;

    private void Next()
    {
        var c = _pattern[_at];
        switch (c)
        {
            case '\\': Escape(); return;
            case '[': Class(); return;
            case '(': Group(); return;
            case '.': _result.Append(Dot()); break;
            case '^': _result.Append(_multiline ? "(?m:^)" : "^"); break;
            case '$': _result.Append(_multiline ? "(?m:$)" : @"\z"); break;
            case '{' when !IsQuantifier():
                if (_unicode) throw new ArgumentException("a '{' stands alone");
                _result.Append(@"\{");
                break;
            case '#' or ' ': _result.Append('\\').Append(c); break;
            default:
                if (_unicode && char.IsHighSurrogate(c) && _at + 1 < _pattern.Length && char.IsLowSurrogate(_pattern[_at + 1])) _result.Append("(?:").Append(c).Append(_pattern[++_at]).Append(')');
                else _result.Append(c);
                break;
        }

        _at++;
    }

    private string Dot() => (_dotAll, _unicode) switch
    {
        (true, false) => @"[\s\S]",
        (true, true) => @"(?:[\ud800-\udbff][\udc00-\udfff]|[\s\S])",
        (false, false) => @"[^\n\r\u2028\u2029]",
        (false, true) => @"(?:[\ud800-\udbff][\udc00-\udfff]|[^\n\r\u2028\u2029])",
    };

    private bool IsQuantifier()
    {
        var end = _pattern.IndexOf('}', _at);
        return end > _at + 1 && char.IsAsciiDigit(_pattern[_at + 1]) && _pattern[(_at + 1)..end].All(x => char.IsAsciiDigit(x) || x == ',');
    }

    private void Group()
    {
        if (!IsCapture(_at))
        {
            var kind = Array.Find(["(?:", "(?=", "(?!", "(?<=", "(?<!"], k => StartsWith(_at, k)) ?? throw new ArgumentException("a '(?' is followed by something unknown");
            _result.Append(kind);
            _at += kind.Length;
            return;
        }

        _result.Append(CultureInfo.InvariantCulture, $"(?<{++_groups}>");
        _at = StartsWith(_at, "(?<") ? _pattern.IndexOf('>', _at) + 1 : _at + 1;
    }

    private void Escape()
    {
        if (_at + 1 >= _pattern.Length) throw new ArgumentException("a '\\' stands at the end");
        var c = _pattern[_at + 1];
        if (c is >= '1' and <= '9' && Reference()) return;
        if (c == 'k' && _names.Count > 0)
        {
            var end = _pattern.IndexOf('>', _at);
            if (end < 0 || !StartsWith(_at, @"\k<") || !_names.TryGetValue(_pattern[(_at + 3)..end], out var group)) throw new ArgumentException("a '\\k' refers to no group");
            AppendReference(group);
            _at = end + 1;
            return;
        }

        if (c is 'b' or 'B')
        {
            // Differs from ECMAScript's only next to letters beyond ASCII, and keeps the search linear.
            _result.Append('\\').Append(c);
            _at += 2;
            return;
        }

        _result.Append(One(inClass: false));
    }

    private bool Reference()
    {
        var end = _at + 1;
        while (end < _pattern.Length && char.IsAsciiDigit(_pattern[end])) end++;
        if (!int.TryParse(_pattern.AsSpan(_at + 1, end - _at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var group) || group > GroupCount) return false;
        AppendReference(group);
        _at = end;
        return true;
    }

    private void AppendReference(int group) => _result.Append(CultureInfo.InvariantCulture, $@"(?:(?({group})\k<{group}>))");

    private void Class()
    {
        _at++;
        var negated = _at < _pattern.Length && _pattern[_at] == '^';
        if (negated) _at++;
        var members = new StringBuilder();
        while (true)
        {
            if (_at >= _pattern.Length) throw new ArgumentException("a '[' is not closed");
            var c = _pattern[_at];
            if (c == ']') break;
            if (_sets && (c == '[' || StartsWith(_at, "--") || StartsWith(_at, "&&") || StartsWith(_at, @"\q"))) throw new ArgumentException("a class within a class, '--', '&&' and '\\q' are not supported");
            if (c == '\\')
            {
                if (_at + 1 >= _pattern.Length) throw new ArgumentException("a '\\' stands at the end");
                members.Append(One(inClass: true));
                continue;
            }

            if (c == '[') members.Append(@"\[");
            else if (c == '-' && (members.Length == 0 || _at + 1 >= _pattern.Length || _pattern[_at + 1] == ']')) members.Append(@"\-");
            else if (c == '^' && members.Length == 0) members.Append(@"\^");
            else members.Append(c);
            _at++;
        }

        _at++;
        if (members.Length == 0) _result.Append(negated ? @"[\s\S]" : "(?!)");
        else _result.Append(negated ? "[^" : "[").Append(members).Append(']');
    }

    /// <summary>An escape that stands for one character or a set of them.</summary>
    private string One(bool inClass)
    {
        var c = _pattern[_at + 1];
        _at += 2;
        switch (c)
        {
            case 'd': return inClass ? "0-9" : "[0-9]";
            case 'D': return inClass ? @"\0-/:-\uffff" : "[^0-9]";
            case 'w': return inClass ? "A-Za-z0-9_" : "[A-Za-z0-9_]";
            case 'W': return inClass ? @"\0-/:-@\[-\^`{-\uffff" : "[^A-Za-z0-9_]";
            case 's': return inClass ? Spaces : $"[{Spaces}]";
            case 'S': return inClass ? NotSpaces : $"[^{Spaces}]";
            case 'b': return @"\u0008";
            case 'n' or 'r' or 't' or 'f' or 'v': return $@"\{c}";
            case '0': return @"\u0000";
            case 'c' when _at < _pattern.Length && char.IsAsciiLetter(_pattern[_at]): return Code(_pattern[_at++] % 32);
            case 'x' when Hex(2) is { } code: return Code(code);
            case 'u' when _unicode && _at < _pattern.Length && _pattern[_at] == '{': return CodePoint();
            case 'u' when Hex(4) is { } code: return Code(code);
            case 'p' or 'P' when _unicode: return Property(c);
            default: return char.IsAsciiLetterOrDigit(c) ? c.ToString() : $@"\{c}";
        }
    }

    private static string Code(int code) => string.Create(CultureInfo.InvariantCulture, $@"\u{code:x4}");

    private int? Hex(int digits)
    {
        if (_at + digits > _pattern.Length || !int.TryParse(_pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return null;
        _at += digits;
        return code;
    }

    private string CodePoint()
    {
        var end = _pattern.IndexOf('}', _at);
        if (end < 0 || !int.TryParse(_pattern.AsSpan(_at + 1, end - _at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF))
            throw new ArgumentException("a '\\u{…}' is not a code point");
        _at = end + 1;
        return code < 0x10000 ? Code(code) : string.Concat(char.ConvertFromUtf32(code).Select(x => Code(x)));
    }

    private string Property(char c)
    {
        var end = _pattern.IndexOf('}', _at);
        if (end < 0 || _pattern[_at] != '{') throw new ArgumentException("a '\\p' needs a property in braces");
        var name = _pattern[(_at + 1)..end];
        _at = end + 1;
        var category = name[(name.IndexOf('=', StringComparison.Ordinal) + 1)..] switch
        {
            "Letter" or "Alphabetic" => "L",
            "Uppercase_Letter" or "Uppercase" => "Lu",
            "Lowercase_Letter" or "Lowercase" => "Ll",
            "Number" => "N",
            "Decimal_Number" => "Nd",
            "Punctuation" => "P",
            "Symbol" => "S",
            "Separator" or "White_Space" => "Z",
            "Mark" => "M",
            "Greek" => "IsGreek",
            "Cyrillic" => "IsCyrillic",
            "Hebrew" => "IsHebrew",
            "Arabic" => "IsArabic",
            "Thai" => "IsThai",
            "Hiragana" => "IsHiragana",
            "Katakana" => "IsKatakana",
            "Han" => "IsCJKUnifiedIdeographs",
            { Length: <= 2 } known => known,
            _ => throw new ArgumentException($"the property '{name}' is not supported"),
        };
        return $@"\{c}{{{category}}}";
    }
}
