using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Timers;

/// <summary>Fires due times that no message rang for.</summary>
public sealed class ScheduleTimers(ScheduleRound schedules, TimerRun run)
{
    [Function("timer-schedules")]
    public Task Schedules([TimerTrigger("0 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        run.DoAsync("schedules", client, async c => (await schedules.SweepAsync(c)).Looked, cancellationToken);
}
