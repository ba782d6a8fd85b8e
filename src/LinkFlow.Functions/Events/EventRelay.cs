using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Events;

/// <summary>Brings events from the outbox to the bus: right behind the commit that made them, and, for what a crash left between the two, by a sweep.</summary>
public sealed class EventRelay
{
    /// <summary>Younger events are on their way already.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(30);

    private const int PageSize = 500;

    private readonly IOutbox _outbox;
    private readonly ServiceBusEventBus _bus;
    private readonly TimeProvider _clock;

    public EventRelay(IOutbox outbox, ServiceBusEventBus bus, TimeProvider clock)
    {
        (_outbox, _bus, _clock) = (outbox, bus, clock);
        outbox.PublishBy(PublishAsync);
    }

    /// <summary>Publishes what is older than it should be.</summary>
    /// <returns>How many events that were.</returns>
    /// <exception cref="StoreUnavailableException">The store or the bus does not take it now; the next sweep goes on.</exception>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        while (true)
        {
            var page = await _outbox.ReadAsync(_clock.GetUtcNow() - Age, PageSize, cancellationToken);
            if (page.Count == 0) return swept;
            await PublishAsync(page, cancellationToken);
            swept += page.Count;
        }
    }

    private async Task PublishAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        await _bus.PublishAsync(events, cancellationToken);
        await _outbox.ForgetAsync(events, cancellationToken);
    }
}
