using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Expressions.Time.Members;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time;

/// <summary>A moment in a time zone, with the names and rules of Luxon's DateTime; always a valid one. Unchangeable.</summary>
internal sealed class DateTimeValue : LanguageObject
{
    private const double FirstYear = -9998;
    private const double LastYear = 9999;

    private DateTimeValue(double millis, ZoneValue zone, Locale locale)
    {
        Millis = millis;
        Zone = zone;
        Locale = locale;
        Offset = zone.OffsetAt(millis);
        Wall = WallTime.Of(millis + Offset * 60_000);
    }

    /// <summary>Since 1970; may have a fraction.</summary>
    public double Millis { get; }
    public ZoneValue Zone { get; }
    public Locale Locale { get; }

    /// <summary>Minutes ahead of UTC.</summary>
    public double Offset { get; }

    /// <summary>What clocks of the zone show.</summary>
    public WallTime Wall { get; }
    public WeekDate Week => WeekRules.Iso.Of(Wall);
    public WeekDate LocalWeek => Locale.Week.Of(Wall);
    public int Weekday => Wall.DayOfWeek;
    public int Quarter => ((int)Wall.Month + 2) / 3;
    public override string TypeName => "date";
    public override MethodTable Methods => DateTimeMembers.All;

    /// <exception cref="ExpressionException">It is beyond the calendar.</exception>
    public static DateTimeValue Of(double millis, ZoneValue zone, Locale? locale = null)
    {
        if (!(Math.Abs(millis) <= 8.64e15)) throw OutOfRange();
        var time = new DateTimeValue(millis, zone, locale ?? Locale.Default);
        return time.Wall.Year is >= FirstYear and <= LastYear ? time : throw OutOfRange();
    }

    /// <summary>Maybe beyond the calendar: for printing JavaScript's Dates, which reach further.</summary>
    public static DateTimeValue Unbounded(double millis, ZoneValue zone) => new(millis, zone, Locale.Default);

    public static DateTimeValue Of(double millis, string timeZone) => Of(millis, ZoneValue.Of(timeZone));

    public static DateTimeValue Now(Run run, ZoneValue? zone = null, Locale? locale = null) => Of(run.Scope.Now, zone ?? ZoneValue.Of(run.Scope.TimeZone), locale);

    public DateTimeValue With(double millis) => Of(millis, Zone, Locale);

    /// <summary>The moment at which the zone's clocks show this; where two are possible, the one with the offset of this moment.</summary>
    public DateTimeValue With(WallTime wall) => With(Zone.Resolve(wall, Offset));
    public DateTimeValue In(ZoneValue zone) => zone.SameAs(Zone) ? this : Of(Millis, zone, Locale);
    public DateTimeValue In(Locale locale) => Of(Millis, Zone, locale);

    /// <summary>The same time on the clock, in another zone.</summary>
    public DateTimeValue MovedTo(ZoneValue zone) => zone.SameAs(Zone) ? this : Of(zone.Resolve(Wall, zone.OffsetAt(Millis)), zone, Locale);

    /// <summary>Years to days by the calendar, the rest by the clock.</summary>
    /// <exception cref="ExpressionException">The result is beyond the calendar.</exception>
    public DateTimeValue Plus(DurationValue duration) => With(MillisAfter(duration));

    /// <summary>The first moment of the unit around this one.</summary>
    /// <param name="localeWeeks">Weeks begin as in the locale; else on Monday.</param>
    public DateTimeValue StartOf(TimeUnit unit, bool localeWeeks = false) => With(Start(Wall, unit, localeWeeks));

    /// <summary>The last millisecond of the unit around this one. That of the last year is in the calendar still.</summary>
    public DateTimeValue EndOf(TimeUnit unit, bool localeWeeks = false)
    {
        var next = MillisAfter(DurationValue.Of(unit, 1));
        var there = Zone.OffsetAt(next);
        return With(Zone.Resolve(Start(WallTime.Of(next + there * 60_000), unit, localeWeeks), there) - 1);
    }

    public override Value ToPrimitive(Run run, bool preferNumber) => preferNumber ? Millis : Print(run);
    public override string Print(Run run) => IsoFormat.Print(this);
    public override Value ToJson(Run run) => Print(run);

    public static ExpressionException OutOfRange() => new(ExpressionErrorCodes.Range, "This date is out of range: years −9998 to 9999 are possible.");

    /// <summary>As <see cref="Plus"/>, and may be a little beyond the calendar.</summary>
    /// <exception cref="ExpressionException">The result is far beyond the calendar.</exception>
    public double MillisAfter(DurationValue duration)
    {
        double Part(TimeUnit unit) => Math.Truncate(duration[unit]);
        var month = Wall.Month + Part(TimeUnit.Month) + Part(TimeUnit.Quarter) * 3;
        var year = Wall.Year + Part(TimeUnit.Year);
        var days = Part(TimeUnit.Day) + Part(TimeUnit.Week) * 7;
        if (!(Math.Abs(year) + Math.Abs(month / 12) + Math.Abs(days / 365) < 400_000)) throw OutOfRange();
        var moved = Wall with { Year = year, Month = month, Day = Math.Min(Wall.Day, WallTime.DaysInMonth(year, month)) + days };
        var shifted = Zone.Resolve(moved, Offset) + duration.BelowCalendar().Total(TimeUnit.Millisecond);
        return Math.Abs(shifted) <= 1e16 ? shifted : throw OutOfRange();
    }

    private WallTime Start(WallTime wall, TimeUnit unit, bool localeWeeks)
    {
        if (unit == TimeUnit.Millisecond) return wall;
        wall = wall with { Millisecond = 0 };
        if (unit == TimeUnit.Second) return wall;
        wall = wall with { Second = 0 };
        if (unit == TimeUnit.Minute) return wall;
        wall = wall with { Minute = 0 };
        if (unit == TimeUnit.Hour) return wall;
        wall = wall with { Hour = 0 };
        return unit switch
        {
            TimeUnit.Year => wall with { Month = 1, Day = 1 },
            TimeUnit.Quarter => wall with { Month = Math.Floor((wall.Month - 1) / 3) * 3 + 1, Day = 1 },
            TimeUnit.Month => wall with { Day = 1 },
            TimeUnit.Week => wall with { Day = wall.Day - (wall.DayOfWeek - (localeWeeks ? Locale.Week.FirstDay : 1) + 7) % 7 },
            _ => wall,
        };
    }
}
