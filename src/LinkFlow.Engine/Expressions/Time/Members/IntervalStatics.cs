using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Reading;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>The functions that make an Interval.</summary>
internal static class IntervalStatics
{
    public static MethodTable All { get; } = new("Interval", new MethodList
    {
        { "fromDateTimes(start: date, end: date): interval", "From one moment to another, which cannot be before it.", "Interval.fromDateTimes($today, $now).length('hours')",
            (run, _, args) => IntervalValue.Of(TimeArguments.Moment(run, args.At(0)), TimeArguments.Moment(run, args.At(1))).AsValue() },
        { "after(start: date, length: duration | object | number): interval", "From a moment on, for a length of time.", "Interval.after($today, { days: 1 }).end",
            (run, _, args) => TimeArguments.Moment(run, args.At(0)) is var start ? IntervalValue.Of(start, start.Plus(TimeArguments.Length(run, args.At(1), args.At(2)))).AsValue() : default },
        { "before(end: date, length: duration | object | number): interval", "For a length of time, up to a moment.", "Interval.before($today, { days: 1 }).start",
            (run, _, args) => TimeArguments.Moment(run, args.At(0)) is var end ? IntervalValue.Of(end.Plus(TimeArguments.Length(run, args.At(1), args.At(2)).Negated()), end).AsValue() : default },
        { "fromISO(text: string, options?: object): interval", "Of ISO 8601: start/end, start/duration or duration/end. Options: zone, setZone, locale.", "Interval.fromISO('2026-03-01/P1W').end", FromIso },
        { "merge(intervals: interval[]): interval[]", "In order, with those that overlap or touch made one.", $"Interval.merge([{IntervalMembers.Sample}, Interval.fromISO('2026-03-10/P1W')]).length",
            (run, _, args) => IntervalMembers.List(run, IntervalValue.Merge(run, Intervals(run, args.At(0)))) },
        { "xor(intervals: interval[]): interval[]", "The times that exactly one of them contains.", $"Interval.xor([{IntervalMembers.Sample}, Interval.fromISO('2026-03-10/P1W')]).length",
            (run, _, args) => IntervalMembers.List(run, IntervalValue.Xor(run, Intervals(run, args.At(0)))) },
        { "isInterval(value: any): boolean", "Whether a value is an Interval.", "Interval.isInterval(5)",
            (_, _, args) => args.At(0).AsOther is IntervalValue },
    })
    {
        Description = "What makes intervals.",
    };

    private static Value FromIso(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var text = TimeArguments.ShortText(run, arguments.At(0), 2 * IsoReader.LongestDate, "An interval");
        TimeArguments.Options(run, arguments.At(1), "zone", "setZone");
        var halves = text.Split('/');
        var keepsZone = Coercion.ToBoolean(arguments.At(1)["setZone"]);
        var asWritten = (arguments.At(1).AsObject?.Copy() ?? new ObjectValue()).Set("setZone", true);
        var zone = TimeArguments.Zone(run, arguments.At(1)["zone"]);
        DateTimeValue Placed(DateTimeValue time) => keepsZone ? time : time.In(zone);
        if (halves is [var first, var second])
        {
            // A zone in a name has a slash too; such a text has more than two halves and is none that is read.
            var start = IsoReader.TryRead(first)?.ToDateTime(run, asWritten);
            var withZone = start is null ? asWritten : asWritten.Copy().Set("zone", start.Zone.AsValue());
            var end = IsoReader.TryReadEnd(second)?.ToDateTime(run, withZone, start?.Millis);
            if (start is not null && end is not null) return IntervalValue.Of(Placed(start), Placed(end)).AsValue();
            if (start is not null && IsoReader.TryReadDuration(second) is { } after) return IntervalValue.Of(Placed(start), Placed(start).Plus(new DurationValue(after))).AsValue();
            if (end is not null && IsoReader.TryReadDuration(first) is { } before) return IntervalValue.Of(Placed(end).Plus(new DurationValue(before).Negated()), Placed(end)).AsValue();
        }

        throw run.RangeError($"{Evaluation.Properties.Describe(text)} is not an ISO 8601 interval such as 2024-01-01/2024-02-01 or 2024-01-01/P1M.");
    }

    private static IEnumerable<IntervalValue> Intervals(Run run, Value value) =>
        value.AsArray is { } array ? array.Select(i => IntervalMembers.Other(run, i)).ToArray() : throw run.TypeError($"An array of intervals was expected, not {Evaluation.Properties.Describe(value)}.");
}
