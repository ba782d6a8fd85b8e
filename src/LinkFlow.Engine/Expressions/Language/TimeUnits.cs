using LinkFlow.Engine.Text;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>The units of dates, the greatest first.</summary>
internal enum TimeUnit { Year, Quarter, Month, Week, Day, Hour, Minute, Second, Millisecond }

/// <summary>Names and lengths of the units.</summary>
internal static class TimeUnits
{
    public const double MillisPerDay = 86_400_000;

    private static readonly string[] Names = ["years", "quarters", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds"];

    /// <summary>In milliseconds; a year is 365 days and a month 30, as in casual conversions.</summary>
    private static readonly double[] Lengths = [365 * MillisPerDay, 91 * MillisPerDay, 30 * MillisPerDay, 7 * MillisPerDay, MillisPerDay, 3_600_000, 60_000, 1000, 1];

    public static string Name(TimeUnit unit) => Names[(int)unit];
    public static double Length(TimeUnit unit) => Lengths[(int)unit];

    /// <exception cref="ExpressionException">There is no such unit.</exception>
    public static TimeUnit Normalise(string unit)
    {
        var name = unit.ToLowerInvariant();
        var at = Array.FindIndex(Names, n => n == name || n[..^1] == name);
        return at >= 0 ? (TimeUnit)at : throw new ExpressionException(ExpressionErrorCodes.Range, $"'{unit}' is not a unit of time.{DidYouMean.Suggestion(name, Names)}");
    }
}
