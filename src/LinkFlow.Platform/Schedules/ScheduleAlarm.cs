namespace LinkFlow.Platform.Schedules;

/// <summary>Tells whoever fires schedules in this process that one has changed. Nobody need listen.</summary>
public sealed class ScheduleAlarm
{
    /// <summary>Tenant, id, and when it wants attention next; null: not at all. Called behind the commit, on any thread.</summary>
    public event Action<string, string, DateTimeOffset?>? Changed;

    public void Tell(string tenant, string scheduleId, DateTimeOffset? nextAt) => Changed?.Invoke(tenant, scheduleId, nextAt);
}
