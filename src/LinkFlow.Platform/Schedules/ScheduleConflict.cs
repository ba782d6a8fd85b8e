using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Schedules.Timing;
using NodaTime;

namespace LinkFlow.Platform.Schedules;

/// <summary>Two schedules of one workflow that are due within a minute of each other: the first time that it happens.</summary>
public sealed record ScheduleConflict(Schedule First, Schedule Second, Instant FirstAt, Instant SecondAt)
{
    private static readonly Duration Close = Duration.FromSeconds(60);

    /// <summary>Due times looked at per schedule; one that is due every second cannot make the answer endless.</summary>
    private const int MostTimes = 10_000;

    public static IReadOnlyList<ScheduleConflict> Find(IEnumerable<(Schedule Schedule, DueTimes Times)> schedules, Instant from, Instant to)
    {
        var found = new List<ScheduleConflict>();
        foreach (var ofOne in schedules.GroupBy(s => s.Schedule.WorkflowId))
        {
            var all = ofOne.Select(s => (s.Schedule, Due: s.Times.After(from).TakeWhile(t => t <= to).Take(MostTimes).ToArray())).ToList();
            for (var i = 0; i < all.Count; i++)
                for (var j = i + 1; j < all.Count; j++)
                    if (FirstPair(all[i].Due, all[j].Due) is { } pair) found.Add(new ScheduleConflict(all[i].Schedule, all[j].Schedule, pair.A, pair.B));
        }

        return found;
    }

    public ObjectValue Show() => new()
    {
        { "workflowId", First.WorkflowId },
        { "scheduleIds", new ArrayValue([First.Id, Second.Id]) },
        { "dueAt", new ArrayValue([Rfc3339.Write(FirstAt.ToUnixTimeMilliseconds()), Rfc3339.Write(SecondAt.ToUnixTimeMilliseconds())]) },
    };

    private static (Instant A, Instant B)? FirstPair(Instant[] a, Instant[] b)
    {
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i] - b[j] <= Close && b[j] - a[i] <= Close) return (a[i], b[j]);
            if (a[i] < b[j]) i++;
            else j++;
        }

        return null;
    }
}
