using System.Globalization;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;

namespace LinkFlow.Engine.Expressions.Time.Reading;

/// <summary>What one token of a format accepts, and the number that it stands for.</summary>
/// <param name="Letter">Of the token; 0 for text that stands for itself.</param>
internal sealed record TokenPattern(char Letter, string Pattern, Func<string, double> Number)
{
    public static TokenPattern Of(FormatToken token, Locale locale) => token.IsLiteral ? Literal(token) : token.Text switch
    {
        "G" => OneOf(token, Eras(locale, "short"), 0),
        "GG" => OneOf(token, Eras(locale, "long"), 0),
        "y" => Digits(token, "{1,6}"),
        "yy" or "kk" => Digits(token, "{2,4}") with { Number = text => MailDateReader.FullYear(Parsed(text)) },
        "yyyy" or "kkkk" => Digits(token, "{4}"),
        "yyyyy" => Digits(token, "{4,6}"),
        "yyyyyy" => Digits(token, "{6}"),
        "M" or "L" or "d" or "H" or "h" or "m" or "q" or "s" or "W" => Digits(token, "{1,2}"),
        "MM" or "LL" or "dd" or "HH" or "hh" or "mm" or "qq" or "ss" or "WW" => Digits(token, "{2}"),
        "MMM" or "LLL" => OneOf(token, Months(locale, "short", token.Text[0] == 'L'), 1),
        "MMMM" or "LLLL" => OneOf(token, Months(locale, "long", token.Text[0] == 'L'), 1),
        "o" or "S" => Digits(token, "{1,3}"),
        "ooo" or "SSS" => Digits(token, "{3}"),
        "u" => Digits(token, "{1,9}") with { Number = IsoReader.Millis },
        "uu" => Digits(token, "{1,2}") with { Number = IsoReader.Millis },
        "uuu" => Digits(token, "") with { Number = IsoReader.Millis },
        "a" => OneOf(token, [locale.DayPeriod(0), locale.DayPeriod(12)], 0),
        "E" or "c" => Digits(token, ""),
        "EEE" or "ccc" => OneOf(token, Weekdays(locale, "short", token.Text[0] == 'c'), 1),
        "EEEE" or "cccc" => OneOf(token, Weekdays(locale, "long", token.Text[0] == 'c'), 1),
        "Z" or "ZZ" => new('Z', "[+-][0-9]{1,2}(?::[0-9]{2})?", Offset),
        "ZZZ" => new('Z', "[+-][0-9]{1,2}(?:[0-9]{2})?", Offset),
        "z" => new('z', "[a-z_+,./-]{1,100}?", _ => double.NaN),
        " " => new('\0', @"[^\S\n\r]", _ => double.NaN),
        _ => Literal(token),
    };

    private static TokenPattern Literal(FormatToken token) => new('\0', Regex.Escape(token.Text), _ => double.NaN);

    private static TokenPattern Digits(FormatToken token, string count) => new(token.Text[0], "[0-9]" + count, Parsed);

    private static double Parsed(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Points may be missing, and any white space stands for a blank.</summary>
    private static TokenPattern OneOf(FormatToken token, string[] names, int first) => new(
        token.Text[0],
        string.Join('|', names.Select(n => string.Concat(n.Select(c => c == '.' ? "\\.?" : char.IsWhiteSpace(c) ? "\\s" : Regex.Escape(c.ToString()))))),
        text => Array.FindIndex(names, n => Plain(n).Equals(Plain(text), StringComparison.OrdinalIgnoreCase)) + first);

    private static string Plain(string name) => string.Concat(name.Where(c => c != '.').Select(c => char.IsWhiteSpace(c) ? ' ' : c));

    /// <summary>Minutes of <c>+5</c>, <c>+05:30</c> and <c>+0530</c>.</summary>
    private static double Offset(string text)
    {
        var digits = text.AsSpan(1);
        var colon = digits.IndexOf(':');
        var hours = colon >= 0 ? colon : digits.Length > 2 ? digits.Length - 2 : digits.Length;
        return IsoReader.Offset(text.AsSpan(0, hours + 1), colon >= 0 ? digits[(colon + 1)..] : digits[hours..]);
    }

    private static string[] Months(Locale locale, string length, bool standalone) => Enumerable.Range(1, 12).Select(m => locale.Month(m, length, standalone)).ToArray();
    private static string[] Weekdays(Locale locale, string length, bool standalone) => Enumerable.Range(1, 7).Select(d => locale.Weekday(d, length, standalone)).ToArray();
    private static string[] Eras(Locale locale, string length) => [locale.Era(-1, length), locale.Era(1, length)];
}
