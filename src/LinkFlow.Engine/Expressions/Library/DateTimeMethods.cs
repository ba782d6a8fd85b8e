using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;
using NodaTime;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Methods of DateTime.</summary>
internal static class DateTimeMethods
{
    public static MethodTable All { get; } = new("date", new Dictionary<string, NativeMethod>
    {
        ["toISO"] = (_, self, _) => DateFormat.Iso(Of(self).Time),
        ["toISODate"] = (_, self, _) => DateFormat.IsoDate(Of(self).Time),
        ["toISOTime"] = (_, self, _) => DateFormat.IsoTime(Of(self).Time),
        ["toJSON"] = (_, self, _) => DateFormat.Iso(Of(self).Time),
        ["toString"] = (_, self, _) => DateFormat.Iso(Of(self).Time),
        ["toFormat"] = (run, self, args) => Format(run, self, args),
        ["format"] = (run, self, args) => Format(run, self, args),
        ["toMillis"] = (_, self, _) => Of(self).Millis,
        ["valueOf"] = (_, self, _) => Of(self).Millis,
        ["toSeconds"] = (_, self, _) => Of(self).Millis / 1000.0,
        ["toUnixInteger"] = (_, self, _) => Math.Floor(Of(self).Millis / 1000.0),
        ["toJSDate"] = (_, self, _) => Value.FromOther(new DateValue(Of(self).Millis)),
        ["plus"] = (run, self, args) => Value.FromOther(Of(self).Plus(DurationValue.From(run, args.At(0), args.At(1)), 1)),
        ["minus"] = (run, self, args) => Value.FromOther(Of(self).Plus(DurationValue.From(run, args.At(0), args.At(1)), -1)),
        ["startOf"] = (run, self, args) => Value.FromOther(Of(self).StartOf(Coercion.ToString(run, args.At(0)))),
        ["endOf"] = (run, self, args) => EndOf(Of(self), TimeUnits.Normalise(Coercion.ToString(run, args.At(0)))),
        ["set"] = Set,
        ["setZone"] = (run, self, args) => Value.FromOther(Of(self).InZone(Coercion.ToString(run, args.At(0)))),
        ["toUTC"] = (_, self, _) => Value.FromOther(Of(self).InZone("UTC")),
        ["diff"] = (run, self, args) => Value.FromOther(DateDifference.Between(run, Of(self), Other(run, args.At(0)), args.At(1))),
        ["diffNow"] = (run, self, args) => Value.FromOther(DateDifference.Between(run, Of(self), DateTimeValue.Of(run.Scope.Now, run.Scope.TimeZone), args.At(0))),
        ["hasSame"] = (run, self, args) => Coercion.ToString(run, args.At(1)) is var unit && Of(self).StartOf(unit).Millis == Other(run, args.At(0)).StartOf(unit).Millis,
        ["equals"] = (_, self, args) => args.At(0).AsOther is DateTimeValue other && other.Millis == Of(self).Millis && other.Time.Zone.Equals(Of(self).Time.Zone),
        ["toObject"] = (_, self, _) => ToObject(Of(self).Time),
        ["get"] = (run, self, args) => Of(self).Get(run, Coercion.ToString(run, args.At(0))),
    });

    /// <summary>A DateTime, or what becomes one: a Date, milliseconds, ISO text.</summary>
    public static DateTimeValue Other(Run run, Value value) => value.AsOther switch
    {
        DateTimeValue time => time,
        DateValue date => DateTimeValue.Of((long)date.Require(run), run.Scope.TimeZone),
        _ when value.IsNumber => DateTimeValue.Of((long)value.AsNumber, run.Scope.TimeZone),
        _ => DateParsing.Iso(Coercion.ToString(run, value), run.Scope.TimeZone) ?? throw run.TypeError($"A date was expected, not {Properties.Describe(value)}."),
    };

    private static Value Format(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var format = arguments.At(0).IsUndefined ? "yyyy-MM-dd" : Coercion.ToString(run, arguments.At(0));
        run.Steps(format.Length);
        run.Make(format.Length * 4.0);
        return run.Made(DateFormat.Format(Of(self).Time, format));
    }

    private static Value EndOf(DateTimeValue time, TimeUnit unit)
    {
        var next = time.StartOf(TimeUnits.Name(unit)).Plus(new DurationValue(new Dictionary<TimeUnit, double> { [unit] = 1 }), 1);
        return Value.FromOther(new DateTimeValue(next.Time + Duration.FromMilliseconds(-1)));
    }

    private static Value Set(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.At(0).AsObject is not { } values) throw run.TypeError("set needs an object, e.g. { hour: 9 }.");
        var local = Of(self).Time.LocalDateTime;
        var parts = new Dictionary<TimeUnit, int>
        {
            [TimeUnit.Year] = local.Year, [TimeUnit.Month] = local.Month, [TimeUnit.Day] = local.Day,
            [TimeUnit.Hour] = local.Hour, [TimeUnit.Minute] = local.Minute, [TimeUnit.Second] = local.Second, [TimeUnit.Millisecond] = local.Millisecond,
        };
        var setsDay = false;
        foreach (var (name, value) in values)
        {
            var unit = TimeUnits.Normalise(name);
            if (!parts.ContainsKey(unit)) throw run.RangeError($"'{name}' cannot be set.");
            setsDay |= unit == TimeUnit.Day;
            parts[unit] = (int)Coercion.ToInteger(run, value);
        }

        try
        {
            var date = new LocalDate(parts[TimeUnit.Year], parts[TimeUnit.Month], 1);
            var day = setsDay ? parts[TimeUnit.Day] : Math.Min(parts[TimeUnit.Day], CalendarSystem.Iso.GetDaysInMonth(date.Year, date.Month));
            date = new LocalDate(date.Year, date.Month, day);
            return Value.FromOther(DateTimeValue.Local(date + new LocalTime(parts[TimeUnit.Hour], parts[TimeUnit.Minute], parts[TimeUnit.Second], parts[TimeUnit.Millisecond]), Of(self).Time.Zone));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw run.RangeError("These are not the parts of a date.");
        }
    }

    private static Value ToObject(ZonedDateTime time) => new ObjectValue
    {
        { "year", time.Year }, { "month", time.Month }, { "day", time.Day },
        { "hour", time.Hour }, { "minute", time.Minute }, { "second", time.Second }, { "millisecond", time.Millisecond },
    };

    private static DateTimeValue Of(Value self) => (DateTimeValue)self.AsOther!;
}
