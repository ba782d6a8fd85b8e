namespace LinkFlow.Engine.Expressions.Time;

/// <summary>A day told by its week.</summary>
/// <param name="Weekday">1 for the day that weeks begin with, to 7.</param>
internal readonly record struct WeekDate(double Year, double Week, double Weekday);

/// <summary>How weeks are counted: ISO 8601 begins them on Monday, and a year with the week of January 4th.</summary>
/// <param name="FirstDay">1 for Monday to 7 for Sunday.</param>
/// <param name="DaysInFirst">So many days of the new year must lie in its first week: 1 to 7.</param>
internal sealed record WeekRules(int FirstDay, int DaysInFirst)
{
    public static WeekRules Iso { get; } = new(1, 4);

    public int WeeksIn(double year) => (int)((WallTime.DaysInYear(year) - Offset(year) + Offset(year + 1)) / 7);

    public WeekDate Of(WallTime date)
    {
        var weekday = Local(date.DayOfWeek);
        var week = Math.Floor((date.Ordinal - weekday + 14.0 - DaysInFirst) / 7);
        if (week < 1) return new WeekDate(date.Year - 1, WeeksIn(date.Year - 1), weekday);
        return week > WeeksIn(date.Year) ? new WeekDate(date.Year + 1, 1, weekday) : new WeekDate(date.Year, week, weekday);
    }

    /// <summary>The date, at the given time's clock. Weeks and weekdays beyond their range carry over.</summary>
    public WallTime DateOf(WeekDate date, WallTime clock)
    {
        var ordinal = date.Week * 7 + date.Weekday - Local(WallTime.DayOfWeekOf(date.Year, 1, DaysInFirst)) - 7 + DaysInFirst;
        return clock with { Year = date.Year, Month = 1, Day = ordinal };
    }

    private int Local(int weekday) => (weekday - FirstDay + 7) % 7 + 1;

    /// <summary>How far the first week begins from the start of the year.</summary>
    private int Offset(double year) => -Local(WallTime.DayOfWeekOf(year, 1, DaysInFirst)) + DaysInFirst - 1;
}
