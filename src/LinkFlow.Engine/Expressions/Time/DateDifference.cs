namespace LinkFlow.Engine.Expressions.Time;

/// <summary>The time between two moments, in the units asked for: calendar units by the calendar, the rest by the clock.</summary>
internal static class DateDifference
{
    /// <param name="units">At least one.</param>
    /// <param name="longTerm">How the result converts itself later.</param>
    public static DurationValue Between(DateTimeValue one, DateTimeValue other, IReadOnlyCollection<TimeUnit> units, bool longTerm = false)
    {
        var isNegative = other.Millis > one.Millis;
        var difference = isNegative ? Between(one, other, units, one, longTerm) : Between(other, one, units, one, longTerm);
        return isNegative ? difference.Negated() : difference;
    }

    private static DurationValue Between(DateTimeValue earlier, DateTimeValue later, IReadOnlyCollection<TimeUnit> units, DateTimeValue speaker, bool longTerm)
    {
        List<(TimeUnit Unit, double Amount)> parts = [];
        var cursor = earlier;
        var beyond = earlier.Millis;
        foreach (var unit in TimeUnits.All.Where(u => u <= TimeUnit.Day && units.Contains(u)))
        {
            parts.Add((unit, Count(cursor, later, unit)));
            var reached = beyond = earlier.MillisAfter(new DurationValue(parts));

            // What the calendar counts may be one too many, and by a change of the clocks even two.
            for (var tries = 0; tries < 2 && reached > later.Millis; tries++)
            {
                beyond = reached;
                parts[^1] = (unit, parts[^1].Amount - 1);
                reached = earlier.MillisAfter(new DurationValue(parts));
            }

            cursor = earlier.With(reached);
        }

        var rest = later.Millis - cursor.Millis;
        var byClock = units.Where(u => u > TimeUnit.Day).ToArray();
        if (byClock.Length > 0)
            return new DurationValue([(TimeUnit.Millisecond, rest)], longTerm, speaker.Locale).ShiftedTo(byClock).Plus(new DurationValue(parts));
        var least = parts[^1].Unit;
        if (rest != 0)
        {
            if (beyond <= later.Millis) beyond = cursor.MillisAfter(DurationValue.Of(least, 1));
            parts[^1] = (least, parts[^1].Amount + rest / (beyond - cursor.Millis));
        }

        return new DurationValue(parts, longTerm, speaker.Locale);
    }

    private static double Count(DateTimeValue from, DateTimeValue to, TimeUnit unit)
    {
        var years = to.Wall.Year - from.Wall.Year;
        if (unit == TimeUnit.Year) return years;
        if (unit == TimeUnit.Quarter) return to.Quarter - from.Quarter + years * 4;
        if (unit == TimeUnit.Month) return to.Wall.Month - from.Wall.Month + years * 12;
        var days = Midnight(to) - Midnight(from);
        return unit == TimeUnit.Day ? days : Math.Truncate(days / 7);
    }

    private static double Midnight(DateTimeValue time) => Math.Floor((time.Millis + time.Offset * 60_000) / TimeUnits.MillisPerDay);
}
