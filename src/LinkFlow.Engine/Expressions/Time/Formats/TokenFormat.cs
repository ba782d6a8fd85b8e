using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Formats;

/// <summary>Dates by Luxon's format tokens: <c>yyyy-LL-dd</c>.</summary>
internal static class TokenFormat
{
    private const int TokensBetweenChecks = 256;

    public static string Format(Run run, DateTimeValue time, string format, Locale locale)
    {
        run.Steps(format.Length);
        run.Make(format.Length);
        var text = new StringBuilder();
        var (counted, tokens) = (0, 0);
        foreach (var token in FormatTokens.Of(format))
        {
            if (token.IsLiteral) text.Append(token.Text);
            else Append(text, token.Text, time, locale, allowZ: false);
            if (++tokens % TokensBetweenChecks != 0) continue;
            run.Steps(TokensBetweenChecks * 10);
            run.Make(text.Length - counted);
            counted = text.Length;
        }

        run.Make(text.Length - counted);
        return text.ToString();
    }

    /// <summary>For the formats of standards: in English, and within bounds.</summary>
    /// <param name="allowZ">UTC is written as Z.</param>
    public static string Standard(DateTimeValue time, string format, bool allowZ)
    {
        var text = new StringBuilder();
        foreach (var token in FormatTokens.Of(format))
        {
            if (token.IsLiteral) text.Append(token.Text);
            else Append(text, token.Text, time, Locale.Default, allowZ);
        }

        return text.ToString();
    }

    /// <summary>What is no token stands for itself.</summary>
    public static void Append(StringBuilder text, string token, DateTimeValue time, Locale locale, bool allowZ)
    {
        var wall = time.Wall;
        var hour12 = wall.Hour % 12 == 0 ? 12 : wall.Hour % 12;
        switch (token)
        {
            case "S": Number(text, wall.Millisecond); break;
            case "u" or "SSS": Number(text, wall.Millisecond, 3); break;
            case "uu": Number(text, Math.Floor(wall.Millisecond / 10), 2); break;
            case "uuu": Number(text, Math.Floor(wall.Millisecond / 100)); break;
            case "s" or "ss": Number(text, wall.Second, token.Length); break;
            case "m" or "mm": Number(text, wall.Minute, token.Length); break;
            case "h" or "hh": Number(text, hour12, token.Length); break;
            case "H" or "HH": Number(text, wall.Hour, token.Length); break;
            case "Z" or "ZZ" or "ZZZ": text.Append(Offset(time, token.Length, allowZ)); break;
            case "ZZZZ" or "ZZZZZ": text.Append(OffsetName(time, locale, isLong: token.Length == 5)); break;
            case "z": text.Append(time.Zone.Name); break;
            case "a": text.Append(locale.DayPeriod(wall.Hour)); break;
            case "d" or "dd": Number(text, wall.Day, token.Length); break;
            case "c" or "E": Number(text, time.Weekday); break;
            case "ccc" or "cccc" or "ccccc" or "EEE" or "EEEE" or "EEEEE": text.Append(locale.Weekday(time.Weekday, Length(token), standalone: token[0] == 'c')); break;
            case "L" or "LL" or "M" or "MM": Number(text, wall.Month, token.Length); break;
            case "LLL" or "LLLL" or "LLLLL" or "MMM" or "MMMM" or "MMMMM": text.Append(locale.Month(wall.Month, Length(token), standalone: token[0] == 'L')); break;
            case "y" or "yyyy" or "yyyyyy": Number(text, wall.Year, token.Length); break;
            case "yy": text.Append(LastTwo(wall.Year)); break;
            case "G" or "GG" or "GGGGG": text.Append(locale.Era(wall.Year, token.Length switch { 1 => "short", 2 => "long", _ => "narrow" })); break;
            case "kk": text.Append(LastTwo(time.Week.Year)); break;
            case "kkkk": Number(text, time.Week.Year, 4); break;
            case "W" or "WW": Number(text, time.Week.Week, token.Length); break;
            case "n" or "nn": Number(text, time.In(locale).LocalWeek.Week, token.Length); break;
            case "ii": text.Append(LastTwo(time.In(locale).LocalWeek.Year)); break;
            case "iiii": Number(text, time.In(locale).LocalWeek.Year, 4); break;
            case "o" or "ooo": Number(text, wall.Ordinal, token.Length); break;
            case "q" or "qq": Number(text, time.Quarter, token.Length); break;
            case "X": Number(text, Math.Floor(time.Millis / 1000)); break;
            case "x": Number(text, time.Millis); break;
            default: text.Append(FormatTokens.Macro(token) is { } macro ? LocaleFormat.Format(time, locale, macro) : token); break;
        }
    }

    /// <summary>The zone's name in words, or a fixed offset's own name.</summary>
    public static string OffsetName(DateTimeValue time, Locale locale, bool isLong) => time.Zone.IsFixed ? time.Zone.Name : locale.ZoneName(time.Zone, time.Millis, isLong);

    /// <param name="width">1 for <c>+5</c>, 2 for <c>+05:00</c>, 3 for <c>+0500</c>.</param>
    private static string Offset(DateTimeValue time, int width, bool allowZ)
    {
        if (allowZ && time.Zone.IsUtc) return "Z";
        if (width == 1) return ZoneValue.Narrow(time.Offset);
        var (hours, minutes) = ((int)Math.Abs(time.Offset) / 60, (int)Math.Abs(time.Offset) % 60);
        return FormattableString.Invariant($"{(time.Offset >= 0 ? '+' : '-')}{hours:00}{(width == 2 ? ":" : "")}{minutes:00}");
    }

    private static string Length(string token) => token.Length switch { 3 => "short", 4 => "long", _ => "narrow" };

    private static string LastTwo(double year)
    {
        var text = JavaScriptNumber.ToString(year);
        return text[Math.Max(0, text.Length - 2)..].PadLeft(2, '0');
    }

    private static void Number(StringBuilder text, double number, int digits = 1)
    {
        if (number < 0) text.Append('-');
if (double.IsInteger(number)) IsoFormat.AppendDigits(text, Math.Abs(number), digits);
        else text.Append(JavaScriptNumber.ToString(Math.Abs(DurationFormat.Rounded(number, 3))));
    }
}
