using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>Methods of DateTime that move it, compare it or change its zone; those that print it are <see cref="DateTimeOutput"/>.</summary>
internal static class DateTimeMembers
{
    private static readonly string[] PartNames = ["year", "month", "day", "hour", "minute", "second", "millisecond"];

    public static MethodTable All { get; } = new("DateTime", CommonDateMethods.OfDateTimes, Calculations(), Comparisons(), Conversions(), DateTimeOutput.All)
    {
        Description = "A moment in a time zone, with the names and rules of Luxon. Nothing changes it: methods give new ones. Years −9998 to 9999 are possible; what cannot be a date is an error. A time that clocks skip in spring is read as if they had not been set forward yet; of one that they show twice in autumn it is the first, and moving a date keeps to its own offset. Locales: en (US, GB, AU, CA, IE), de (AT, CH), fr (BE, CA, CH), es (MX, AR), it (CH), nl (BE), pt (BR, PT), da, nb and sv; the facts are LinkFlow's own and the same on every machine, and another locale is an error.",
        Properties = DateTimeProperties.All,
    };

    private static MethodList Calculations() => new()
    {
        { "set(parts: object): DateTime", "With other parts: year, month, day, hour, minute, second, millisecond; ordinal; or weekYear, weekNumber, weekday. What is beyond its range carries over; a day that the new month does not have becomes its last.", "$now.set({ hour: 9, minute: 0 })",
            (run, self, args) => (args.At(0).AsObject is { } parts ? DateParts.Read(run, parts).Replace(Of(self)) : throw run.TypeError("set needs an object, e.g. { hour: 9 }.")).AsValue() },
        { "startOf(unit: string, options?: object): DateTime", "The first moment of the year, quarter, month, week (from Monday, or with { useLocaleWeeks: true } as in the locale), day, hour, minute or second around it.", "$now.startOf('month')",
            (run, self, args) => Of(self).StartOf(TimeArguments.Unit(run, args.At(0)), LocaleWeeks(run, args.At(1))).AsValue() },
        { "endOf(unit: string, options?: object): DateTime", "The last millisecond of the year, quarter, month, week, day, hour, minute or second around it.", "$now.endOf('day')",
            (run, self, args) => Of(self).EndOf(TimeArguments.Unit(run, args.At(0)), LocaleWeeks(run, args.At(1))).AsValue() },
        { "diff(other: date, units?: string | string[], options?: object): duration", "The time from another moment to this one as a Duration of the units, milliseconds by default: years to days by the calendar, the rest by the clock; the least unit may have a fraction. { conversionAccuracy: 'longterm' } says how the result converts itself.", "$now.diff(DateTime.fromISO('2026-01-01'), ['months', 'days']).toObject()",
            (run, self, args) => Difference(run, Of(self), TimeArguments.Moment(run, args.At(0)), args.At(1), args.At(2)) },
        { "diffNow(units?: string | string[], options?: object): duration", "As diff, from now: negative in the past.", "$now.plus({ hours: 2 }).diffNow('hours').hours",
            (run, self, args) => Difference(run, Of(self), DateTimeValue.Now(run), args.At(0), args.At(1)) },
        { "until(other: date): interval", "The interval from this moment to a later one.", "$now.until($now.plus({ days: 1 })).length('hours')",
            (run, self, args) => IntervalValue.Of(Of(self), TimeArguments.Moment(run, args.At(0))).AsValue() },
        { "getPossibleOffsets(): DateTime[]", "The moments at which its zone's clocks show its time: two where they are set back, else itself.", "$now.getPossibleOffsets().length",
            (_, self, _) => PossibleOffsets(Of(self)) },
    };

    private static MethodList Comparisons() => new()
    {
        { "hasSame(other: date, unit: string, options?: object): boolean", "Whether another moment lies in the same unit as this one, both by their own clocks.", "$now.hasSame($today, 'day')", HasSame },
        { "equals(other: date): boolean", "Whether it is the same moment in the same zone and locale. Compare moments alone with < and >, or toMillis().", "$now.equals($now.plus({ days: 0 }))",
            (_, self, args) => args.At(0).AsOther is DateTimeValue other && other.Millis == Of(self).Millis && other.Zone.SameAs(Of(self).Zone) && other.Locale.Name == Of(self).Locale.Name },
        { "get(unit: string): any", "A property by its name.", "$now.get('month')",
            (run, self, args) => Of(self).Get(run, Coercion.ToString(run, args.At(0))) },
    };

    private static MethodList Conversions() => new()
    {
        { "setZone(zone: string | number | zone, options?: object): DateTime", "The same moment in another zone: an IANA name, UTC+5:30, or minutes ahead of UTC. With { keepLocalTime: true } the same time on the clock instead.", "$now.setZone('America/New_York').toISO()",
            (run, self, args) => SetZone(run, self, TimeArguments.Zone(run, args.At(0)), args.At(1)) },
        { "toUTC(offset?: number, options?: object): DateTime", "The same moment in UTC, or at an offset of minutes from it.", "$now.toUTC().toISO()",
            (run, self, args) => SetZone(run, self, args.At(0).IsNullOrUndefined ? ZoneValue.Utc : ZoneValue.Fixed(Coercion.ToNumber(run, args.At(0))), args.At(1)) },
        { "toLocal(): DateTime", "The same moment in the workflow's time zone.", "$now.toLocal().zoneName",
            (run, self, _) => Of(self).In(ZoneValue.Of(run.Scope.TimeZone)).AsValue() },
        { "setLocale(locale: string): DateTime", "The same moment with names and formats of another language: de, en-GB, fr, pt-BR, …", "$now.setLocale('de').toFormat('d. MMMM yyyy')",
            (run, self, args) => Of(self).In(Locale.Of(Coercion.ToString(run, args.At(0)))).AsValue() },
        { "reconfigure(options: object): DateTime", "As setLocale, of { locale: 'de' }.", "$now.reconfigure({ locale: 'fr' }).monthLong", Reconfigure },
    };

    private static bool LocaleWeeks(Run run, Value options)
    {
        TimeArguments.Options(run, options, "useLocaleWeeks");
        return Coercion.ToBoolean(options["useLocaleWeeks"]);
    }

    private static Value Difference(Run run, DateTimeValue one, DateTimeValue other, Value units, Value options)
    {
        TimeArguments.Options(run, options, "conversionAccuracy");
        run.Steps(20);
        var difference = DateDifference.Between(one, other, TimeArguments.Units(run, units, TimeUnit.Millisecond), TimeArguments.LongTerm(run, options) ?? false);
        return difference.With(null, TimeArguments.Locale(run, options, one.Locale)).AsValue();
    }

    private static Value PossibleOffsets(DateTimeValue time)
    {
        var local = time.Wall.ToMillis();
        double[] offsets = [time.Zone.OffsetAt(local - TimeUnits.MillisPerDay - time.Offset * 60_000), time.Zone.OffsetAt(local + TimeUnits.MillisPerDay - time.Offset * 60_000)];
        var moments = offsets.Distinct().Select(o => local - o * 60_000).Where(m => m + time.Zone.OffsetAt(m) * 60_000 == local).Select(m => time.With(m).AsValue()).ToArray();
        return new ArrayValue(moments.Length == 2 ? moments : [time.AsValue()]);
    }

    private static Value HasSame(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var other = TimeArguments.Moment(run, arguments.At(0));
        var unit = TimeArguments.Unit(run, arguments.At(1));
        var localeWeeks = LocaleWeeks(run, arguments.At(2));
        var moved = Of(self).MovedTo(other.Zone);
        return moved.StartOf(unit, localeWeeks).Millis <= other.Millis && other.Millis <= moved.EndOf(unit, localeWeeks).Millis;
    }

    private static Value SetZone(Run run, Value self, ZoneValue zone, Value options)
    {
        TimeArguments.Options(run, options, "keepLocalTime", "keepCalendarTime");
        var keepsClock = Coercion.ToBoolean(options["keepLocalTime"]) || Coercion.ToBoolean(options["keepCalendarTime"]);
        return (keepsClock ? Of(self).MovedTo(zone) : Of(self).In(zone)).AsValue();
    }

    private static Value Reconfigure(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        TimeArguments.Options(run, arguments.At(0));
        return Of(self).In(TimeArguments.Locale(run, arguments.At(0), Of(self).Locale)).AsValue();
    }

    /// <summary>year to millisecond, as toObject gives them.</summary>
    public static ObjectValue ToObject(DateTimeValue time)
    {
        double[] parts = [time.Wall.Year, time.Wall.Month, time.Wall.Day, time.Wall.Hour, time.Wall.Minute, time.Wall.Second, time.Wall.Millisecond];
        var o = new ObjectValue(parts.Length);
        for (var i = 0; i < parts.Length; i++) o.Set(PartNames[i], parts[i]);
        return o;
    }

    private static DateTimeValue Of(Value self) => (DateTimeValue)self.AsOther!;
}
