using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events;

/// <summary>One event on its way to one subscriber.</summary>
public sealed record EventDelivery
{
    public required CloudEvent Event { get; init; }

    /// <summary>Committed after the subscriber has returned, with the note that the event is handled. Events raised here follow from this one.</summary>
    public required UnitOfWork Work { get; init; }

    /// <summary>1 to 5.</summary>
    public required int Try { get; init; }

    /// <summary>The event was handled before, and somebody wants it handled once more.</summary>
    public bool IsReplay => Replay is not null;

    /// <summary>Which replay has it handled once more, the same for every try: what a subscriber knows an event by, beside source and id, when that is to happen. Null: none has.</summary>
    public long? Replay { get; init; }

    public string Tenant => Work.Tenant;

    /// <summary>To be handed to executions that the event starts.</summary>
    public EventCause Cause => Event.Consequence;
}

/// <summary>A subscriber can do nothing with an event, however often it comes.</summary>
/// <param name="reason">SCREAMING_SNAKE_CASE, as dead letters show it.</param>
public sealed class EventRefusedException(string reason, string message) : Exception(message)
{
    public string Reason { get; } = reason;
}
