namespace LinkFlow.Functions.Timers;

/// <summary>
/// Rings when a schedule's due time has come, although no instance may be running until then. It promises nothing: a time
/// that it loses, or rings twice for, is for <see cref="ScheduleRound"/> and the schedule's own record to put right.
/// </summary>
public interface IDueTimeQueue
{
    /// <summary>Asks for a ring. Asking twice for the same time within the hour is one ring.</summary>
    Task EnqueueAsync(string tenant, string scheduleId, DateTimeOffset dueAt, CancellationToken cancellationToken);
}

/// <summary>Rings for nothing: the timer alone fires schedules, up to a minute late. For development without a broker.</summary>
public sealed class NoDueTimes : IDueTimeQueue
{
    public Task EnqueueAsync(string tenant, string scheduleId, DateTimeOffset dueAt, CancellationToken cancellationToken) => Task.CompletedTask;
}
