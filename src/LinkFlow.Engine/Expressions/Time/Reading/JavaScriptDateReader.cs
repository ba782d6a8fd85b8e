using System.Globalization;
using System.Text.RegularExpressions;

namespace LinkFlow.Engine.Expressions.Time.Reading;

/// <summary>Text as JavaScript's Date takes it: ISO 8601, and the forms that people write.</summary>
internal static class JavaScriptDateReader
{
    private const int LongestDate = 100;

    private static readonly Regex IsoTime = new(@"^(?<year>[0-9]{4}|[+-][0-9]{6})(?:-?(?<month>[0-9][0-9])(?:-?(?<day>[0-9][0-9]))?)?(?:[T ](?<hour>[0-9][0-9])(?::?(?<minute>[0-9][0-9])(?::?(?<second>[0-9][0-9])(?:[.,](?<fraction>[0-9]{1,9}))?)?)?(?<offset>[Zz]|[+-][0-9][0-9](?::?[0-9][0-9])?)?)?\z",
        RegexOptions.NonBacktracking);

    private static readonly Regex DateOnly = new(@"^[0-9]{4}(-[0-9][0-9](-[0-9][0-9])?)?\z",
        RegexOptions.NonBacktracking);

    private static readonly Regex WrittenTime = new(@"^(?:[A-Za-z]{3,9},? +)?(?:(?<name>[A-Za-z]{3,9})\.? +(?<day>[0-9]{1,2})(?:,? +|, *)(?<year>[0-9]{4})|(?<day>[0-9]{1,2})[ -](?<name>[A-Za-z]{3,9})\.?,?[ -](?<year>[0-9]{4})|(?<number>[0-9]{1,2})/(?<day>[0-9]{1,2})/(?<year>[0-9]{4})|(?<year>[0-9]{4})/(?<number>[0-9]{1,2})/(?<day>[0-9]{1,2}))(?:,?(?: +| at )(?<hour>[0-9]{1,2}):(?<minute>[0-9][0-9])(?::(?<second>[0-9][0-9]))?(?: *(?<half>[AaPp][Mm]))?)?(?: *(?<zone>GMT|UTC|Z|(?:GMT)?[+-][0-9][0-9]:?[0-9][0-9]))?(?: \(.{1,60}\))?\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>As <c>new Date(text)</c>: milliseconds, or NaN. A date alone is in UTC, a time without an offset in the zone.</summary>
    public static double Read(string text, string timeZone)
    {
        text = text.Trim();
        if (text.Length > LongestDate) return double.NaN;
        var (time, offset) = Iso(text) is { Time: not null } iso ? iso : Written(text);
        if (time is not { } wall) return double.NaN;
        if (offset is null && DateOnly.IsMatch(text)) offset = 0;
        return offset is { } minutes ? wall.ToMillis() - minutes * 60_000 : ZoneValue.Of(timeZone).Resolve(wall);
    }

    private static (WallTime? Time, double? Offset) Iso(string text)
    {
        var match = IsoTime.Match(text);
        if (!match.Success) return default;
        int Number(string group, int missing) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : missing;
        var fraction = match.Groups["fraction"].Success ? int.Parse(match.Groups["fraction"].Value.PadRight(3, '0').AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        return (Time(Number("year", 0), Number("month", 1), Number("day", 1), Number("hour", 0), Number("minute", 0), Number("second", 0), fraction), OffsetOf(match.Groups["offset"].Value));
    }

    /// <summary>In minutes.</summary>
    private static double? OffsetOf(string text)
    {
        if (text.Length == 0) return null;
        if (text is "Z" or "z") return 0;
        var digits = text[1..].Replace(":", "", StringComparison.Ordinal).PadRight(4, '0');
        var minutes = IsoReader.Offset(text[..1] + digits[..2], digits.AsSpan(2, 2));
        return Math.Abs(minutes) < 24 * 60 ? minutes : null;
    }

    /// <summary>Such as <c>Jan 5, 2024 10:00</c>, <c>5 January 2024</c>, <c>Fri, 05 Jan 2024 10:00:00 GMT</c>, <c>1/5/2024</c>.</summary>
    private static (WallTime? Time, double? Offset) Written(string text)
    {
        var match = WrittenTime.Match(text);
        if (!match.Success) return default;
        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        var month = match.Groups["name"].Success ? Array.IndexOf(Months, match.Groups["name"].Value[..3].ToLowerInvariant()) + 1 : Number("number");
        var hour = Number("hour");
        var half = match.Groups["half"].Value.ToLowerInvariant();
        if (half.Length > 0) hour = hour % 12 + (half == "pm" ? 12 : 0);
        var zone = match.Groups["zone"].Value;
        return (Time(Number("year"), month, Number("day"), hour, Number("minute"), Number("second"), 0), zone is "GMT" or "UTC" or "Z" ? 0 : OffsetOf(zone.Replace("GMT", "", StringComparison.Ordinal)));
    }

    /// <summary>The 31st of February is in March; other parts beyond their range are no date.</summary>
    private static WallTime? Time(int year, int month, int day, int hour, int minute, int second, int millisecond)
    {
        if (month is < 1 or > 12 || day is < 1 or > 31) return null;
        if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && minute + second + millisecond > 0)) return null;
        return new WallTime(year, month, day, hour, minute, second, millisecond);
    }
}
