using NodaTime;

namespace LinkFlow.Platform.Tests.Schedules;

/// <summary>Due times by brute force: looks at every minute of a stretch of time. Understands numbers, lists, ranges and steps.</summary>
internal sealed class CronOracle
{
    private readonly HashSet<int> _minutes, _hours, _days, _months, _weekdays;
    private readonly bool _anyDay, _anyWeekday, _everyHour;

    public CronOracle(string cron)
    {
        var fields = cron.Split(' ');
        (_minutes, _hours, _days, _months) = (Read(fields[0], 0, 59), Read(fields[1], 0, 23), Read(fields[2], 1, 31), Read(fields[3], 1, 12));
        _weekdays = [.. Read(fields[4], 0, 7).Select(d => d % 7)];
        (_anyDay, _anyWeekday, _everyHour) = (fields[2] == "*", fields[4] == "*", fields[1] == "*");
    }

    public List<Instant> Between(Instant from, Instant to, DateTimeZone zone) => [.. _everyHour ? ByHours(from, to, zone) : ByReadings(from, to, zone)];

    private IEnumerable<Instant> ByHours(Instant from, Instant to, DateTimeZone zone)
    {
        for (var at = from + Duration.FromMinutes(1); at <= to; at += Duration.FromMinutes(1))
            if (Matches(at.InZone(zone).LocalDateTime)) yield return at;
    }

    private SortedSet<Instant> ByReadings(Instant from, Instant to, DateTimeZone zone)
    {
        var found = new SortedSet<Instant>();
        var first = from.InUtc().LocalDateTime.PlusDays(-2);
        for (var reading = first; reading < to.InUtc().LocalDateTime.PlusDays(2); reading = reading.PlusMinutes(1))
        {
            if (!Matches(reading)) continue;
            var due = zone.MapLocal(reading) is { Count: > 0 } map ? map.First().ToInstant() : zone.MapLocal(reading).LateInterval.Start;
            if (due > from && due <= to) found.Add(due);
        }

        return found;
    }

    private bool Matches(LocalDateTime reading)
    {
        var day = _days.Contains(reading.Day);
        var weekday = _weekdays.Contains((int)reading.DayOfWeek % 7);
        var date = (_anyDay, _anyWeekday) switch { (false, false) => day || weekday, (false, true) => day, (true, false) => weekday, _ => true };
        return date && _minutes.Contains(reading.Minute) && _hours.Contains(reading.Hour) && _months.Contains(reading.Month);
    }

    private static HashSet<int> Read(string field, int least, int most)
    {
        var values = new HashSet<int>();
        foreach (var part in field.Split(','))
        {
            var step = part.Split('/');
            var range = step[0] == "*" ? [least, most] : step[0].Split('-').Select(int.Parse).ToArray();
            var end = range.Length == 2 ? range[1] : step.Length == 2 ? most : range[0];
            for (var value = range[0]; value <= end; value += step.Length == 2 ? int.Parse(step[1]) : 1) values.Add(value);
        }

        return values;
    }
}
