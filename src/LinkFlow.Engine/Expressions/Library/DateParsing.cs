using System.Globalization;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Language;
using NodaTime;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Text as dates: ISO 8601, and the forms of JavaScript's Date that people write.</summary>
internal static class DateParsing
{
    private const int LongestDate = 100;

    private static readonly Regex IsoTime = new(@"^(?<year>\d{4}|[+-]\d{6})(?:-?(?<month>\d\d)(?:-?(?<day>\d\d))?)?(?:[T ](?<hour>\d\d)(?::?(?<minute>\d\d)(?::?(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?)?(?<offset>[Zz]|[+-]\d\d(?::?\d\d)?)?)?$",
        RegexOptions.NonBacktracking);

    private static readonly Regex DateOnly = new(@"^\d{4}(-\d\d(-\d\d)?)?$",
        RegexOptions.NonBacktracking);

    private static readonly Regex WrittenTime = new(@"^(?:[A-Za-z]{3,9},? +)?(?:(?<name>[A-Za-z]{3,9})\.? +(?<day>\d{1,2})(?:,? +|, *)(?<year>\d{4})|(?<day>\d{1,2})[ -](?<name>[A-Za-z]{3,9})\.?,?[ -](?<year>\d{4})|(?<number>\d{1,2})/(?<day>\d{1,2})/(?<year>\d{4})|(?<year>\d{4})/(?<number>\d{1,2})/(?<day>\d{1,2}))(?:,?(?: +| at )(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d))?(?: *(?<half>[AaPp][Mm]))?)?(?: *(?<zone>GMT|UTC|Z|(?:GMT)?[+-]\d\d:?\d\d))?(?: \(.{1,60}\))?$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>An ISO date or time; without an offset it is in the zone. Null when it is none.</summary>
    public static DateTimeValue? Iso(string text, string timeZone)
    {
        var (local, offset) = Parse(text.Trim(), daysMayOverflow: false);
        if (local is not { } time) return null;
        var zone = DateTimeValue.Zone(timeZone);
        return offset is { } known ? new DateTimeValue(new OffsetDateTime(time, known).ToInstant().InZone(zone)) : DateTimeValue.Local(time, zone);
    }

    /// <summary>As <c>new Date(text)</c>: milliseconds, or NaN. A date alone is in UTC, a time without an offset in the zone.</summary>
    public static double ForDate(string text, string timeZone)
    {
        text = text.Trim();
        if (text.Length > LongestDate) return double.NaN;
        var (time, offset) = Parse(text, daysMayOverflow: true) is { Local: not null } iso ? iso : Written(text);
        if (time is not { } local) return double.NaN;
        if (offset is null && DateOnly.IsMatch(text)) offset = Offset.Zero;
        return offset is { } known ? new OffsetDateTime(local, known).ToInstant().ToUnixTimeMilliseconds() : DateTimeValue.Local(local, DateTimeValue.Zone(timeZone)).Millis;
    }

    private static (LocalDateTime? Local, Offset? Offset) Parse(string text, bool daysMayOverflow)
    {
        var match = IsoTime.Match(text.Length > LongestDate ? "" : text);
        if (!match.Success) return default;
        int Number(string group, int missing) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : missing;
        var fraction = match.Groups["fraction"].Success ? int.Parse(match.Groups["fraction"].Value.PadRight(3, '0').AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        var local = Local(Number("year", 0), Number("month", 1), Number("day", 1), Number("hour", 0), Number("minute", 0), Number("second", 0), fraction, daysMayOverflow);
        return (local, OffsetOf(match.Groups["offset"].Value));
    }

    private static Offset? OffsetOf(string text)
    {
        if (text.Length == 0) return null;
        if (text is "Z" or "z") return Offset.Zero;
        var digits = text[1..].Replace(":", "", StringComparison.Ordinal).PadRight(4, '0');
        var minutes = int.Parse(digits.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture) * 60 + int.Parse(digits.AsSpan(2, 2), NumberStyles.None, CultureInfo.InvariantCulture);
        return minutes <= 18 * 60 ? Offset.FromSeconds((text[0] == '-' ? -60 : 60) * minutes) : null;
    }

    /// <summary>Such as <c>Jan 5, 2024 10:00</c>, <c>5 January 2024</c>, <c>Fri, 05 Jan 2024 10:00:00 GMT</c>, <c>1/5/2024</c>.</summary>
    private static (LocalDateTime? Local, Offset? Offset) Written(string text)
    {
        var match = WrittenTime.Match(text);
        if (!match.Success) return default;
        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        var month = match.Groups["name"].Success ? Array.IndexOf(Months, match.Groups["name"].Value[..3].ToLowerInvariant()) + 1 : Number("number");
        var hour = Number("hour");
        var half = match.Groups["half"].Value.ToLowerInvariant();
        if (half.Length > 0) hour = hour % 12 + (half == "pm" ? 12 : 0);
        var zone = match.Groups["zone"].Value;
        return (Local(Number("year"), month, Number("day"), hour, Number("minute"), Number("second"), 0, daysMayOverflow: true), zone is "GMT" or "UTC" or "Z" ? Offset.Zero : OffsetOf(zone.Replace("GMT", "", StringComparison.Ordinal)));
    }

    private static LocalDateTime? Local(int year, int month, int day, int hour, int minute, int second, int millisecond, bool daysMayOverflow)
    {
        if (year is < -9998 or > 9999 || month is < 1 or > 12 || day is < 1 or > 31 || (!daysMayOverflow && day > CalendarSystem.Iso.GetDaysInMonth(year, month))) return null;
        if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && minute + second + millisecond > 0)) return null;
        return new LocalDate(year, month, 1).PlusDays(day - 1 + hour / 24) + new LocalTime(hour % 24, minute, second, millisecond);
    }
}
