using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Reading;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary><c>Date</c>, <c>DateTime</c>, <c>Duration</c> and <c>Interval</c>. The present is the attempt's recorded time.</summary>
internal static class TimeGlobals
{
    public static GlobalList All { get; } =
    [
        new("new Date(value?: string | number | date, …): date", "A date: of the present, of milliseconds since 1970, of a text, or of parts from the year on, the month from 0. Without 'new', the present as text.", "new Date(0).toISOString()", Value.FromOther(new ConstructorFunction("Date", DateStatics())
        {
            WhenCalled = (run, _, _) => new DateValue(run.Scope.Now).Print(run),
            WhenConstructed = NewDate,
            Recognises = v => v.AsOther is DateValue,
        })),
        new("DateTime: namespace", "Makes moments with a time zone.", "DateTime.fromISO('2026-03-14').year", Value.FromOther(new ConstructorFunction("DateTime", DateTimeStatics.All) { Recognises = v => v.AsOther is DateTimeValue })),
        new("Duration: namespace", "Makes lengths of time.", "Duration.fromObject({ hours: 2 }).as('minutes')", Value.FromOther(new ConstructorFunction("Duration", DurationMembers.Statics) { Recognises = v => v.AsOther is DurationValue })),
        new("Interval: namespace", "Makes the times between two moments.", "Interval.after($today, { days: 1 }).contains($now)", Value.FromOther(new ConstructorFunction("Interval", IntervalStatics.All) { Recognises = v => v.AsOther is IntervalValue })),
    ];

    private static MethodTable DateStatics() => new("Date", new MethodList
    {
        { "now(): number", "The present in milliseconds since 1970; the same throughout a run of a node.", "Date.now()",
            (run, _, _) => run.Scope.Now },
        { "parse(text: string): number", "A text as milliseconds since 1970; NaN when it is no date. A date alone is in UTC, a time without an offset in the workflow's zone.", "Date.parse('2026-03-14')",
            (run, _, args) => JavaScriptDateReader.Read(Coercion.ToString(run, args.At(0)), run.Scope.TimeZone) },
        { "UTC(year: number, month?: number, …): number", "Parts in UTC, the month from 0, as milliseconds since 1970.", "Date.UTC(2026, 2, 14)",
            (run, _, args) => FromParts(run, args, ZoneValue.Utc) },
    })
    {
        Description = "What makes JavaScript's dates, beside new Date(…).",
    };

    private static Value NewDate(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length > 1) return new DateValue(FromParts(run, arguments, ZoneValue.Of(run.Scope.TimeZone))).AsValue();
        if (arguments.Length == 0) return new DateValue(run.Scope.Now).AsValue();
        var value = arguments[0].AsOther switch
        {
            DateValue date => date.Millis,
            DateTimeValue time => time.Millis,
            _ => Coercion.ToPrimitive(run, arguments[0], preferNumber: false),
        };
        return new DateValue(value.AsString is { } text ? JavaScriptDateReader.Read(text, run.Scope.TimeZone) : Coercion.ToNumber(run, value)).AsValue();
    }

    /// <summary>Year, month from 0, day, …; years below 100 are of the twentieth century.</summary>
    private static double FromParts(Run run, ReadOnlySpan<Value> arguments, ZoneValue zone)
    {
        double[] parts = [double.NaN, 0, 1, 0, 0, 0, 0];
        for (var i = 0; i < Math.Min(parts.Length, arguments.Length); i++) parts[i] = Coercion.ToNumber(run, arguments[i]);
        if (parts[0] is >= 0 and < 100) parts[0] = 1900 + Math.Truncate(parts[0]);
        return DateMembers.FromParts(parts, zone);
    }
}
