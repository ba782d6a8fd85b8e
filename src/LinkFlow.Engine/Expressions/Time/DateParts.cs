using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time;

/// <summary>Dates made of parts, by calendar day, by week or by day of the year; and dates with some parts replaced.</summary>
internal sealed class DateParts
{
    private static readonly string[] Names = ["year", "month", "day", "hour", "minute", "second", "millisecond", "weekYear", "weekNumber", "weekday", "ordinal", "localWeekYear", "localWeekNumber", "localWeekday"];

    private readonly Dictionary<string, double> _parts = [];
    private bool _hasLocaleWeeks;

    public double? this[string name]
    {
        get => _parts.TryGetValue(name, out var value) ? value : null;
        set => _parts[name] = value!.Value;
    }

    public bool IsEmpty => _parts.Count == 0;
    private bool HasMonthOrDay => _parts.ContainsKey("month") || _parts.ContainsKey("day");
    private bool HasCalendarDate => _parts.ContainsKey("year") || HasMonthOrDay;
    private bool NamesWeek => _parts.GetValueOrDefault("weekYear") != 0 || _parts.GetValueOrDefault("weekNumber") != 0;

    /// <summary>From { year: 2024, month: 2 }; singular or plural, in any case.</summary>
    /// <exception cref="ExpressionException">There is no such part, it is no number, or two do not go together.</exception>
    public static DateParts Read(Run run, ObjectValue given)
    {
        var parts = new DateParts();
        foreach (var (name, value) in given)
        {
            if (value.IsNullOrUndefined) continue;
            parts._parts[Name(run, name)] = TimeArguments.Amount(run, value);
        }

        parts.Check(run);
        return parts;
    }

    /// <summary>As DateTime.fromObject: greater parts that are missing are those of now, smaller ones the least.</summary>
    public static DateTimeValue ToDateTime(Run run, Value given, Value options)
    {
        TimeArguments.Options(run, options, "zone");
        var parts = given.IsNullOrUndefined ? new DateParts() : given.AsObject is { } o ? Read(run, o) : throw run.TypeError($"Parts such as {{ year: 2024, month: 2 }} were expected, not {Properties.Describe(given)}.");
        return parts.ToDateTime(run, TimeArguments.Zone(run, options["zone"]), TimeArguments.Locale(run, options, Locale.Default));
    }

    /// <param name="now">Whose parts are taken for missing greater ones; null: the present.</param>
    /// <param name="offset">In minutes: decides between two possible moments.</param>
    public DateTimeValue ToDateTime(Run run, ZoneValue zone, Locale locale, double? now = null, double? offset = null)
    {
        var present = DateTimeValue.Of(now ?? run.Scope.Now, zone, locale);
        if (IsEmpty) return present;
        var weeks = _hasLocaleWeeks ? locale.Week : WeekRules.Iso;
        var byWeek = NamesWeek || (_parts.GetValueOrDefault("weekday") != 0 && !HasCalendarDate);
        var date = byWeek ? ByWeek(run, present.Wall, weeks) : _parts.ContainsKey("ordinal") ? ByOrdinal(run, present.Wall) : ByCalendar(run, present.Wall);
        var time = DateTimeValue.Of(offset is { } known ? zone.Resolve(date, known) : zone.Resolve(date), zone, locale);
        if (HasCalendarDate && this["weekday"] is { } weekday && weekday != time.Weekday)
            throw run.RangeError($"These are not the parts of a date: {date.Year:0}-{date.Month:00}-{date.Day:00} is not weekday {JavaScriptNumber.ToString(weekday)} but {time.Weekday}.");
        return time;
    }

    /// <summary>The time with these parts in place of its own. What is beyond its range carries over; a day that its month does not have becomes the month's last.</summary>
    public DateTimeValue Replace(DateTimeValue time)
    {
        var weeks = _hasLocaleWeeks ? time.Locale.Week : WeekRules.Iso;
        var wall = time.Wall with { Hour = Part("hour", time.Wall.Hour), Minute = Part("minute", time.Wall.Minute), Second = Part("second", time.Wall.Second), Millisecond = Part("millisecond", time.Wall.Millisecond) };
        if (this["weekYear"] is not null || this["weekNumber"] is not null || this["weekday"] is not null)
        {
            var week = weeks.Of(time.Wall);
            return time.With(weeks.DateOf(new WeekDate(Part("weekYear", week.Year), Part("weekNumber", week.Week), Part("weekday", week.Weekday)), wall));
        }

        if (this["ordinal"] is { } ordinal) return time.With(wall with { Year = Part("year", wall.Year), Month = 1, Day = ordinal });
        var (year, month) = (Part("year", wall.Year), Part("month", wall.Month));
        return time.With(wall with { Year = year, Month = month, Day = this["day"] ?? Math.Min(WallTime.DaysInMonth(year, month), wall.Day) });
    }

    private void Check(Run run)
    {
        foreach (var (name, value) in _parts)
            if (Math.Abs(value) > 1e9) throw run.RangeError($"These are not the parts of a date: {name} is {JavaScriptNumber.ToString(value)}.");
        var isoWeeks = _parts.Keys.Any(n => n.StartsWith("week", StringComparison.Ordinal));
        foreach (var name in new[] { "localWeekYear", "localWeekNumber", "localWeekday" })
        {
            if (!_parts.Remove(name, out var value)) continue;
            _hasLocaleWeeks = true;
            _parts[char.ToLowerInvariant(name[5]) + name[6..]] = value;
        }

        if (_hasLocaleWeeks && isoWeeks) throw run.RangeError("Weeks of the locale and weeks of ISO 8601 cannot be mixed.");

        if ((HasCalendarDate || _parts.ContainsKey("ordinal")) && NamesWeek) throw run.RangeError("weekYear and weekNumber cannot be mixed with year, month, day or ordinal.");
        if (HasMonthOrDay && _parts.ContainsKey("ordinal")) throw run.RangeError("ordinal cannot be mixed with month and day.");
    }

    private WallTime ByCalendar(Run run, WallTime now)
    {
        var found = false;
        var date = new WallTime(Next("year", now.Year, now.Year, ref found), Next("month", now.Month, 1, ref found), Next("day", now.Day, 1, ref found));
        Require(run, "year", date.Year, -9998, 9999);
        Require(run, "month", date.Month, 1, 12);
        Require(run, "day", date.Day, 1, WallTime.DaysInMonth(date.Year, date.Month));
        return Clock(run, date, now, found);
    }

    private WallTime ByOrdinal(Run run, WallTime now)
    {
        var found = false;
        var year = Next("year", now.Year, now.Year, ref found);
        var ordinal = Next("ordinal", now.Ordinal, 1, ref found);
        Require(run, "year", year, -9998, 9999);
        Require(run, "ordinal", ordinal, 1, WallTime.DaysInYear(year));
        return Clock(run, new WallTime(year, 1, ordinal), now, found);
    }

    private WallTime ByWeek(Run run, WallTime now, WeekRules weeks)
    {
        var (present, found) = (weeks.Of(now), false);
        var week = new WeekDate(Next("weekYear", present.Year, present.Year, ref found), Next("weekNumber", present.Week, 1, ref found), Next("weekday", present.Weekday, 1, ref found));
        Require(run, "weekYear", week.Year, -9998, 9999);
        Require(run, "weekNumber", week.Week, 1, weeks.WeeksIn(week.Year));
        Require(run, "weekday", week.Weekday, 1, 7);
        return Clock(run, weeks.DateOf(week, default), now, found);
    }

    private WallTime Clock(Run run, WallTime date, WallTime now, bool found)
    {
        var time = date with
        {
            Hour = Next("hour", now.Hour, 0, ref found),
            Minute = Next("minute", now.Minute, 0, ref found),
            Second = Next("second", now.Second, 0, ref found),
            Millisecond = Next("millisecond", now.Millisecond, 0, ref found),
        };
        Require(run, "hour", time.Hour, 0, time is { Minute: 0, Second: 0, Millisecond: 0 } ? 24 : 23);
        Require(run, "minute", time.Minute, 0, 59);
        Require(run, "second", time.Second, 0, 59);
        Require(run, "millisecond", time.Millisecond, 0, 999);
        return time;
    }

    private double Next(string name, double now, double least, ref bool found)
    {
        if (!_parts.TryGetValue(name, out var value)) return found ? least : now;
        found = true;
        return value;
    }

    private double Part(string name, double missing) => _parts.GetValueOrDefault(name, missing);

    private static void Require(Run run, string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most && double.IsInteger(value)))
            throw run.RangeError($"These are not the parts of a date: {name} is {JavaScriptNumber.ToString(value)}, and {JavaScriptNumber.ToString(least)} to {JavaScriptNumber.ToString(most)} are possible.");
    }

    private static string Name(Run run, string name)
    {
        var singular = name.ToLowerInvariant() switch { "weeksnumber" => "weeknumber", var lower => lower.TrimEnd('s') };
        return Array.Find(Names, n => n.Equals(singular, StringComparison.OrdinalIgnoreCase)) ?? throw run.RangeError($"'{name}' cannot be set: {string.Join(", ", Names)} can.{DidYouMean.Suggestion(singular, Names)}");
    }
}
