using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Members;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time;

/// <summary>The time from one moment, which it contains, to another, which it does not; with the names of Luxon's Interval. Unchangeable.</summary>
internal sealed class IntervalValue : LanguageObject
{
    private IntervalValue(DateTimeValue start, DateTimeValue end) => (Start, End) = (start, end);

    public DateTimeValue Start { get; }
    public DateTimeValue End { get; }
    public bool IsEmpty => Start.Millis == End.Millis;
    public override string TypeName => "interval";
    public override MethodTable Methods => IntervalMembers.All;

    /// <exception cref="ExpressionException">The end is before the start.</exception>
    public static IntervalValue Of(DateTimeValue start, DateTimeValue end) => end.Millis >= start.Millis
        ? new IntervalValue(start, end)
        : throw new ExpressionException(ExpressionErrorCodes.Range, $"The end of an interval cannot be before its start: this one would begin at {IsoFormat.Print(start)} and end at {IsoFormat.Print(end)}.");

    public bool Contains(DateTimeValue time) => Start.Millis <= time.Millis && End.Millis > time.Millis;
    public bool Overlaps(IntervalValue other) => End.Millis > other.Start.Millis && Start.Millis < other.End.Millis;

    /// <summary>What both have in common; null when that is nothing.</summary>
    public IntervalValue? Intersection(IntervalValue other)
    {
        var start = Start.Millis > other.Start.Millis ? Start : other.Start;
        var end = End.Millis < other.End.Millis ? End : other.End;
        return start.Millis >= end.Millis ? null : new IntervalValue(start, end);
    }

    /// <summary>From the start of the first to the end of the last, whatever lies between.</summary>
    public IntervalValue Union(IntervalValue other) =>
        new(Start.Millis < other.Start.Millis ? Start : other.Start, End.Millis > other.End.Millis ? End : other.End);

    /// <summary>Ascending, with those that overlap or touch made one.</summary>
    public static List<IntervalValue> Merge(Run run, IEnumerable<IntervalValue> intervals)
    {
        List<IntervalValue> merged = [];
        foreach (var interval in intervals.OrderBy(i => i.Start.Millis))
        {
            run.Step();
            if (merged.Count > 0 && (merged[^1].Overlaps(interval) || merged[^1].End.Millis == interval.Start.Millis)) merged[^1] = merged[^1].Union(interval);
            else merged.Add(interval);
        }

        return merged;
    }

    /// <summary>The times that exactly one of them contains.</summary>
    public static List<IntervalValue> Xor(Run run, IEnumerable<IntervalValue> intervals)
    {
        List<IntervalValue> alone = [];
        DateTimeValue? start = null;
        var open = 0;
        foreach (var (time, change) in intervals.SelectMany(i => new (DateTimeValue Time, int Change)[] { (i.Start, 1), (i.End, -1) }).OrderBy(e => e.Time.Millis))
        {
            run.Step();
            open += change;
            if (open == 1) start = time;
            else
            {
                if (start is not null && start.Millis != time.Millis) alone.Add(new IntervalValue(start, time));
                start = null;
            }
        }

        return Merge(run, alone);
    }

    public override string Print(Run run) => $"[{IsoFormat.Print(Start)} – {IsoFormat.Print(End)})";
    public override Value ToJson(Run run) => $"{IsoFormat.Print(Start)}/{IsoFormat.Print(End)}";
    public override Value ToPrimitive(Run run, bool preferNumber) => Print(run);
}
