using LinkFlow.Functions.Events;
using Microsoft.Azure.Functions.Worker;

namespace LinkFlow.Functions.Timers;

/// <summary>Rings for deliveries of outbound webhooks whose message was lost.</summary>
/// <param name="rings">Null: the host sends by itself, and there is nothing to ring for.</param>
public sealed class DeliveryTimers(TimerRun run, DeliveryRings? rings = null)
{
    [Function("timer-deliveries")]
    public Task Deliveries([TimerTrigger("50 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        run.DoAsync("deliveries", null, c => rings?.SweepAsync(c) ?? Task.FromResult(0L), cancellationToken);
}
