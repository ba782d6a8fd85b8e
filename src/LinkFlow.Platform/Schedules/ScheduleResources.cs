namespace LinkFlow.Platform.Schedules;

/// <summary>The bodies of <c>/schedules</c> and <c>/calendars</c>, for the OpenAPI document.</summary>
public sealed record NewScheduleBody(
    string WorkflowId, string? NodeId, string? Cron, int? EverySeconds, DateTimeOffset? At, string? Timezone, string? CalendarId, string? OnHoliday, string? Misfire,
    string? Overlap, bool? Enabled, DateTimeOffset? StartAt, DateTimeOffset? EndAt, int? JitterSeconds, int? MaxConsecutiveFailures);

public sealed record ScheduleResource(
    string Id, string WorkflowId, string NodeId, string? Cron, int? EverySeconds, DateTimeOffset? At, string Timezone, string? CalendarId, string OnHoliday, string Misfire,
    string Overlap, DateTimeOffset? StartAt, DateTimeOffset? EndAt, int JitterSeconds, int? MaxConsecutiveFailures, bool Enabled, string? DisabledReason, string Source,
    DateTimeOffset? NextAt, DateTimeOffset? LastAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string CreatedBy);

public sealed record DueTimeList(IReadOnlyList<DateTimeOffset> Items);

public sealed record FiringResource(string ScheduleId, DateTimeOffset DueAt, DateTimeOffset FiredAt, string Outcome, string? ExecutionId, string? Reason);

public sealed record ScheduleConflictResource(string WorkflowId, IReadOnlyList<string> ScheduleIds, IReadOnlyList<DateTimeOffset> DueAt);

public sealed record ScheduleConflictList(IReadOnlyList<ScheduleConflictResource> Items);

public sealed record CalendarResource(string Id, string Name, IReadOnlyList<string> Dates, DateTimeOffset CreatedAt);
