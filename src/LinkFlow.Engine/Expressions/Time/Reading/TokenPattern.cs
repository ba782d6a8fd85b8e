using System.Globalization;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;

namespace LinkFlow.Engine.Expressions.Time.Reading;

/// <summary>What one token of a format accepts, and the number that it stands for.</summary>
/// <param name="Letter">Of the token; 0 for text that stands for itself.</param>
/// <param name="Lengths">How much of a text it can take from a place on; what is tried first comes first.</param>
internal sealed record TokenPattern(char Letter, Func<string, int, IEnumerable<int>> Lengths, Func<string, double> Number)
{
    private const int LongestZone = 100;

    public static TokenPattern Of(FormatToken token, Locale locale) => token.IsLiteral ? Literal(token) : token.Text switch
    {
        "G" => OneOf(token, Eras(locale, "short"), 0),
        "GG" => OneOf(token, Eras(locale, "long"), 0),
        "y" => Digits(token, 1, 6),
        "yy" or "kk" => Digits(token, 2, 4) with { Number = text => MailDateReader.FullYear(Parsed(text)) },
        "yyyy" or "kkkk" => Digits(token, 4, 4),
        "yyyyy" => Digits(token, 4, 6),
        "yyyyyy" => Digits(token, 6, 6),
        "M" or "L" or "d" or "H" or "h" or "m" or "q" or "s" or "W" => Digits(token, 1, 2),
        "MM" or "LL" or "dd" or "HH" or "hh" or "mm" or "qq" or "ss" or "WW" => Digits(token, 2, 2),
        "MMM" or "LLL" => OneOf(token, Months(locale, "short", token.Text[0] == 'L'), 1),
        "MMMM" or "LLLL" => OneOf(token, Months(locale, "long", token.Text[0] == 'L'), 1),
        "o" or "S" => Digits(token, 1, 3),
        "ooo" or "SSS" => Digits(token, 3, 3),
        "u" => Digits(token, 1, 9) with { Number = IsoReader.Millis },
        "uu" => Digits(token, 1, 2) with { Number = IsoReader.Millis },
        "uuu" => Digits(token, 1, 1) with { Number = IsoReader.Millis },
        "a" => OneOf(token, [locale.DayPeriod(0), locale.DayPeriod(12)], 0),
        "E" or "c" => Digits(token, 1, 1),
        "EEE" or "ccc" => OneOf(token, Weekdays(locale, "short", token.Text[0] == 'c'), 1),
        "EEEE" or "cccc" => OneOf(token, Weekdays(locale, "long", token.Text[0] == 'c'), 1),
        "Z" or "ZZ" => new('Z', (text, at) => OffsetLengths(text, at, hasColon: true), Offset),
        "ZZZ" => new('Z', (text, at) => OffsetLengths(text, at, hasColon: false), Offset),
        "z" => new('z', ZoneLengths, _ => double.NaN),
        " " => new('\0', (text, at) => at < text.Length && char.IsWhiteSpace(text[at]) && text[at] is not ('\r' or '\n') ? [1] : [], _ => double.NaN),
        _ => Literal(token),
    };

    private static TokenPattern Literal(FormatToken token) =>
        new('\0', (text, at) => string.Compare(text, at, token.Text, 0, token.Text.Length, StringComparison.OrdinalIgnoreCase) == 0 ? [token.Text.Length] : [], _ => double.NaN);

    private static TokenPattern Digits(FormatToken token, int least, int most) => new(
        token.Text[0],
        (text, at) => CountDigits(text, at, most) is var count && count >= least ? Enumerable.Range(0, count - least + 1).Select(fewer => count - fewer) : [],
        Parsed);

    private static int CountDigits(string text, int at, int most)
    {
        var count = 0;
        while (count < most && at + count < text.Length && char.IsAsciiDigit(text[at + count])) count++;
        return count;
    }

    private static double Parsed(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Points may be missing, and any white space stands for a blank.</summary>
    private static TokenPattern OneOf(FormatToken token, string[] names, int first) => new(
        token.Text[0],
        (text, at) => names.SelectMany(n => NameLengths(n, text, at)),
        text => Array.FindIndex(names, n => NameLengths(n, text, 0).Contains(text.Length)) + first);

    private static int[] NameLengths(string name, string text, int at)
    {
        var start = at;
        foreach (var c in name)
        {
            var has = at < text.Length && (char.IsWhiteSpace(c) ? char.IsWhiteSpace(text[at]) : char.ToUpperInvariant(text[at]) == char.ToUpperInvariant(c));
            if (has) at++;
            else if (c != '.') return [];
        }

        return name[^1] == '.' && text[at - 1] == '.' ? [at - start, at - start - 1] : [at - start];
    }

    /// <summary>A sign, one or two digits of hours, and maybe minutes.</summary>
    private static IEnumerable<int> OffsetLengths(string text, int at, bool hasColon)
    {
        if (at >= text.Length || text[at] is not ('+' or '-')) yield break;
        for (var hours = CountDigits(text, at + 1, 2); hours > 0; hours--)
        {
            var minutes = at + 1 + hours + (hasColon ? 1 : 0);
            if ((!hasColon || (minutes <= text.Length && text[minutes - 1] == ':')) && CountDigits(text, minutes, 2) == 2) yield return minutes + 2 - at;
            yield return hours + 1;
        }
    }

    private static IEnumerable<int> ZoneLengths(string text, int at)
    {
        for (var length = 1; length <= LongestZone && at + length <= text.Length && (char.IsAsciiLetter(text[at + length - 1]) || text[at + length - 1] is '_' or '+' or ',' or '-' or '.' or '/'); length++) yield return length;
    }

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
