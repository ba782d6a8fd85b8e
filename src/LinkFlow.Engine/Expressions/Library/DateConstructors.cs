using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;
using NodaTime;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary><c>Date</c>, <c>DateTime</c> and <c>Duration</c>. The present is the attempt's recorded time.</summary>
internal static class DateConstructors
{
    public static GlobalList All { get; } =
    [
        new("new Date(value?: string | number | date, …): date", "A date: of the present, of milliseconds since 1970, of a text, or of parts from the year on, the month from 0.", "new Date(0).toISOString()", Value.FromOther(new ConstructorFunction("Date", new MethodTable("Date", new Dictionary<string, NativeMethod>
        {
            ["now"] = (run, _, _) => run.Scope.Now,
            ["parse"] = (run, _, args) => DateParsing.ForDate(Coercion.ToString(run, args.At(0)), run.Scope.TimeZone),
            ["UTC"] = (run, _, args) => FromParts(run, args, DateTimeZone.Utc),
        }))
        {
            WhenCalled = (run, _, _) => new DateValue(run.Scope.Now).Print(run),
            WhenConstructed = NewDate,
            Recognises = v => v.AsOther is DateValue,
        })),
        new("DateTime: namespace", "Makes moments with a time zone.", "DateTime.fromISO('2026-03-14').year", Value.FromOther(new ConstructorFunction("DateTime", new MethodTable("DateTime", new Dictionary<string, NativeMethod>
        {
            ["now"] = (run, _, _) => Value.FromOther(DateTimeValue.Of(run.Scope.Now, run.Scope.TimeZone)),
            ["local"] = (run, _, args) => FromLocal(run, args, DateTimeValue.Zone(run.Scope.TimeZone)),
            ["utc"] = (run, _, args) => FromLocal(run, args, DateTimeZone.Utc),
            ["fromISO"] = (run, _, args) => Value.FromOther(DateParsing.Iso(Coercion.ToString(run, args.At(0)), Zone(run, args.At(1)))
                ?? throw run.RangeError($"{Properties.Describe(args.At(0))} is not an ISO 8601 date such as 2024-01-31T10:00:00Z.")),
            ["fromMillis"] = (run, _, args) => FromMillis(run, Coercion.ToNumber(run, args.At(0)), args.At(1)),
            ["fromSeconds"] = (run, _, args) => FromMillis(run, Coercion.ToNumber(run, args.At(0)) * 1000, args.At(1)),
            ["fromJSDate"] = (run, _, args) => Value.FromOther(DateTimeMethods.Other(run, args.At(0))),
            ["fromObject"] = (run, _, args) => FromObject(run, args),
            ["isDateTime"] = (_, _, args) => args.At(0).AsOther is DateTimeValue,
        }))
        { Recognises = v => v.AsOther is DateTimeValue })),
        new("Duration: namespace", "Makes lengths of time.", "Duration.fromObject({ hours: 2 }).as('minutes')", Value.FromOther(new ConstructorFunction("Duration", new MethodTable("Duration", new Dictionary<string, NativeMethod>
        {
            ["fromObject"] = (run, _, args) => Value.FromOther(DurationValue.From(run, args.At(0), default)),
            ["fromMillis"] = (run, _, args) => Value.FromOther(DurationValue.From(run, Coercion.ToNumber(run, args.At(0)), default)),
        }))
        { Recognises = v => v.AsOther is DurationValue })),
    ];

    private static Value NewDate(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length > 1) return Value.FromOther(new DateValue(FromParts(run, arguments, DateTimeValue.Zone(run.Scope.TimeZone)).AsNumber));
        if (arguments.Length == 0) return Value.FromOther(new DateValue(run.Scope.Now));
        var value = arguments[0].AsOther switch
        {
            DateValue date => date.Millis,
            DateTimeValue time => time.Millis,
            _ => Coercion.ToPrimitive(run, arguments[0], preferNumber: false),
        };
        return Value.FromOther(new DateValue(value.AsString is { } text ? DateParsing.ForDate(text, run.Scope.TimeZone) : Coercion.ToNumber(run, value)));
    }

    /// <summary>Year, month from 0, day, …; years below 100 are of the twentieth century.</summary>
    private static Value FromParts(Run run, ReadOnlySpan<Value> arguments, DateTimeZone zone)
    {
        double[] parts = [double.NaN, 0, 1, 0, 0, 0, 0];
        for (var i = 0; i < Math.Min(parts.Length, arguments.Length); i++) parts[i] = Coercion.ToNumber(run, arguments[i]);
        if (parts[0] is >= 0 and < 100) parts[0] = 1900 + Math.Truncate(parts[0]);
        return DateMethods.FromParts(parts, zone);
    }

    private static string Zone(Run run, Value options) => options["zone"] is { IsUndefined: false } zone ? Coercion.ToString(run, zone) : run.Scope.TimeZone;

    private static Value FromMillis(Run run, double millis, Value options) =>
        Value.FromOther(DateTimeValue.Of((long)new DateValue(millis).Require(run), Zone(run, options)));

    /// <summary>Year, month from 1, day, …; nothing is the present.</summary>
    private static Value FromLocal(Run run, ReadOnlySpan<Value> arguments, DateTimeZone zone)
    {
        if (arguments.Length == 0) return Value.FromOther(new DateTimeValue(Instant.FromUnixTimeMilliseconds(run.Scope.Now).InZone(zone)));
        double[] parts = [1970, 1, 1, 0, 0, 0, 0];
        for (var i = 0; i < Math.Min(parts.Length, arguments.Length); i++) parts[i] = Coercion.ToInteger(run, arguments[i]);
        return Local(run, parts, zone);
    }

    private static Value FromObject(Run run, ReadOnlySpan<Value> arguments)
    {
        var values = arguments.At(0);
        double Part(string name, double missing) => values[name].IsUndefined ? missing : Coercion.ToInteger(run, values[name]);
        var now = DateTimeValue.Of(run.Scope.Now, Zone(run, arguments.At(1))).Time;
        return Local(run, [Part("year", now.Year), Part("month", 1), Part("day", 1), Part("hour", 0), Part("minute", 0), Part("second", 0), Part("millisecond", 0)], now.Zone);
    }

    private static Value Local(Run run, double[] parts, DateTimeZone zone)
    {
        try
        {
            var date = new LocalDate((int)parts[0], (int)parts[1], (int)parts[2]);
            return Value.FromOther(DateTimeValue.Local(date + new LocalTime((int)parts[3], (int)parts[4], (int)parts[5], (int)parts[6]), zone));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw run.RangeError("These are not the parts of a date.");
        }
    }
}
