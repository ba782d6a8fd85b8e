namespace LinkFlow.Platform.Events.Subscriptions;

/// <summary>The bodies of <c>/event-subscriptions</c>, for the OpenAPI document.</summary>
public sealed record SubscriptionBody(
    string Name, string Url, IReadOnlyList<string> Types, object? Filter, bool? Enabled, int? Concurrency, IReadOnlyDictionary<string, string?>? Headers, string? Secret);

public sealed record SubscriptionResource(
    string Id, string Name, string Url, IReadOnlyList<string> Types, object? Filter, bool Enabled, int Concurrency, string? Secret, IReadOnlyDictionary<string, string?> Headers,
    string? DisabledReason, DateTimeOffset? PreviousSecretUntil, DateTimeOffset? FailingSince, DateTimeOffset? LastDeliveredAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    string CreatedBy);

public sealed record SubscriptionRotationBody(string? Secret, int? OverlapHours);

public sealed record DeliveryResource(
    string Id, string SubscriptionId, string EventId, string EventType, string EventSource, string? Subject, string Status, string? Reason, DateTimeOffset CreatedAt,
    DateTimeOffset? NextAt, DateTimeOffset? FinishedAt, int AttemptCount, IReadOnlyList<DeliveryAttemptResource> Attempts, object? Event);

public sealed record DeliveryAttemptResource(int Number, DateTimeOffset At, double DurationMs, int? Status, string? Error, string? Response);
