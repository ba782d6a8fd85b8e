using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Expressions.Time.Members;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time;

/// <summary>JavaScript's Date: milliseconds since 1970, or NaN for an invalid one. Its local time is the workflow's zone.</summary>
internal sealed class DateValue(double millis) : LanguageObject
{
    private const double Greatest = 8.64e15;

    public double Millis { get; private set; } = Clip(millis);
    public override string TypeName => "date";
    public override MethodTable Methods => DateMembers.All;
    public bool IsValid => !double.IsNaN(Millis);

    public double Set(double millis) => Millis = Clip(millis);

    /// <exception cref="ExpressionException">The date is invalid.</exception>
    public double Require(Run run) => IsValid ? Millis : throw run.RangeError("Invalid time value.");

    /// <summary>What clocks show; the date is valid.</summary>
    public WallTime Wall(Run run, bool utc) => In(run, utc).Wall;

    /// <summary>For printing; the date is valid.</summary>
    public DateTimeValue In(Run run, bool utc) => DateTimeValue.Unbounded(Millis, utc ? ZoneValue.Utc : ZoneValue.Of(run.Scope.TimeZone));

    public override Value ToPrimitive(Run run, bool preferNumber) => preferNumber ? Millis : Print(run);
    public override Value ToJson(Run run) => IsValid ? IsoFormat.Print(In(run, utc: true)) : Value.Null;

    public override string Print(Run run)
    {
        if (!IsValid) return "Invalid Date";
        var time = In(run, utc: false);
        return $"{TokenFormat.Standard(time, "EEE MMM dd yyyy HH:mm:ss 'GMT'ZZZ", allowZ: false)} ({Locale.Default.ZoneName(time.Zone, time.Millis, isLong: true)})";
    }

    private static double Clip(double millis) => Math.Abs(millis) <= Greatest ? Math.Truncate(millis) + 0 : double.NaN;
}
