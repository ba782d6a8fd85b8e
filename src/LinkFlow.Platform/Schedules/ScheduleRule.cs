using LinkFlow.Platform.Schedules.Timing;
using NodaTime;

namespace LinkFlow.Platform.Schedules;

/// <summary>What to do about a time that came while nothing could fire: the host was down, or the store was.</summary>
public enum MisfireRule { Skip, RunOnce, RunAll }

/// <summary>What to do when a time comes and the execution of the one before has not ended.</summary>
public enum OverlapRule { Allow, Skip, Queue, CancelPrevious }

/// <summary>What a schedule says of its times: exactly one of cron, everySeconds and at.</summary>
public sealed record ScheduleRule
{
    public string? Cron { get; init; }
    public int? EverySeconds { get; init; }
    public DateTimeOffset? At { get; init; }

    /// <summary>An IANA time zone.</summary>
    public string Timezone { get; init; } = "UTC";
    public string? CalendarId { get; init; }
    public HolidayRule OnHoliday { get; init; }
    public MisfireRule Misfire { get; init; }
    public OverlapRule Overlap { get; init; }
    public DateTimeOffset? StartAt { get; init; }
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>Each firing is delayed by up to this many seconds; 0: none is.</summary>
    public int JitterSeconds { get; init; }

    /// <summary>The schedule is disabled after so many failed executions in a row; null: never.</summary>
    public int? MaxConsecutiveFailures { get; init; }

    /// <param name="anchor">Where an interval without <see cref="StartAt"/> counts from.</param>
    public DueTimes Times(DateTimeOffset anchor, HolidayDates holidays)
    {
        var zone = DateTimeZoneProviders.Tzdb[Timezone];
        Recurrence recurrence = this switch
        {
            { Cron: { } cron } => CronRecurrence.Parse(cron, zone),
            { EverySeconds: { } seconds } => new EveryRecurrence(Instant.FromDateTimeOffset(StartAt ?? anchor.AddSeconds(seconds)), seconds),
            _ => new OnceRecurrence(Instant.FromDateTimeOffset(At!.Value)),
        };
        return new DueTimes(recurrence, zone)
        {
            Holidays = holidays,
            OnHoliday = OnHoliday,
            StartAt = StartAt is { } start ? Instant.FromDateTimeOffset(start) : null,
            EndAt = EndAt is { } end ? Instant.FromDateTimeOffset(end) : null,
        };
    }
}
