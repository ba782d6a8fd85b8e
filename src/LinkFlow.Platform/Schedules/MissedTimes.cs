using LinkFlow.Platform.Http;
using LinkFlow.Platform.Schedules.Timing;
using NodaTime;

namespace LinkFlow.Platform.Schedules;

/// <summary>The due times from one on until now: how many they are, and the last.</summary>
internal sealed class MissedTimes
{
    /// <summary>Counting ends here: a schedule for every second misses 86,400 a day.</summary>
    private const int MostCounted = 10_000;

    private static readonly Duration[] Windows = [Duration.FromMinutes(2), Duration.FromHours(2), Duration.FromDays(2), Duration.FromDays(62), Duration.FromDays(740)];

    private readonly DateTimeOffset _first;

    public MissedTimes(DueTimes times, DateTimeOffset first, DateTimeOffset now)
    {
        _first = first;
        Last = first;
        var until = Instant.FromDateTimeOffset(now);
        Count = 1;
        foreach (var due in times.After(Instant.FromDateTimeOffset(first)).TakeWhile(t => t <= until).Take(MostCounted - 1))
        {
            Count++;
            Last = due.ToDateTimeOffset();
        }

        if (Count < MostCounted) return;
        foreach (var window in Windows)
        {
            var from = Instant.Max(until - window, Instant.FromDateTimeOffset(Last));
            var within = times.After(from).TakeWhile(t => t <= until).LastOrDefault(from);
            if (within == from) continue;
            Last = within.ToDateTimeOffset();
            break;
        }
    }

    /// <summary>At most 10,000, which then means so many or more.</summary>
    public int Count { get; }
    public DateTimeOffset Last { get; }

    public override string ToString() => Count == 1
        ? "It came while nothing could fire."
        : $"{(Count == MostCounted ? "At least " : "")}{Count} due times, from {Rfc3339.Write(_first)} to {Rfc3339.Write(Last)}, came while nothing could fire.";
}
