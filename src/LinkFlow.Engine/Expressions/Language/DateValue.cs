using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;
using NodaTime;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>JavaScript's Date: milliseconds since 1970, or NaN for an invalid one. Its local time is the workflow's zone.</summary>
internal sealed class DateValue(double millis) : LanguageObject
{
    private const double Greatest = 8.64e15;

    /// <summary>NodaTime's calendar ends at the year 9999.</summary>
    private const double GreatestInCalendar = 253402300799999;
    private const double LeastInCalendar = -377673580800000;

    public double Millis { get; set; } = Clip(millis);
    public override string TypeName => "date";
    public override MethodTable Methods => DateMethods.All;
    public bool IsValid => !double.IsNaN(Millis);

    private static double Clip(double millis) => Math.Abs(millis) <= Greatest ? Math.Truncate(millis) + 0 : double.NaN;

    /// <exception cref="ExpressionException">The date is invalid, or beyond the calendar.</exception>
    public double Require(Run run) => Millis is >= LeastInCalendar and <= GreatestInCalendar ? Millis : throw run.RangeError("Invalid time value.");

    public ZonedDateTime In(Run run, bool utc) => DateTimeValue.Of((long)Require(run), utc ? "UTC" : run.Scope.TimeZone).Time;

    public override Value ToPrimitive(Run run, bool preferNumber) => preferNumber ? Millis : Print(run);
    public override Value ToJson(Run run) => IsValid ? DateFormat.Iso(In(run, utc: true)) : Value.Null;

    public override string Print(Run run)
    {
        if (!IsValid) return "Invalid Date";
        var time = In(run, utc: false);
        var abbreviation = time.GetZoneInterval().Name;
        return DateFormat.Format(time, "EEE MMM dd yyyy HH:mm:ss 'GMT'ZZZ") + $" ({(abbreviation == "UTC" ? "Coordinated Universal Time" : abbreviation)})";
    }
}
