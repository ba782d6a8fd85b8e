using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>The time between two moments, in the units asked for: calendar units by the calendar, the rest by the clock.</summary>
internal static class DateDifference
{
    public static DurationValue Between(Run run, DateTimeValue later, DateTimeValue earlier, Value asked)
    {
        var units = (asked.AsArray?.Select(u => u) ?? (asked.IsUndefined ? ["milliseconds"] : [asked]))
            .Select(u => TimeUnits.Normalise(Coercion.ToString(run, u))).Distinct().Order().ToList();
        var sign = later.Millis < earlier.Millis ? -1 : 1;
        var (from, to) = sign < 0 ? (later, earlier) : (earlier, later);
        var result = new Dictionary<TimeUnit, double>();
        foreach (var unit in units.Where(u => u <= TimeUnit.Day))
        {
            var whole = Whole(from, to, unit);
            from = Shift(from, unit, whole);
            result[unit] = whole;
        }

        var rest = (double)(to.Millis - from.Millis);
        foreach (var unit in units.Where(u => u > TimeUnit.Day))
        {
            result[unit] = Math.Floor(rest / TimeUnits.Length(unit));
            rest -= result[unit] * TimeUnits.Length(unit);
        }

        if (rest > 0 && units.Count > 0)
        {
            var least = units[^1];
            result[least] += least > TimeUnit.Day ? rest / TimeUnits.Length(least) : rest / (Shift(from, least, 1).Millis - from.Millis);
        }

        return new DurationValue(result.ToDictionary(p => p.Key, p => p.Value == 0 ? 0 : sign * p.Value));
    }

    private static double Whole(DateTimeValue from, DateTimeValue to, TimeUnit unit)
    {
        var count = Math.Floor((to.Millis - from.Millis) / TimeUnits.Length(unit)) + 1;
        while (count > 0 && Shift(from, unit, count).Millis > to.Millis) count -= Math.Max(1, Math.Floor((Shift(from, unit, count).Millis - to.Millis) / TimeUnits.Length(unit) * 0.9));
        return Math.Max(0, count);
    }

    private static DateTimeValue Shift(DateTimeValue from, TimeUnit unit, double count) => from.Plus(new DurationValue(new Dictionary<TimeUnit, double> { [unit] = count }), 1);
}
