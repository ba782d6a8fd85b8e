using LinkFlow.Platform.Events;

namespace LinkFlow.Platform.Ports;

/// <summary>Carries events to the subscribers of this installation. Whoever changes documents raises events with the change instead (<see cref="UnitOfWork.Raise"/>).</summary>
public interface IEventBus
{
    /// <summary>Takes over events that are durable elsewhere; a repeat of one is not handled again. Durable when it returns.</summary>
    /// <exception cref="StoreUnavailableException">Not taken over; to be tried again.</exception>
    Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellationToken = default);

    /// <summary>Who is subscribed, and how far each is, by name.</summary>
    ValueTask<IReadOnlyList<SubscriberPosition>> PositionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Has one subscriber handle the events since a time once more, as far as they are still kept, and then go on.</summary>
    /// <returns>False: there is no such subscriber.</returns>
    /// <exception cref="NotSupportedException">This host's bus keeps no events.</exception>
    Task<bool> ReplayAsync(string subscriber, DateTimeOffset from, CancellationToken cancellationToken = default);
}

/// <summary>How far a subscriber is.</summary>
/// <param name="Waiting">Events that were read and are not settled.</param>
/// <param name="Lag">The age of the oldest of those; zero: it has handled everything.</param>
/// <param name="ReplayFrom">It is handling events once more from this time; null: it is not.</param>
public sealed record SubscriberPosition(string Name, int Waiting, TimeSpan Lag, DateTimeOffset? ReplayFrom);
