using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Events;

/// <summary>
/// Brings committed events to the broker: right behind each commit of this process, and those that a crash left by a sweep, so
/// that an application with nothing to do can sleep.
/// </summary>
/// <param name="outbox">Null: the store's own bus reads its events where they lie, and nothing is to be carried.</param>
/// <param name="publisher">Null as the outbox.</param>
public sealed class OutboxRelay(TimeProvider clock, IOutbox? outbox = null, IOutboxPublisher? publisher = null)
{
    /// <summary>Younger events are being published by who committed them.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private const int PageSize = 1_000;

    /// <summary>From now on, the events of each commit of this process are published behind it.</summary>
    public void Listen() => outbox?.PublishBy(RelayAsync);

    /// <summary>Publishes what was left, the oldest first.</summary>
    /// <returns>How many events.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be read or written now; what was published and not forgotten is published again.</exception>
    public async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        if (outbox is null) return 0;
        long published = 0;
        while (true)
        {
            var left = await outbox.ReadAsync(clock.GetUtcNow() - Grace, PageSize, cancellationToken);
            if (left.Count > 0) await RelayAsync(left, cancellationToken);
            published += left.Count;
            if (left.Count < PageSize) return published;
        }
    }

    private async Task RelayAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        if (publisher is null) throw new InvalidOperationException("The store has an outbox and the host has no publisher for it. Register an IOutboxPublisher.");
        await publisher.PublishAsync(events, cancellationToken);
        await outbox!.ForgetAsync(events, cancellationToken);
    }
}
