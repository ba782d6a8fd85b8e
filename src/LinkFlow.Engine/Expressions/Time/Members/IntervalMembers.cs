using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>Members of Interval; the functions that make one are <see cref="IntervalStatics"/>.</summary>
internal static class IntervalMembers
{
    public const string Sample = "Interval.fromISO('2026-03-01/2026-03-14')";

    public static MethodTable All { get; } = new("interval", Measures(), Relations(), Splitting(), Output())
    {
        Description = "The time from one moment, which it contains, to another, which it does not; with the names and rules of Luxon.",
        Properties = new PropertyList
        {
            { "start: DateTime", "The first moment.", $"{Sample}.start", (_, self) => Of(self).Start.AsValue() },
            { "end: DateTime", "The first moment behind it.", $"{Sample}.end", (_, self) => Of(self).End.AsValue() },
            { "lastDateTime: DateTime", "The last millisecond in it.", $"{Sample}.lastDateTime", (_, self) => Of(self).End.With(Of(self).End.Millis - 1).AsValue() },
            { "isValid: boolean", "True: an interval that cannot be is an error at once.", $"{Sample}.isValid", (_, _) => true },
            { "invalidReason: null", "Null: an interval that cannot be is an error at once.", $"{Sample}.invalidReason", (_, _) => Value.Null },
        },
    };

    private static MethodList Measures() => new()
    {
        { "length(unit?: string): number", "How long it is, in milliseconds or another unit, with a fraction.", $"{Sample}.length('days')",
            (run, self, args) => TimeArguments.Units(run, args.At(0), TimeUnit.Millisecond)[0] is var unit ? DateDifference.Between(Of(self).End, Of(self).Start, [unit])[unit] : 0 },
        { "count(unit?: string, options?: object): number", "How many of the unit it touches: days of the calendar, say, of which a minute is enough. { useLocaleWeeks: true } begins weeks as in the locale.", $"{Sample}.count('days')", Count },
        { "toDuration(units?: string | string[], options?: object): duration", "Its length as a Duration, as DateTime.diff gives it.", $"{Sample}.toDuration(['weeks', 'days']).toObject()",
            (run, self, args) => DateDifference.Between(Of(self).End, Of(self).Start, TimeArguments.Units(run, args.At(0), TimeUnit.Millisecond), TimeArguments.LongTerm(run, args.At(1)) ?? false).AsValue() },
        { "isEmpty(): boolean", "Whether it ends where it starts.", $"{Sample}.isEmpty()",
            (_, self, _) => Of(self).IsEmpty },
        { "hasSame(unit: string): boolean", "Whether it lies within one such unit.", $"{Sample}.hasSame('month')",
            (run, self, args) => Of(self).IsEmpty || DateTimeMembers.All.Find("hasSame")!(run, Of(self).End.With(Of(self).End.Millis - 1).AsValue(), [Of(self).Start.AsValue(), args.At(0)]).AsBoolean },
    };

    private static MethodList Relations() => new()
    {
        { "contains(time: date): boolean", "Whether a moment lies in it; the end does not.", $"{Sample}.contains($now)",
            (run, self, args) => Of(self).Contains(TimeArguments.Moment(run, args.At(0))) },
        { "isAfter(time: date): boolean", "Whether it starts behind a moment.", $"{Sample}.isAfter($now)",
            (run, self, args) => Of(self).Start.Millis > TimeArguments.Moment(run, args.At(0)).Millis },
        { "isBefore(time: date): boolean", "Whether it ends at or before a moment.", $"{Sample}.isBefore($now)",
            (run, self, args) => Of(self).End.Millis <= TimeArguments.Moment(run, args.At(0)).Millis },
        { "overlaps(other: interval): boolean", "Whether both have some time in common.", $"{Sample}.overlaps(Interval.after('2026-03-10', {{ weeks: 1 }}))",
            (run, self, args) => Of(self).Overlaps(Other(run, args.At(0))) },
        { "engulfs(other: interval): boolean", "Whether the other lies within this one.", $"{Sample}.engulfs(Interval.after('2026-03-10', {{ days: 1 }}))",
            (run, self, args) => Other(run, args.At(0)) is var other && Of(self).Start.Millis <= other.Start.Millis && Of(self).End.Millis >= other.End.Millis },
        { "abutsStart(other: interval): boolean", "Whether it ends where the other starts.", $"{Sample}.abutsStart(Interval.after('2026-03-14', {{ days: 1 }}))",
            (run, self, args) => Of(self).End.Millis == Other(run, args.At(0)).Start.Millis },
        { "abutsEnd(other: interval): boolean", "Whether it starts where the other ends.", $"{Sample}.abutsEnd(Interval.before('2026-03-01', {{ days: 1 }}))",
            (run, self, args) => Of(self).Start.Millis == Other(run, args.At(0)).End.Millis },
        { "equals(other: interval): boolean", "Whether both start and end alike, in the same zones.", $"{Sample}.equals({Sample})", AreEqual },
        { "intersection(other: interval): interval | null", "What both have in common; null when that is nothing.", $"{Sample}.intersection(Interval.after('2026-03-10', {{ weeks: 1 }})).length('days')",
            (run, self, args) => Of(self).Intersection(Other(run, args.At(0)))?.AsValue() ?? Value.Null },
        { "union(other: interval): interval", "From the first start to the last end, whatever lies between.", $"{Sample}.union(Interval.after('2026-03-20', {{ weeks: 1 }})).length('days')",
            (run, self, args) => Of(self).Union(Other(run, args.At(0))).AsValue() },
        { "difference(...others: interval[]): interval[]", "What is in this one and in none of the others.", $"{Sample}.difference(Interval.after('2026-03-05', {{ days: 1 }})).length", Difference },
    };

    private static MethodList Splitting() => new()
    {
        { "set(ends: object): interval", "With another start or end.", $"{Sample}.set({{ end: '2026-04-01' }}).length('days')",
            (run, self, args) => IntervalValue.Of(args.At(0)["start"].IsNullOrUndefined ? Of(self).Start : TimeArguments.Moment(run, args.At(0)["start"]), args.At(0)["end"].IsNullOrUndefined ? Of(self).End : TimeArguments.Moment(run, args.At(0)["end"])).AsValue() },
        { "splitAt(...times: date[]): interval[]", "Its pieces, cut at these moments.", $"{Sample}.splitAt('2026-03-05').length", SplitAt },
        { "splitBy(length: duration | object | number): interval[]", "Pieces of that length; the last may be shorter. The length must be positive.", $"{Sample}.splitBy({{ days: 5 }}).length",
            (run, self, args) => List(run, Split(run, Of(self), TimeArguments.Length(run, args.At(0), args.At(1)), double.PositiveInfinity)) },
        { "divideEqually(parts: number): interval[]", "So many pieces of the same length, 1 or more.", $"{Sample}.divideEqually(3).length", DivideEqually },
        { "mapEndpoints(f: (time: DateTime) => DateTime): interval", "With start and end replaced by what the function gives.", $"{Sample}.mapEndpoints(d => d.plus({{ days: 1 }})).start", MapEndpoints },
    };

    private static MethodList Output() => new()
    {
        { "toISO(options?: object): string", "Start and end in ISO 8601, with a slash. Options as of DateTime.toISO.", $"{Sample}.toISO()",
            (run, self, args) => IsoFormat.Read(run, args.At(0)) is var format ? $"{format.DateAndTime(Of(self).Start)}/{format.DateAndTime(Of(self).End)}" : "" },
        { "toISODate(): string", "The dates of start and end.", $"{Sample}.toISODate()",
            (run, self, _) => IsoFormat.Read(run, default, "day") is var format ? $"{format.Date(Of(self).Start)}/{format.Date(Of(self).End)}" : "" },
        { "toISOTime(options?: object): string", "The times of start and end. Options as of DateTime.toISOTime.", $"{Sample}.toISOTime()",
            (run, self, args) => IsoFormat.Read(run, args.At(0)) is var format ? $"{format.Time(Of(self).Start)}/{format.Time(Of(self).End)}" : "" },
        { "toFormat(format: string, options?: object): string", "Start and end by Luxon's tokens; { separator: ' to ' } for another than a dash.", $"{Sample}.toFormat('LLL d')", Format },
        { "toLocaleString(format?: object, options?: object): string", "Start and end as their language writes them, with a dash.", $"{Sample}.toLocaleString(DateTime.DATE_MED)",
            (run, self, args) => DateTimeOutput.Localised(run, Of(self).Start.AsValue(), args).AsString + " – " + DateTimeOutput.Localised(run, Of(self).End.AsValue(), args).AsString },
        { "toJSON(): string", "The same as toISO().", $"{Sample}.toJSON()",
            (run, self, _) => Of(self).ToJson(run) },
        { "toString(): string", "Start and end in brackets that say which belongs to it.", $"{Sample}.toString()",
            (run, self, _) => Of(self).Print(run) },
    };

    private static Value Count(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        TimeArguments.Options(run, arguments.At(1), "useLocaleWeeks");
        var unit = TimeArguments.Units(run, arguments.At(0), TimeUnit.Millisecond)[0];
        var localeWeeks = Coercion.ToBoolean(arguments.At(1)["useLocaleWeeks"]);
        var (start, last) = (Of(self).Start.StartOf(unit, localeWeeks), Of(self).End.In(Of(self).Start.Locale).StartOf(unit, localeWeeks));
        return Math.Floor(DateDifference.Between(last, start, [unit])[unit]) + (last.Millis != Of(self).End.Millis ? 1 : 0);
    }

    private static Value AreEqual(Run run, Value self, ReadOnlySpan<Value> arguments) => arguments.At(0).AsOther is IntervalValue other
        && other.Start.Millis == Of(self).Start.Millis && other.Start.Zone.SameAs(Of(self).Start.Zone)
        && other.End.Millis == Of(self).End.Millis && other.End.Zone.SameAs(Of(self).End.Zone);

    private static Value Difference(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        List<IntervalValue> all = [Of(self)];
        foreach (var argument in arguments) all.Add(Other(run, argument));
        return List(run, IntervalValue.Xor(run, all).Select(Of(self).Intersection).OfType<IntervalValue>());
    }

    private static Value SplitAt(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        List<DateTimeValue> cuts = [];
        foreach (var argument in arguments)
            if (TimeArguments.Moment(run, argument) is var cut && Of(self).Contains(cut)) cuts.Add(cut);
        List<IntervalValue> pieces = [];
        var start = Of(self).Start;
        foreach (var cut in cuts.OrderBy(c => c.Millis).Append(Of(self).End))
        {
            pieces.Add(IntervalValue.Of(start, cut));
            start = cut;
        }

        return List(run, Of(self).IsEmpty ? [] : pieces);
    }

    private static Value DivideEqually(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var parts = Coercion.ToNumber(run, arguments.At(0));
        if (!(parts >= 1)) throw run.RangeError($"An interval can be divided into 1 part or more, not into {JavaScriptNumber.ToString(parts)}.");
        return List(run, Of(self).IsEmpty ? [] : Split(run, Of(self), DurationValue.Of(TimeUnit.Millisecond, (Of(self).End.Millis - Of(self).Start.Millis) / parts), parts));
    }

    /// <summary>Each piece is counted as work and memory before it is made, so that a tiny length ends in a limit.</summary>
    private static IEnumerable<IntervalValue> Split(Run run, IntervalValue interval, DurationValue length, double most)
    {
        const int BytesOfPiece = 100;
        const int StepsOfPiece = 10;
        if (length.Millis == 0) yield break;
        if (length.Millis < 0) throw run.RangeError("An interval can be split only by a positive length of time.");
        var start = interval.Start;
        for (var i = 1; start.Millis < interval.End.Millis && i <= most; i++)
        {
            run.Steps(StepsOfPiece);
            run.Make(BytesOfPiece);
            var place = i;
            var next = interval.Start.MillisAfter(length.With(length.Parts.Select(p => (p.Unit, p.Amount * place))));
            var end = next > interval.End.Millis ? interval.End : interval.Start.With(next);
            yield return IntervalValue.Of(start, end);
            start = end;
        }
    }

    private static Value MapEndpoints(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var map = Callback.Function(run, arguments.At(0));
        return IntervalValue.Of(TimeArguments.Moment(run, map.Call(run, [Of(self).Start.AsValue()])), TimeArguments.Moment(run, map.Call(run, [Of(self).End.AsValue()]))).AsValue();
    }

    private static Value Format(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        TimeArguments.Options(run, arguments.At(1), "separator");
        var format = Coercion.ToString(run, arguments.At(0));
        var separator = arguments.At(1)["separator"].IsUndefined ? " – " : Coercion.ToString(run, arguments.At(1)["separator"]);
        string Print(DateTimeValue time) => TokenFormat.Format(run, time, format, TimeArguments.Locale(run, Value.Undefined, time.Locale));
        return run.Made(Print(Of(self).Start) + separator + Print(Of(self).End));
    }

    public static IntervalValue Other(Run run, Value value) => value.AsOther as IntervalValue ?? throw run.TypeError($"An interval was expected, e.g. Interval.after($now, {{ days: 1 }}), not {Evaluation.Properties.Describe(value)}.");

    public static Value List(Run run, IEnumerable<IntervalValue> intervals) => run.Made(new ArrayValue(intervals.Select(i => i.AsValue())));

    private static IntervalValue Of(Value self) => (IntervalValue)self.AsOther!;
}
