using LinkFlow.Platform.Events.Subscriptions.Deliveries;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Events;

/// <summary>Asks for a ring when something in this process makes a delivery due. One that cannot be had is the minute's sweep's business.</summary>
public sealed class DeliveryRings : IDisposable
{
    /// <summary>A delivery that is so late has lost its message.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DeliveryAlarm _alarm;
    private readonly DeliveryRound _deliveries;
    private readonly ServiceBusDeliveries _queue;
    private readonly ILogger<DeliveryRings> _log;

    public DeliveryRings(DeliveryAlarm alarm, DeliveryRound deliveries, ServiceBusDeliveries queue, ILogger<DeliveryRings> log)
    {
        (_alarm, _deliveries, _queue, _log) = (alarm, deliveries, queue, log);
        alarm.Due += Ring;
        alarm.Changed += RingAll;
    }

    /// <summary>Rings for every delivery that is late.</summary>
    /// <returns>How many that were.</returns>
    public Task<long> SweepAsync(CancellationToken cancellationToken) => RingAsync(subscriptionId: null, Late, cancellationToken);

    public void Dispose()
    {
        _alarm.Due -= Ring;
        _alarm.Changed -= RingAll;
    }

    private void Ring(DeliveryKey key, DateTimeOffset at) => _ = AskAsync(key.SubscriptionId, patience => _queue.EnqueueAsync(key, at, patience));

    /// <summary>What waited while the subscription was disabled.</summary>
    private void RingAll(string tenant, string subscriptionId) => _ = AskAsync(subscriptionId, patience => RingAsync(subscriptionId, overdueBy: null, patience));

    private async Task<long> RingAsync(string? subscriptionId, TimeSpan? overdueBy, CancellationToken cancellationToken)
    {
        var rung = 0L;
        await foreach (var (key, at) in _deliveries.PendingAsync(subscriptionId, overdueBy, cancellationToken))
        {
            await _queue.EnqueueAsync(key, at, cancellationToken);
            rung++;
        }

        return rung;
    }

    /// <summary>Behind a commit, whose answer does not wait for it.</summary>
    private async Task AskAsync(string subscriptionId, Func<CancellationToken, Task> ask)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await ask(patience.Token);
        }
        catch (Exception e)
        {
            _log.DeliveryNotRung(subscriptionId, e.Message);
        }
    }
}
