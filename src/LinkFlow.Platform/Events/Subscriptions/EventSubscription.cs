using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Events;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;

namespace LinkFlow.Platform.Events.Subscriptions;

/// <summary>An outbound webhook: which events are sent to which URL. Its secret and the values of its headers are in the secret store.</summary>
public sealed record EventSubscription
{
    public static readonly DocumentType Type = new("event-subscription", "enabled");

    private EventFilter? _filter;

    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Url { get; init; }

    /// <summary>Patterns, at least one.</summary>
    public required IReadOnlyList<string> Types { get; init; }
    public ObjectValue? Filter { get; init; }

    /// <summary>Deliveries that may be under way at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Headers that go with each delivery; their values are secret.</summary>
    public IReadOnlyList<string> HeaderNames { get; init; } = [];
    public bool Enabled { get; init; }

    /// <summary>Why LinkFlow has disabled it; null: it has not.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>Until then deliveries are signed with the secret of before, too; null: with the current one alone.</summary>
    public DateTimeOffset? PreviousSecretUntil { get; init; }

    /// <summary>Null only while it is being made.</summary>
    public SecretReference? Secret { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string CreatedBy { get; init; }

    /// <param name="event">As JSON; its type is looked at elsewhere.</param>
    public bool Lets(ObjectValue @event) => (_filter ??= new EventFilter(Filter)).Matches(@event);

    public UnitOfWork Put(UnitOfWork work, long expected)
    {
        var body = Shown(showsHealth: false);
        body.Set("headers", new ArrayValue(HeaderNames.Select(n => Value.From(n)))).Set("secretName", Secret!.Name).Set("secretVersion", Secret.Version);
        return work.Put(Type, Id, body, new Dictionary<string, string> { ["enabled"] = Enabled ? "true" : "false" }, expected);
    }

    /// <summary>What a caller sees.</summary>
    /// <param name="secret">A secret that was drawn just now, to be shown this once.</param>
    public ObjectValue Show(SubscriptionHealth health, string? secret = null)
    {
        var shown = Shown(showsHealth: true);
        var headers = new ObjectValue(HeaderNames.Count);
        foreach (var name in HeaderNames) headers.Set(name, Value.Null);
        shown.Set("secret", secret ?? Value.Null).Set("headers", headers);
        return shown.Set("failingSince", ScheduleRuleJson.Time(health.FailingSince)).Set("lastDeliveredAt", ScheduleRuleJson.Time(health.LastDeliveredAt));
    }

    public static EventSubscription FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        Name = body["name"].AsString!,
        Url = body["url"].AsString!,
        Types = [.. body["types"].AsArray!.Select(t => t.AsString!)],
        Filter = body["filter"].AsObject,
        Concurrency = (int)body["concurrency"].AsNumber,
        HeaderNames = [.. body["headers"].AsArray!.Select(h => h.AsString!)],
        Enabled = body["enabled"].AsBoolean,
        DisabledReason = body["disabledReason"].AsString,
        PreviousSecretUntil = Schedule.TimeOf(body["previousSecretUntil"]),
        Secret = new SecretReference(body["secretName"].AsString!, body["secretVersion"].AsString!),
        CreatedAt = Schedule.TimeOf(body["createdAt"])!.Value,
        UpdatedAt = Schedule.TimeOf(body["updatedAt"])!.Value,
        CreatedBy = body["createdBy"].AsString!,
    };

    private ObjectValue Shown(bool showsHealth)
    {
        var shown = new ObjectValue(20)
        {
            { "id", Id }, { "name", Name }, { "url", Url }, { "types", new ArrayValue(Types.Select(t => Value.From(t))) }, { "filter", Filter is null ? Value.Null : Filter },
            { "enabled", Enabled }, { "concurrency", Concurrency },
        };
        if (showsHealth) shown.Set("secret", Value.Null).Set("headers", Value.Null);
        return shown.Set("disabledReason", ScheduleRuleJson.Text(DisabledReason)).Set("previousSecretUntil", ScheduleRuleJson.Time(PreviousSecretUntil))
            .Set("createdAt", Rfc3339.Write(CreatedAt)).Set("updatedAt", Rfc3339.Write(UpdatedAt)).Set("createdBy", CreatedBy);
    }
}
