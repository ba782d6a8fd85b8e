using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;
using NodaTime;
using NodaTime.TimeZones;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>A moment in a time zone, with the names of Luxon's DateTime. Unchangeable.</summary>
internal sealed class DateTimeValue(ZonedDateTime time) : LanguageObject
{
    public ZonedDateTime Time => time;
    public long Millis => time.ToInstant().ToUnixTimeMilliseconds();
    public override string TypeName => "date";
    public override MethodTable Methods => DateTimeMethods.All;

    public static DateTimeValue Of(long unixMilliseconds, string timeZone) => new(Instant.FromUnixTimeMilliseconds(unixMilliseconds).InZone(Zone(timeZone)));

    /// <exception cref="ExpressionException">There is no such time zone.</exception>
    public static DateTimeZone Zone(string name) => name switch
    {
        "utc" or "UTC" or "Z" => DateTimeZone.Utc,
        _ => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) ?? FixedZone(name)
            ?? throw new ExpressionException(ExpressionErrorCodes.Range, $"'{name}' is not a time zone: an IANA name such as Europe/Berlin was expected."),
    };

    /// <summary>The local time in the zone; in a gap the later, in an overlap the earlier offset.</summary>
    public static DateTimeValue Local(LocalDateTime local, DateTimeZone zone) => new(zone.ResolveLocal(local, Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnForwardShifted)));

    public override Value Get(Run run, string name) => name switch
    {
        "year" => time.Year,
        "month" => time.Month,
        "day" => time.Day,
        "hour" => time.Hour,
        "minute" => time.Minute,
        "second" => time.Second,
        "millisecond" => time.Millisecond,
        "weekday" => (int)time.DayOfWeek,
        "weekNumber" => NodaTime.Calendars.WeekYearRules.Iso.GetWeekOfWeekYear(time.Date),
        "weekYear" => NodaTime.Calendars.WeekYearRules.Iso.GetWeekYear(time.Date),
        "quarter" => (time.Month + 2) / 3,
        "ordinal" => time.DayOfYear,
        "daysInMonth" => CalendarSystem.Iso.GetDaysInMonth(time.Year, time.Month),
        "isInLeapYear" => CalendarSystem.Iso.IsLeapYear(time.Year),
        "offset" => time.Offset.Seconds / 60,
        "zoneName" => ZoneName(time.Zone),
        "isValid" => true,
        "weekdayLong" => DateFormat.WeekdayName(time.DayOfWeek),
        "weekdayShort" => DateFormat.WeekdayName(time.DayOfWeek)[..3],
        "monthLong" => DateFormat.MonthName(time.Month),
        "monthShort" => DateFormat.MonthName(time.Month)[..3],
        "ts" => Millis,
        _ => default,
    };

    public override Value ToPrimitive(Run run, bool preferNumber) => preferNumber ? Millis : Print(run);
    public override string Print(Run run) => DateFormat.Iso(time);
    public override Value ToJson(Run run) => Print(run);

    /// <summary>The first moment of the unit around this one.</summary>
    /// <param name="unit">year, quarter, month, week (from Monday), day, hour, minute, second.</param>
    /// <exception cref="ExpressionException">There is no such unit.</exception>
    public DateTimeValue StartOf(string unit)
    {
        var local = time.LocalDateTime;
        var start = TimeUnits.Normalise(unit) switch
        {
            TimeUnit.Year => new LocalDate(local.Year, 1, 1).AtMidnight(),
            TimeUnit.Quarter => new LocalDate(local.Year, (local.Month - 1) / 3 * 3 + 1, 1).AtMidnight(),
            TimeUnit.Month => new LocalDate(local.Year, local.Month, 1).AtMidnight(),
            TimeUnit.Week => local.Date.PlusDays(1 - (int)local.DayOfWeek).AtMidnight(),
            TimeUnit.Day => local.Date.AtMidnight(),
            TimeUnit.Hour => local.Date + new LocalTime(local.Hour, 0),
            TimeUnit.Minute => local.Date + new LocalTime(local.Hour, local.Minute),
            TimeUnit.Second => local.Date + new LocalTime(local.Hour, local.Minute, local.Second),
            _ => local.Date + new LocalTime(local.Hour, local.Minute, local.Second, local.Millisecond),
        };
        return Local(start, time.Zone);
    }

    /// <summary>Years to days by the calendar, the rest by the clock.</summary>
    /// <exception cref="ExpressionException">The result is out of range.</exception>
    public DateTimeValue Plus(DurationValue duration, int sign)
    {
        try
        {
            var months = Whole(sign * (duration[TimeUnit.Year] * 12 + duration[TimeUnit.Quarter] * 3 + duration[TimeUnit.Month]), out _);
            var days = Whole(sign * (duration[TimeUnit.Week] * 7 + duration[TimeUnit.Day]), out var dayRest);
            var millis = sign * duration.ClockMillis + dayRest * TimeUnits.MillisPerDay;
            var shifted = months == 0 && days == 0 ? this : Local(time.LocalDateTime.PlusMonths(months).PlusDays(days), time.Zone);
            return new DateTimeValue(shifted.Time + Duration.FromMilliseconds((long)millis));
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new ExpressionException(ExpressionErrorCodes.Range, "This date is out of range: years −9998 to 9999 are possible.");
        }
    }

    public DateTimeValue InZone(string zone) => new(time.WithZone(Zone(zone)));

    private static int Whole(double number, out double rest)
    {
        var whole = Math.Truncate(number);
        rest = number - whole;
        return checked((int)whole);
    }

    private static DateTimeZone? FixedZone(string name)
    {
        var parsed = NodaTime.Text.OffsetPattern.CreateWithInvariantCulture("+H:mm").Parse(name.StartsWith("UTC", StringComparison.OrdinalIgnoreCase) ? name[3..].Contains(':', StringComparison.Ordinal) ? name[3..] : name[3..] + ":00" : name);
        return parsed.Success ? DateTimeZone.ForOffset(parsed.Value) : null;
    }

    private static string ZoneName(DateTimeZone zone) => zone.Equals(DateTimeZone.Utc) ? "UTC" : zone.Id;
}
