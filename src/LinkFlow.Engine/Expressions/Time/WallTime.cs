namespace LinkFlow.Engine.Expressions.Time;

/// <summary>
/// What a calendar on the wall and a clock beside it show, in the proleptic Gregorian calendar, of which year it may be;
/// no time zone. Parts beyond their range carry over: month 13 is January of the next year.
/// </summary>
internal readonly record struct WallTime(double Year, double Month, double Day, double Hour = 0, double Minute = 0, double Second = 0, double Millisecond = 0)
{
    public int DayOfWeek => DayOfWeekOf(Year, Month, Day);
    public int Ordinal => (int)(DaysSinceEpoch(Year, Month, Day) - DaysSinceEpoch(Year, 1, 1)) + 1;

    /// <summary>Milliseconds since 1970 as if it were shown in UTC.</summary>
    public double ToMillis() => DaysSinceEpoch(Year, Month, Day) * TimeUnits.MillisPerDay + Math.Truncate(Hour) * 3_600_000 + Math.Truncate(Minute) * 60_000 + Math.Truncate(Second) * 1000 + Math.Truncate(Millisecond);

    /// <summary>What is shown in UTC; a fraction of a millisecond is cut off.</summary>
    public static WallTime Of(double millis)
    {
        millis = Math.Truncate(millis);
        var days = Math.Floor(millis / TimeUnits.MillisPerDay);
        var rest = (long)(millis - days * TimeUnits.MillisPerDay);
        var (year, month, day) = DateOf((long)days);
        return new WallTime(year, month, day, rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
    }

    public static bool IsLeapYear(double year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    public static int DaysInYear(double year) => IsLeapYear(year) ? 366 : 365;

    /// <summary>The month may be beyond 1 to 12.</summary>
    public static int DaysInMonth(double year, double month) => (int)(DaysSinceEpoch(year, month + 1, 1) - DaysSinceEpoch(year, month, 1));

    /// <summary>1 for Monday to 7 for Sunday.</summary>
    public static int DayOfWeekOf(double year, double month, double day)
    {
        var days = DaysSinceEpoch(year, month, day) + 3;
        return (int)(days - 7 * Math.Floor(days / 7)) + 1;
    }

    /// <summary>Counted in whole cycles of 400 years, which begin in March, so that the leap day is the last of a year.</summary>
    private static double DaysSinceEpoch(double year, double month, double day)
    {
        month = Math.Truncate(month) - 1;
        year = Math.Truncate(year) + Math.Floor(month / 12);
        month -= 12 * Math.Floor(month / 12);
        var fromMarch = (month + 10) % 12;
        if (month < 2) year--;
        var cycle = Math.Floor(year / 400);
        var inCycle = year - cycle * 400;
        var dayOfYear = Math.Floor((153 * fromMarch + 2) / 5) + Math.Truncate(day) - 1;
        return cycle * 146_097 + inCycle * 365 + Math.Floor(inCycle / 4) - Math.Floor(inCycle / 100) + dayOfYear - 719_468;
    }

    private static (long Year, long Month, long Day) DateOf(long days)
    {
        days += 719_468;
        var cycle = (days >= 0 ? days : days - 146_096) / 146_097;
        var inCycle = days - cycle * 146_097;
        var year = (inCycle - inCycle / 1460 + inCycle / 36_524 - inCycle / 146_096) / 365;
        var dayOfYear = inCycle - (365 * year + year / 4 - year / 100);
        var fromMarch = (5 * dayOfYear + 2) / 153;
        var month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
        return (year + cycle * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1);
    }
}
