using LinkFlow.Platform.Events;

namespace LinkFlow.Platform.Ports;

/// <summary>
/// Events that became durable with a change and are not known to be published, of all tenants. Whoever commits a change publishes its events right behind the
/// commit; a sweep finds those that a crash left.
/// </summary>
public interface IOutbox
{
    /// <summary>Has the events of each commit of this process published: it is called behind the commit and waited for. What it throws is logged, and left to the sweep.</summary>
    void PublishBy(Func<IReadOnlyList<OutboxEvent>, CancellationToken, Task> publish);

    /// <summary>The oldest events first; those of one subject in the order in which they were committed.</summary>
    /// <param name="committedBefore">Younger ones are being published by who committed them.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    ValueTask<IReadOnlyList<OutboxEvent>> ReadAsync(DateTimeOffset committedBefore, int limit, CancellationToken cancellationToken = default);

    /// <summary>They are published. Forgetting one that is not there is no error.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now; some may have been forgotten.</exception>
    Task ForgetAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken = default);
}

/// <summary>An event between its commit and its publication.</summary>
/// <param name="Aggregate">Where it lies.</param>
/// <param name="Id">Sorts by the time of the commit; the event's own id may be its publisher's.</param>
/// <param name="Target">The only subscriber that gets it; null: all that want it.</param>
public sealed record OutboxEvent(string Tenant, string Aggregate, string Id, CloudEvent Event, string? Target);
