using NodaTime;
using NodaTime.TimeZones;

namespace LinkFlow.Platform.Schedules.Timing;

/// <summary>What becomes of a time that is due on a holiday.</summary>
public enum HolidayRule
{
    Skip,

    /// <summary>It moves to the same time of the next day that is no holiday; what is due then anyway is due once.</summary>
    Shift,
}

/// <summary>A schedule's due times: its recurrence between its bounds, with holidays taken out.</summary>
public sealed record DueTimes(Recurrence Recurrence, DateTimeZone Zone)
{
    /// <summary>As <see cref="CronRecurrence"/> takes readings that come twice or not at all.</summary>
    private static readonly ZoneLocalMappingResolver Reading = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    /// <summary>Days in the schedule's time zone.</summary>
    public HolidayDates Holidays { get; init; } = HolidayDates.None;
    public HolidayRule OnHoliday { get; init; }

    /// <summary>Nothing is due before.</summary>
    public Instant? StartAt { get; init; }

    /// <summary>Nothing is due after.</summary>
    public Instant? EndAt { get; init; }

    /// <summary>The first due time after an instant.</summary>
    /// <returns>Null: there is none any more.</returns>
    public Instant? Next(Instant after)
    {
        if (StartAt is { } start && after < start) after = start - Duration.Epsilon;
        var next = Holidays.IsEmpty ? Recurrence.Next(after) : OnHoliday == HolidayRule.Skip ? NextWorkday(after) : NextShifted(after);
        return next is { } due && EndAt is { } end && due > end ? null : next;
    }

    /// <summary>The due times after an instant, in order, as many as there are.</summary>
    public IEnumerable<Instant> After(Instant after)
    {
        for (var next = Next(after); next is { } due; next = Next(due)) yield return due;
    }

    private Instant? NextWorkday(Instant after)
    {
        while (Recurrence.Next(after) is { } due)
        {
            var day = DayOf(due);
            if (!Holidays.Contains(day)) return due;
            if (Holidays.FirstWorkday(day) is not { } workday) return null;
            after = Zone.AtStartOfDay(workday).ToInstant() - Duration.Epsilon;
        }

        return null;
    }

    private Instant? NextShifted(Instant after)
    {
        // What was moved to the day we are on, or to the first workday from it on.
        if (Holidays.FirstWorkday(DayOf(after)) is not { } workday) return null;
        var moved = NextMovedTo(workday, after);
        var due = Recurrence.Next(after);
        if (due is not { } next) return moved;
        if (!Holidays.Contains(DayOf(next))) return moved is { } m && m < next ? m : next;
        if (moved is not null) return moved;
        if (Holidays.FirstWorkday(DayOf(next)) is not { } target) return null;
        var first = NextMovedTo(target, next);
        var own = Recurrence.Next(Zone.AtStartOfDay(target).ToInstant() - Duration.Epsilon);
        return first is { } f && own is { } o ? Instant.Min(f, o) : first ?? own;
    }

    /// <summary>The first time after an instant that moves to a workday from the row of holidays before it.</summary>
    private Instant? NextMovedTo(LocalDate workday, Instant after)
    {
        Instant? first = null;
        // On the workday itself only later times of day count; before it, all.
        var passed = DayOf(after) == workday ? after.InZone(Zone).TimeOfDay : (LocalTime?)null;
        for (var day = workday.PlusDays(-1); Holidays.Contains(day) && Period.DaysBetween(day, workday) <= HolidayDates.LongestRow; day = day.PlusDays(-1))
        {
            var from = (passed is { } time ? InstantOf(day + time) : Zone.AtStartOfDay(day).ToInstant()) - Duration.Epsilon;
            // More than one look only where clocks go back and readings come twice.
            for (var next = Recurrence.Next(from); next is { } due && DayOf(due) == day; next = Recurrence.Next(due))
            {
                var moved = InstantOf(workday + due.InZone(Zone).TimeOfDay);
                if (moved <= after || due < StartAt) continue;
                if (first is null || moved < first) first = moved;
                break;
            }
        }

        return first;
    }

    private Instant InstantOf(LocalDateTime reading) => Zone.ResolveLocal(reading, Reading).ToInstant();

    private LocalDate DayOf(Instant instant) => instant.InZone(Zone).Date;
}
