using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events.DeadLetters;

/// <summary>An event that a subscriber could not handle, kept until someone requeues or deletes it, or its time is over.</summary>
public sealed record DeadLetter
{
    public static readonly DocumentType Type = new("dead-letter", "subscriber", "reason", "type");

    /// <summary>All tries failed.</summary>
    public const string Failed = "FAILED";
    public const string TimedOut = "TIMED_OUT";

    /// <summary>Its chain of causes is too long.</summary>
    public const string Loop = "LOOP";

    private const int MaxMessage = 2_000;

    public required string Id { get; init; }
    public required string Subscriber { get; init; }

    /// <summary>SCREAMING_SNAKE_CASE.</summary>
    public required string Reason { get; init; }

    /// <summary>What went wrong at the last try.</summary>
    public required string Message { get; init; }
    public required int Tries { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required CloudEvent Event { get; init; }

    /// <summary>False: an event about it would be one more link of a loop, or tell of what cannot be told.</summary>
    public bool IsTold => Reason != Loop && Event.Type != EventCatalogue.DeadLetterAdded.Type;

    public static DeadLetter Of(string subscriber, CloudEvent @event, string reason, string message, int tries, DateTimeOffset now) => new()
    {
        Id = Ids.Next(now),
        Subscriber = subscriber,
        Reason = reason,
        Message = message.Length <= MaxMessage ? message : message[..MaxMessage] + "…",
        Tries = tries,
        CreatedAt = now,
        Event = @event,
    };

    public void Put(UnitOfWork work, DateTimeOffset expiresAt) => work.Put(
        Type, Id, ToDocument(), new Dictionary<string, string> { ["subscriber"] = Subscriber, ["reason"] = Reason, ["type"] = Event.Type }, expected: 0, expiresAt: expiresAt);

    /// <summary>What the event about it says.</summary>
    public ObjectValue Told() => new()
    {
        { "deadLetterId", Id }, { "subscriber", Subscriber }, { "reason", Reason }, { "message", Message }, { "tries", Tries },
        { "eventId", Event.Id }, { "eventType", Event.Type }, { "eventSubject", Event.Subject },
    };

    /// <summary>The stored form, which is also what the API shows.</summary>
    public ObjectValue ToDocument() => new()
    {
        { "id", Id }, { "subscriber", Subscriber }, { "reason", Reason }, { "message", Message }, { "tries", Tries },
        { "createdAt", Rfc3339.Write(CreatedAt) }, { "event", Event.ToJson() },
    };

    public static DeadLetter FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        Subscriber = body["subscriber"].AsString!,
        Reason = body["reason"].AsString!,
        Message = body["message"].AsString!,
        Tries = (int)body["tries"].AsNumber,
        CreatedAt = Rfc3339.TryParse(body["createdAt"].AsString!, out var time) ? time : default,
        Event = CloudEvent.FromJson(body["event"]),
    };

    /// <summary>The event for this subscriber alone, as the beginning of a new chain: whoever requeues it has looked at it.</summary>
    public OutgoingEvent Requeued()
    {
        var again = Event.Again();
        return again with { Cause = again.Cause! with { Depth = 0 }, Target = Subscriber };
    }
}
