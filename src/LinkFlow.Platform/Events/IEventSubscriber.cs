namespace LinkFlow.Platform.Events;

/// <summary>
/// Someone inside LinkFlow who acts on events. Each event that it wants is handled effectively once: what it puts into the delivery's
/// unit of work becomes durable together with the note that it has handled the event. Events of one subject come one after the
/// other; those of different subjects at the same time.
/// </summary>
public interface IEventSubscriber
{
    /// <summary>kebab-case; for ever, for its position is kept by it.</summary>
    string Name { get; }

    /// <summary>Whether it wants events of this type in that tenant. Asked for each event: must answer from memory as a rule.</summary>
    ValueTask<bool> WantsAsync(string tenant, string type, CancellationToken cancellationToken);

    /// <summary>Handles one event, or throws to get it once more: five times in all, then it is a dead letter.</summary>
    /// <remarks>
    /// What it does outside of the unit of work (starting an execution) may happen again after a crash, and must be recognised as done by
    /// the event's source and id.
    /// </remarks>
    /// <exception cref="EventRefusedException">It will never work: a dead letter at once.</exception>
    /// <exception cref="Ports.StoreUnavailableException">The store's fault, not the event's: tried again for as long as it takes, and not counted.</exception>
    Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken);
}
