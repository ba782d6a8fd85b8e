using System.Globalization;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Reading;

/// <summary>Dates, times and durations of ISO 8601, and of SQL: by calendar, week or day of the year, with an offset and a zone in brackets.</summary>
internal static partial class IsoReader
{
    public const int LongestDate = 300;

    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
    private const string Clock = @"(?<hour>[0-9]{2})(:?(?<minute>[0-9]{2})(:?(?<second>[0-9]{2})([.,](?<fraction>[0-9]{1,30}))?)?)?";
    private const string OffsetPattern = @"((?<z>[Zz])|(?<offset>[+-][0-9]{2})(:?(?<offsetMinutes>[0-9]{2}))?)";
    private const string ZoneName = @"(?<zone>[A-Za-z_+-]{1,60}(:?/[A-Za-z0-9_+-]{1,60}(/[A-Za-z0-9_+-]{1,60})?)?)";
    private const string TimeAndZone = Clock + "(" + OffsetPattern + @"?(\[" + ZoneName + @"\])?)?";
    private const string MaybeTime = "([Tt]" + TimeAndZone + @")?\z";
    private const string Number = @"-?[0-9]{1,20}(\.[0-9]{1,20})?";

    private static readonly Regex[] Dates = [CalendarDate(), WeekDate(), OrdinalDate(), TimeAlone()];
    private static readonly Regex[] EndDates = [EndDate(), .. Dates];
    private static readonly Regex[] SqlDates = [SqlDate(), SqlTime()];

    /// <exception cref="ExpressionException">It is none, or beyond the calendar.</exception>
    public static DateTimeValue Read(Run run, string text, Value options) => TryRead(text) is { } date ? date.ToDateTime(run, options) : throw NoDate(run, text, "an ISO 8601 date such as 2024-01-31T10:00:00Z");

    /// <summary>Null when it is none.</summary>
    public static ReadDate? TryRead(string text) => First(text, Dates);
    public static ReadDate? TryReadSql(string text) => First(text, SqlDates);
    public static ReadDate? TryReadEnd(string text) => First(text, EndDates);

    /// <summary>Such as <c>P1DT2H</c>; null when it is none.</summary>
    public static List<(TimeUnit Unit, double Amount)>? TryReadDuration(string text)
    {
        if (text.Length > LongestDate || DurationText().Match(text) is not { Success: true } match) return null;
        List<(TimeUnit Unit, double Amount)> parts = [];
        var isNegative = text[0] == '-';
        foreach (var unit in TimeUnits.All)
        {
            if (unit is TimeUnit.Quarter or TimeUnit.Millisecond || !match.Groups[TimeUnits.Name(unit)].Success) continue;
            var amount = double.Parse(match.Groups[TimeUnits.Name(unit)].ValueSpan, CultureInfo.InvariantCulture);
            parts.Add((unit, isNegative && amount != 0 ? -amount : amount));
        }

        if (match.Groups["fraction"].Success)
        {
            var millis = Millis(match.Groups["fraction"].Value.TrimStart('-'));
            parts.Add((TimeUnit.Millisecond, isNegative || match.Groups["seconds"].Value.StartsWith('-') ? -millis : millis));
        }

        return parts;
    }

    /// <summary>Such as <c>11:22:33.444</c>; null when it is none.</summary>
    public static List<(TimeUnit Unit, double Amount)>? TryReadTime(string text)
    {
        if (text.Length > LongestDate || TimeOnly().Match(text) is not { Success: true } match) return null;
        List<(TimeUnit Unit, double Amount)> parts = [];
        (string Group, TimeUnit Unit)[] groups = [("hour", TimeUnit.Hour), ("minute", TimeUnit.Minute), ("second", TimeUnit.Second)];
        foreach (var (group, unit) in groups) parts.Add((unit, match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0));
        if (match.Groups["fraction"].Success) parts.Add((TimeUnit.Millisecond, Millis(match.Groups["fraction"].Value)));
        return parts;
    }

    public static ExpressionException NoDate(Run run, string text, string what) => run.RangeError($"{Properties.Describe(text)} is not {what}.");

    /// <summary>Milliseconds from the digits behind the point.</summary>
    public static double Millis(string fraction) => Math.Floor(double.Parse("0." + fraction, CultureInfo.InvariantCulture) * 1000);

    private static ReadDate? First(string text, Regex[] patterns)
    {
        if (text.Length > LongestDate) return null;
        foreach (var pattern in patterns)
            if (pattern.Match(text) is { Success: true } match && Of(match) is { } date) return date;
        return null;
    }

    private static ReadDate? Of(Match match)
    {
        var parts = new DateParts();
        foreach (var name in new[] { "year", "month", "day", "weekYear", "weekNumber", "weekday", "ordinal", "hour", "minute", "second" })
            if (match.Groups[name].Success) parts[name] = int.Parse(match.Groups[name].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (match.Groups["fraction"].Success) parts["millisecond"] = Millis(match.Groups["fraction"].Value);
        if (match.Groups["zone"].Success) return new ReadDate(parts, ZoneValue.Of(match.Groups["zone"].Value));
        if (match.Groups["z"].Success) return new ReadDate(parts, ZoneValue.Utc);
        if (!match.Groups["offset"].Success) return parts.IsEmpty ? null : new ReadDate(parts, null);
        var minutes = Offset(match.Groups["offset"].ValueSpan, match.Groups["offsetMinutes"].ValueSpan);
        return Math.Abs(minutes) <= 18 * 60 ? new ReadDate(parts, ZoneValue.Fixed(minutes)) : null;
    }

    /// <summary>Minutes from a signed hour and the minutes, which may be missing.</summary>
    public static double Offset(ReadOnlySpan<char> hours, ReadOnlySpan<char> minutes)
    {
        var whole = int.Parse(hours, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) * 60.0;
        var rest = minutes.IsEmpty ? 0 : int.Parse(minutes, NumberStyles.None, CultureInfo.InvariantCulture);
        return hours[0] == '-' ? whole - rest : whole + rest;
    }

    [GeneratedRegex(@"^(?<year>[+-][0-9]{6}|[0-9]{4})(-?(?<month>[0-9]{2})(-?(?<day>[0-9]{2}))?)?" + MaybeTime, Options)]
    private static partial Regex CalendarDate();

    [GeneratedRegex(@"^(?<weekYear>[0-9]{4})-?W(?<weekNumber>[0-9]{2})(-?(?<weekday>[0-9]))?" + MaybeTime, Options)]
    private static partial Regex WeekDate();

    [GeneratedRegex(@"^(?<year>[0-9]{4})-?(?<ordinal>[0-9]{3})" + MaybeTime, Options)]
    private static partial Regex OrdinalDate();

    [GeneratedRegex("^" + TimeAndZone + @"\z", Options)]
    private static partial Regex TimeAlone();

    /// <summary>The end of an interval may leave out what is as in its start.</summary>
    [GeneratedRegex(@"^(((?<month>[0-9]{2})-)?(?<day>[0-9]{2})?|(W(?<weekNumber>[0-9]{2})-)?(?<weekday>[0-9])|(?<ordinal>[0-9]{3}))" + MaybeTime, Options)]
    private static partial Regex EndDate();

    [GeneratedRegex("^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})( " + Clock + " ?(" + OffsetPattern + "|" + ZoneName + @")?)?\z", Options)]
    private static partial Regex SqlDate();

    [GeneratedRegex("^" + Clock + " ?(" + OffsetPattern + "|" + ZoneName + @")?\z", Options)]
    private static partial Regex SqlTime();

    [GeneratedRegex("^-?P((?<years>" + Number + ")Y)?((?<months>" + Number + ")M)?((?<weeks>" + Number + ")W)?((?<days>" + Number + ")D)?(T((?<hours>" + Number + ")H)?((?<minutes>" + Number + @")M)?((?<seconds>-?[0-9]{1,20})([.,](?<fraction>-?[0-9]{1,20}))?S)?)?\z", Options)]
    private static partial Regex DurationText();

    [GeneratedRegex("^T?" + Clock + @"\z", Options)]
    private static partial Regex TimeOnly();
}
