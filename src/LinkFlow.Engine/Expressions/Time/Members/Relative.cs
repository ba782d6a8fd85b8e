using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>toRelative and toRelativeCalendar: which unit to tell a distance in, and how much of it.</summary>
internal static class Relative
{
    private static readonly TimeUnit[] ClockUnits = [TimeUnit.Year, TimeUnit.Month, TimeUnit.Day, TimeUnit.Hour, TimeUnit.Minute, TimeUnit.Second];
    private static readonly TimeUnit[] CalendarUnits = [TimeUnit.Year, TimeUnit.Month, TimeUnit.Day];

    /// <summary>In the greatest of the units of which there is a whole one.</summary>
    public static Value ToRelative(Run run, DateTimeValue time, Value options)
    {
        TimeArguments.Options(run, options, "base", "unit", "units", "style", "round", "rounding", "padding");
        var start = Base(run, time, options);
        var padding = options["padding"].IsUndefined ? 0 : TimeArguments.Amount(run, options["padding"]);
        var end = padding == 0 ? time : time.With(time.Millis + (time.Millis < start.Millis ? -padding : padding));
        var listed = options["unit"].AsArray is not null ? options["unit"] : options["units"];
        var units = listed.IsUndefined ? ClockUnits : TimeArguments.Units(run, listed, TimeUnit.Second);
        var single = options["unit"].IsNullOrUndefined || options["unit"].AsArray is not null ? default(TimeUnit?) : TimeArguments.Unit(run, options["unit"]);
        var rounding = options["rounding"].IsUndefined ? "trunc" : Coercion.ToString(run, options["rounding"]);
        var digits = options["round"].IsUndefined || Coercion.ToBoolean(options["round"]) ? 0 : 2;
        return Tell(run, start, end, units, single, options, words: false, (from, to, unit) => DateDifference.Between(to, from, [unit])[unit], count => Round(run, count, digits, rounding));
    }

    /// <summary>Counted from midnight to midnight, or from the first of a month or year.</summary>
    public static Value ToRelativeCalendar(Run run, DateTimeValue time, Value options)
    {
        TimeArguments.Options(run, options, "base", "unit", "style");
        var single = options["unit"].IsNullOrUndefined ? default(TimeUnit?) : TimeArguments.Unit(run, options["unit"]);
        return Tell(run, Base(run, time, options), time, CalendarUnits, single, options, words: true, Between, count => Round(run, count, 0, "round"));
    }

    private static double Between(DateTimeValue from, DateTimeValue to, TimeUnit unit)
    {
        var moved = to.MovedTo(from.Zone);
        var isSame = moved.StartOf(unit).Millis <= from.Millis && from.Millis <= moved.EndOf(unit).Millis;
        return isSame ? 0 : DateDifference.Between(to.StartOf(unit), from.StartOf(unit), [unit])[unit];
    }

    private static DateTimeValue Base(Run run, DateTimeValue time, Value options) =>
        options["base"].IsNullOrUndefined ? DateTimeValue.Now(run, time.Zone) : TimeArguments.Moment(run, options["base"]);

    private static Value Tell(Run run, DateTimeValue start, DateTimeValue end, TimeUnit[] units, TimeUnit? single, Value options, bool words, Func<DateTimeValue, DateTimeValue, TimeUnit, double> differ, Func<double, double> round)
    {
        var style = options["style"].IsUndefined ? "long" : Coercion.ToString(run, options["style"]);
        if (style is not ("long" or "short" or "narrow")) throw run.RangeError($"style cannot be '{style}': long, short and narrow are possible.");
        var locale = TimeArguments.Locale(run, options, end.Locale);
        string Format(double count, TimeUnit unit) => RelativeFormat.Format(locale, round(count), unit, words, style);
        if (single is { } only) return run.Made(Format(differ(start, end, only), only));
        foreach (var unit in units)
        {
            run.Steps(20);
            var count = differ(start, end, unit);
            if (Math.Abs(count) >= 1) return run.Made(Format(count, unit));
        }

        return run.Made(Format(start.Millis > end.Millis ? -0.0 : 0, units[^1]));
    }

    private static double Round(Run run, double count, int digits, string rounding)
    {
        var factor = Math.Pow(10, digits);
        return rounding switch
        {
            "trunc" => Math.Truncate(count * factor) / factor,
            "round" => Math.CopySign(Math.Floor(count * factor + 0.5) / factor, count),
            "floor" => Math.Floor(count * factor) / factor,
            "ceil" => Math.Ceiling(count * factor) / factor,
            "expand" => (count > 0 ? Math.Ceiling(count * factor) : Math.Floor(count * factor)) / factor,
            _ => throw run.RangeError($"rounding cannot be '{rounding}': trunc, round, floor, ceil and expand are possible."),
        };
    }
}
