using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;

namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>How far a delivery is.</summary>
public enum DeliveryStatus
{
    /// <summary>It is to be tried, at once or later.</summary>
    Pending,

    /// <summary>The receiver answered 2xx.</summary>
    Delivered,

    /// <summary>It is not tried any more.</summary>
    Failed,
}

/// <summary>
/// One event on its way to one receiver, and every try that was made. It is its own log: what is due next is read from it after a restart. Its id goes with
/// each try, so that a receiver knows a repeat.
/// </summary>
public sealed record Delivery
{
    /// <summary>A subscription's deliveries are one aggregate.</summary>
    public static readonly DocumentType Type = new("event-delivery", "status", "eventId") { Partition = Partition };
    public static readonly string[] Words = ["pending", "delivered", "failed"];

    /// <summary>Tries that are kept; of more, the first and the last.</summary>
    public const int MostAttempts = 20;

    private const string Partition = "event-subscription";

    /// <summary>That an event was taken in for a subscription: it is, once.</summary>
    private static readonly DocumentType TakenType = new("event-delivery-taken") { Partition = Partition };

    public required string SubscriptionId { get; init; }
    public required string Id { get; init; }

    /// <summary>In its structured form.</summary>
    public required ObjectValue Event { get; init; }
    public required DeliveryStatus Status { get; init; }

    /// <summary>Why it failed for good; null: it has not.</summary>
    public string? Reason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of the next try; null: there is none.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>No try is made after this.</summary>
    public required DateTimeOffset RetryUntil { get; init; }

    /// <summary>Tries since it was made, or sent once more by hand: how long the next pause is depends on them.</summary>
    public int Tries { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public int AttemptCount { get; init; }
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    public static string DocumentId(string subscriptionId, string id) => $"{subscriptionId}/{id}";

    /// <summary>Adds to its first commit what refuses a second delivery of the event to the subscription.</summary>
    /// <param name="replay">A replay delivers it once more; null: it is none.</param>
    public UnitOfWork PutNew(UnitOfWork work, long? replay, DateTimeOffset knownUntil, DateTimeOffset keptUntil)
    {
        var (source, id) = (Event["source"].AsString!, Event["id"].AsString!);
        var taken = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{source.Length} {source} {id.Length} {id} {replay}")));
        return Put(work.Put(TakenType, DocumentId(SubscriptionId, taken), new ObjectValue(1) { { "deliveryId", Id } }, expected: 0, expiresAt: knownUntil), 0, keptUntil);
    }

    /// <summary>True when a conflict says that the event was taken in before.</summary>
    public static bool IsTaken(DocumentConflictException conflict) => conflict.Type == TakenType;

    /// <param name="keptUntil">It expires then.</param>
    public UnitOfWork Put(UnitOfWork work, long expected, DateTimeOffset keptUntil) => work.Put(
        Type, DocumentId(SubscriptionId, Id), Stored(), new Dictionary<string, string> { ["status"] = Words[(int)Status], ["eventId"] = Event["id"].AsString! }, expected, keptUntil);

    /// <summary>With one more try, of which the first and the newest are kept.</summary>
    public Delivery With(DeliveryAttempt attempt)
    {
        IEnumerable<DeliveryAttempt> all = [.. Attempts, attempt];
        if (Attempts.Count == MostAttempts) all = [Attempts[0], .. Attempts.Skip(2), attempt];
        return this with { Attempts = [.. all], AttemptCount = AttemptCount + 1, Tries = Tries + 1 };
    }

    public ObjectValue Show(bool withEvent)
    {
        var shown = new ObjectValue(16)
        {
            { "id", Id }, { "subscriptionId", SubscriptionId }, { "eventId", Event["id"] }, { "eventType", Event["type"] }, { "eventSource", Event["source"] },
            { "subject", Event["subject"].IsUndefined ? Value.Null : Event["subject"] }, { "status", Words[(int)Status] }, { "reason", ScheduleRuleJson.Text(Reason) },
            { "createdAt", Rfc3339.Write(CreatedAt) }, { "nextAt", ScheduleRuleJson.Time(NextAt) }, { "finishedAt", ScheduleRuleJson.Time(FinishedAt) },
            { "attemptCount", AttemptCount }, { "attempts", new ArrayValue(Attempts.Select(a => Value.From(a.Show()))) },
        };
        if (withEvent) shown.Add("event", Event);
        return shown;
    }

    public static Delivery FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        SubscriptionId = body["subscriptionId"].AsString!,
        Event = body["event"].AsObject!,
        Status = (DeliveryStatus)Array.IndexOf(Words, body["status"].AsString!),
        Reason = body["reason"].AsString,
        CreatedAt = Schedule.TimeOf(body["createdAt"])!.Value,
        NextAt = Schedule.TimeOf(body["nextAt"]),
        RetryUntil = Schedule.TimeOf(body["retryUntil"])!.Value,
        Tries = (int)body["tries"].AsNumber,
        FinishedAt = Schedule.TimeOf(body["finishedAt"]),
        AttemptCount = (int)body["attemptCount"].AsNumber,
        Attempts = [.. body["attempts"].AsArray!.Select(DeliveryAttempt.FromJson)],
    };

    private ObjectValue Stored() => new(14)
    {
        { "id", Id }, { "subscriptionId", SubscriptionId }, { "status", Words[(int)Status] }, { "reason", ScheduleRuleJson.Text(Reason) }, { "createdAt", Rfc3339.Write(CreatedAt) },
        { "nextAt", ScheduleRuleJson.Time(NextAt) }, { "retryUntil", Rfc3339.Write(RetryUntil) }, { "tries", Tries }, { "finishedAt", ScheduleRuleJson.Time(FinishedAt) },
        { "attemptCount", AttemptCount }, { "attempts", new ArrayValue(Attempts.Select(a => Value.From(a.Show()))) }, { "event", Event },
    };
}

/// <summary>One try.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Status">What the receiver answered; null: nothing.</param>
/// <param name="Error">Why it counts as failed; null: it does not.</param>
/// <param name="Response">The beginning of the answer's body.</param>
public sealed record DeliveryAttempt(int Number, DateTimeOffset At, TimeSpan Duration, int? Status, string? Error, string? Response)
{
    public ObjectValue Show() => new(6)
    {
        { "number", Number }, { "at", Rfc3339.Write(At) }, { "durationMs", Math.Round(Duration.TotalMilliseconds, 1) }, { "status", Status is { } s ? s : Value.Null },
        { "error", ScheduleRuleJson.Text(Error) }, { "response", ScheduleRuleJson.Text(Response) },
    };

    public static DeliveryAttempt FromJson(Value json) => new(
        (int)json["number"].AsNumber, Schedule.TimeOf(json["at"])!.Value, TimeSpan.FromMilliseconds(json["durationMs"].AsNumber),
        json["status"].IsNumber ? (int)json["status"].AsNumber : null, json["error"].AsString, json["response"].AsString);
}
