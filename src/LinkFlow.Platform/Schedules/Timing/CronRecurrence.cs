using System.Text.RegularExpressions;
using NodaTime;
using Quartz;

namespace LinkFlow.Platform.Schedules.Timing;

/// <summary>
/// A cron expression in a time zone. Five fields as in crontab(5), or six with seconds in front, or <c>@daily</c> and
/// the like; with both day of month and day of week given, either matches, as in Vixie cron. Names of months and days, and
/// <c>L</c>, <c>W</c> and <c>#</c> are understood too.
/// </summary>
/// <remarks>
/// Quartz reads the expression and walks the calendar without a time zone; what a clock's reading means on the days
/// when clocks change is decided here: where they jump forward, a time that does not exist is due at the first instant
/// behind the gap; where they go back, a time is due at its first reading. A cron that fires in every hour follows real
/// hours instead: it runs through both readings and skips what does not exist.
/// </remarks>
public sealed partial record CronRecurrence : Recurrence
{
    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *", ["@annually"] = "0 0 1 1 *", ["@monthly"] = "0 0 1 * *", ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *", ["@midnight"] = "0 0 * * *", ["@hourly"] = "0 * * * *",
    };

    private static readonly string[] EveryHour = ["*", "*/1", "0-23", "0/1", "0-23/1"];

    /// <summary>Expressions whose last due time is before this year's are as good as never.</summary>
    private static readonly DateTimeOffset Beginning = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CronExpression _expression;
    private readonly bool _everyHour;

    private CronRecurrence(string text, CronExpression expression, DateTimeZone zone, bool everyHour)
    {
        Text = text;
        Zone = zone;
        _expression = expression;
        _everyHour = everyHour;
    }

    public string Text { get; }
    public DateTimeZone Zone { get; }

    /// <exception cref="FormatException">It is no cron expression, or one that never fires; the message says what is wrong.</exception>
    public static CronRecurrence Parse(string text, DateTimeZone zone)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith('@'))
        {
            if (!Macros.TryGetValue(trimmed, out var meant)) throw new FormatException($"'{trimmed}' is not known; there are {string.Join(", ", Macros.Keys)}.");
            trimmed = meant;
        }

        var fields = trimmed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
            throw new FormatException($"The cron expression '{text}' has {fields.Length} fields. Give five (minute, hour, day of month, month, day of week), or six with seconds in front.");
        // Quartz 4.7 means "every" and "any" by 99 and 98 within, and takes them from an expression too.
        foreach (var field in fields)
            if (Marks().Match(field) is { Success: true } mark) throw new FormatException($"'{text}' is no cron expression: '{mark.Value}' in '{field}' is out of range.");
        var expression = Read(text, fields);
        if (expression.GetNextValidTimeAfter(Beginning) is null) throw new FormatException($"The cron expression '{text}' never fires: there is no such date.");
        return new CronRecurrence(text, expression, zone, EveryHour.Contains(fields[^4]));
    }

    public override Instant? Next(Instant after) => _everyHour ? NextByHours(after) : NextByReading(after);

    public bool Equals(CronRecurrence? other) => other is not null && Text == other.Text && Zone.Equals(other.Zone);

    public override int GetHashCode() => HashCode.Combine(Text, Zone);

    private static CronExpression Read(string text, string[] fields)
    {
        try
        {
            // Quartz's own six fields number the days of the week from 1; crontab's five number them from 0, and so do our six.
            var whole = CronExpression.Parse(string.Join(' ', fields[^5..]), CronFormat.Unix).CronExpressionString;
            // Seconds have the minutes' range and forms; Quartz checks them well only where it reads minutes.
            if (fields.Length == 6) whole = $"{CronExpression.Parse($"{fields[0]} * * * *", CronFormat.Unix).CronExpressionString.Split(' ')[1]} {whole[(whole.IndexOf(' ', StringComparison.Ordinal) + 1)..]}";
            return CronExpression.Parse(whole).WithTimeZone(TimeZoneInfo.Utc);
        }
        catch (FormatException e)
        {
            throw new FormatException($"'{text}' is no cron expression: {e.Message}", e);
        }
    }

    [GeneratedRegex("(?<![0-9])9[89](?![0-9])")]
    private static partial Regex Marks();

    /// <summary>Each matching reading once.</summary>
    private Instant? NextByReading(Instant after)
    {
        for (var reading = after.InZone(Zone).LocalDateTime; NextReading(reading) is { } next; reading = next)
        {
            var map = Zone.MapLocal(next);
            var due = map.Count == 0 ? map.LateInterval.Start : map.First().ToInstant();
            if (due > after) return due;

            // Behind the first of two readings: everything up to the end of the second is over.
            if (map.Count == 2) next = LocalDateTime.Max(next, map.EarlyInterval.IsoLocalEnd.PlusTicks(-1));
        }

        return null;
    }

    /// <summary>Hour by hour as they pass, each between two changes of the clocks.</summary>
    private Instant? NextByHours(Instant after)
    {
        for (var from = after; ;)
        {
            var interval = Zone.GetZoneInterval(from);
            if (NextReading(from.WithOffset(interval.WallOffset).LocalDateTime) is not { } next) return null;
            var due = next.WithOffset(interval.WallOffset).ToInstant();
            if (!interval.HasEnd || due < interval.End) return due;
            var end = interval.End;
            var following = Zone.GetZoneInterval(end);
            if (Matches(end.WithOffset(following.WallOffset).LocalDateTime)) return end;
            from = end;
        }
    }

    private bool Matches(LocalDateTime reading) => NextReading(reading.PlusTicks(-1)) == reading;

    private LocalDateTime? NextReading(LocalDateTime after) =>
        _expression.GetNextValidTimeAfter(new DateTimeOffset(after.ToDateTimeUnspecified(), TimeSpan.Zero)) is { } next
            ? LocalDateTime.FromDateTime(next.UtcDateTime)
            : null;
}
