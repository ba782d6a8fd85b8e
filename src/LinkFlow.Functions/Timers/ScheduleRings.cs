using LinkFlow.Functions.Hosting;
using LinkFlow.Platform.Schedules;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Timers;

/// <summary>Asks for a ring when something in this process changes a schedule's next time. One that cannot be had is the round's business.</summary>
public sealed class ScheduleRings : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ScheduleAlarm _alarm;
    private readonly IDueTimeQueue _queue;
    private readonly ILogger<ScheduleRings> _log;

    public ScheduleRings(ScheduleAlarm alarm, IDueTimeQueue queue, ILogger<ScheduleRings> log)
    {
        (_alarm, _queue, _log) = (alarm, queue, log);
        alarm.Changed += Ask;
    }

    public void Dispose() => _alarm.Changed -= Ask;

    private void Ask(string tenant, string id, DateTimeOffset? at)
    {
        // Called behind the commit, whose answer does not wait for it.
        if (at is { } dueAt) _ = AskAsync(tenant, id, dueAt);
    }

    private async Task AskAsync(string tenant, string id, DateTimeOffset dueAt)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await _queue.EnqueueAsync(tenant, id, dueAt, patience.Token);
        }
        catch (Exception e)
        {
            _log.RingNotAskedFor(id, e.Message);
        }
    }
}
