using LinkFlow.Engine.Text;

namespace LinkFlow.Engine.Expressions.Time;

/// <summary>The units of durations, the greatest first.</summary>
internal enum TimeUnit { Year, Quarter, Month, Week, Day, Hour, Minute, Second, Millisecond }

/// <summary>Names of the units, and how many of one make up another.</summary>
internal static class TimeUnits
{
    public const double MillisPerDay = 86_400_000;
    private const double DaysPerYear = 146_097.0 / 400;
    private const double DaysPerMonth = 146_097.0 / 4800;

    private static readonly string[] Names = ["years", "quarters", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds"];
    private static readonly double[,] CasualRatios = Ratios(365, 91, 30, [4, 12, 52, 3, 13, 4]);
    private static readonly double[,] LongTermRatios = Ratios(DaysPerYear, DaysPerYear / 4, DaysPerMonth, [4, 12, DaysPerYear / 7, 3, DaysPerYear / 28, DaysPerMonth / 7]);

    public static IReadOnlyList<TimeUnit> All { get; } = Enum.GetValues<TimeUnit>();

    /// <summary>In the plural: <c>days</c>.</summary>
    public static string Name(TimeUnit unit) => Names[(int)unit];

    /// <summary>In the singular: <c>day</c>.</summary>
    public static string Singular(TimeUnit unit) => Names[(int)unit][..^1];

    /// <summary>How many of the smaller unit one of the greater is.</summary>
    /// <param name="longTerm">By the mean lengths of years and months over 400 years; else a year is 365 days and a month 30.</param>
    public static double Ratio(TimeUnit greater, TimeUnit smaller, bool longTerm) => (longTerm ? LongTermRatios : CasualRatios)[(int)greater, (int)smaller];

    /// <summary>Singular or plural, in any case.</summary>
    /// <exception cref="ExpressionException">There is no such unit.</exception>
    public static TimeUnit Normalise(string unit)
    {
        var name = unit.ToLowerInvariant();
        var at = Array.FindIndex(Names, n => n == name || n.AsSpan(0, n.Length - 1).SequenceEqual(name));
        return at >= 0 ? (TimeUnit)at : throw new ExpressionException(ExpressionErrorCodes.Range, $"'{unit}' is not a unit of time.{DidYouMean.Suggestion(name, Names)}");
    }

    /// <summary>Multiplied unit by unit, so that mean lengths come out with the digits that Luxon has.</summary>
    private static double[,] Ratios(double year, double quarter, double month, double[] calendar)
    {
        double[] steps = [1, 24, 60, 60, 1000];
        double[] days = [year, quarter, month, 7, 1];
        var ratios = new double[9, 9];
        for (var greater = 0; greater < 8; greater++)
        {
            var first = Math.Max(greater, (int)TimeUnit.Day);
            var ratio = greater < days.Length ? days[greater] : 1;
            for (var smaller = first; smaller < 9; smaller++)
            {
                if (smaller > first) ratio *= steps[smaller - (int)TimeUnit.Day];
                ratios[greater, smaller] = ratio;
            }
        }

        (int Greater, int Smaller)[] places = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        for (var i = 0; i < places.Length; i++) ratios[places[i].Greater, places[i].Smaller] = calendar[i];
        for (var unit = 0; unit < 9; unit++) ratios[unit, unit] = 1;
        return ratios;
    }
}
