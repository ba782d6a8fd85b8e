using System.Collections.Frozen;

namespace LinkFlow.Platform.Events;

/// <summary>
/// Every type of event that LinkFlow publishes: <c>linkflow.{entity}.{action}.v1</c>. docs/events.md and <c>GET /events/types</c> are made
/// from it; modules raise what is here and nothing else.
/// </summary>
public static class EventCatalogue
{
    private static readonly DataField WorkflowId = new("workflowId", "string", "The workflow's id.");
    private static readonly DataField WorkflowName = new("name", "string", "Its name.");
    private static readonly DataField ExecutionId = new("executionId", "string", "The execution's id.");
    private static readonly DataField NodeId = new("nodeId", "string", "The node's id in its workflow.");
    private static readonly DataField CredentialId = new("credentialId", "string", "The credential's id.");
    private static readonly DataField ScheduleId = new("scheduleId", "string", "The schedule's id.");
    private static readonly DataField DueAt = new("dueAt", "string", "The due time, RFC 3339.");
    private static readonly DataField Error = new("error", "object?", "{message, code, nodeId, attempt}; the message has at most 2,000 characters.");

    private static readonly DataField[] Workflow =
    [
        WorkflowId, WorkflowName, new("status", "string", "draft, active, inactive or archived."), new("version", "integer", "Its newest version."),
        new("activeVersion", "integer?", "The version that triggers run while it is active."),
    ];

    private static readonly DataField[] Execution =
    [
        ExecutionId, WorkflowId, new("workflowVersion", "integer", "The version that it runs."),
        new("mode", "string", "manual, api, webhook, schedule, event, retry, subworkflow or error."),
    ];

    private static readonly DataField[] Ended =
    [
        .. Execution, new("durationMs", "integer", "From its start, waits included."), Error,
    ];

    private static readonly DataField[] Run =
    [
        .. Execution, NodeId, new("run", "integer", "Which run of the node, from 0."), new("attempt", "integer", "The attempt that ended, from 1."),
    ];

    private static readonly DataField[] Credential = [CredentialId, new("name", "string", "Its name."), new("type", "string", "Its type, e.g. bearer.")];
    private static readonly DataField[] Schedule = [ScheduleId, WorkflowId, NodeId, new("enabled", "boolean", "Whether it fires.")];
    private static readonly DataField[] Calendar = [new("calendarId", "string", "The calendar's id."), new("name", "string", "Its name.")];
    private static readonly DataField[] Key = [new("apiKeyId", "string", "The key's id."), new("name", "string", "Its name."), new("prefix", "string", "Its first characters.")];
    private static readonly DataField[] Hook = [WorkflowId, NodeId, new("method", "string", "The HTTP method."), new("path", "string", "Behind /webhooks/.")];

    private static readonly DataField[] Variable =
    [
        new("variableId", "string", "The variable's id."), new("name", "string", "Its name."), new("scope", "string", "tenant or workflow."),
        new("workflowId", "string?", "The workflow that it belongs to."), new("secret", "boolean", "Whether its values are secret; no event ever holds a value."),
    ];

    private static readonly DataField[] Subscription =
    [
        new("subscriptionId", "string", "The outbound webhook's id."), new("name", "string", "Its name."), new("enabled", "boolean", "Whether events are sent to it."),
    ];

    private static readonly DataField[] Letter =
    [
        new("deadLetterId", "string", "The dead letter's id."), new("subscriber", "string", "Who could not handle the event."),
        new("reason", "string", "FAILED, TIMED_OUT or what the subscriber said."), new("message", "string", "What went wrong at the last try."),
        new("tries", "integer", "How often it was tried."), new("eventId", "string", "The event's id."), new("eventType", "string", "Its type."),
        new("eventSubject", "string?", "Its subject."),
    ];

    public static CataloguedEvent WorkflowCreated { get; } = new("workflow", "created", "A workflow was made, copied or imported.", Workflow);
    public static CataloguedEvent WorkflowUpdated { get; } = new("workflow", "updated", "A workflow was saved, or an earlier version restored.", Workflow);
    public static CataloguedEvent WorkflowActivated { get; } = new("workflow", "activated", "A version became the one that triggers run.", Workflow);
    public static CataloguedEvent WorkflowDeactivated { get; } = new("workflow", "deactivated", "Its triggers run it no longer.", Workflow);
    public static CataloguedEvent WorkflowArchived { get; } = new("workflow", "archived", "It can be changed and run no longer.", Workflow);
    public static CataloguedEvent WorkflowUnarchived { get; } = new("workflow", "unarchived", "It is inactive, and can be changed again.", Workflow);
    public static CataloguedEvent WorkflowDeleted { get; } = new("workflow", "deleted", "It is gone.", Workflow);

    public static CataloguedEvent ExecutionStarted { get; } = new("execution", "started", "An execution was accepted.", Execution);
    public static CataloguedEvent ExecutionWaiting { get; } = new("execution", "waiting", "A wait node came to rest.", [.. Execution, NodeId]);
    public static CataloguedEvent ExecutionPaused { get; } = new("execution", "paused", "It was told to pause; what is in flight comes to its end.", Execution);
    public static CataloguedEvent ExecutionResumed { get; } = new("execution", "resumed", "It was told to go on.", Execution);
    public static CataloguedEvent ExecutionSucceeded { get; } = new("execution", "succeeded", "It ended well.", Ended);
    public static CataloguedEvent ExecutionFailed { get; } = new("execution", "failed", "It ended with an error.", Ended);
    public static CataloguedEvent ExecutionCancelled { get; } = new("execution", "cancelled", "It was cancelled.", Ended);
    public static CataloguedEvent ExecutionTimedOut { get; } = new("execution", "timed_out", "It took longer than its workflow allows.", Ended);
    public static CataloguedEvent NodeCompleted { get; } = new("node", "completed", "A run of a node ended well. The subject is the execution.", Run);
    public static CataloguedEvent NodeFailed { get; } = new("node", "failed", "A run of a node failed for good. The subject is the execution.", [.. Run, Error]);
    public static CataloguedEvent NodeAttemptFailed { get; } = new(
        "node", "attempt_failed", "An attempt failed, and there will be another. The subject is the execution.", [.. Run, Error, new("retryAt", "string", "When the next attempt may begin.")]);

    public static CataloguedEvent WebhookRegistered { get; } = new("webhook", "registered", "An activated workflow has taken a path. The subject is the workflow.", Hook);
    public static CataloguedEvent WebhookRemoved { get; } = new("webhook", "removed", "A path is free again. The subject is the workflow.", Hook);

    public static CataloguedEvent ScheduleCreated { get; } = new("schedule", "created", "A schedule was made, by a user or by a schedule node's activation.", Schedule);
    public static CataloguedEvent ScheduleUpdated { get; } = new("schedule", "updated", "A schedule was changed, enabled or disabled by a user.", Schedule);
    public static CataloguedEvent ScheduleDeleted { get; } = new("schedule", "deleted", "A schedule is gone.", Schedule);
    public static CataloguedEvent ScheduleFired { get; } = new("schedule", "fired", "A due time started an execution.", [ScheduleId, WorkflowId, DueAt, ExecutionId]);
    public static CataloguedEvent ScheduleMissed { get; } = new(
        "schedule", "missed", "Due times passed while nothing could fire, and are left out.", [ScheduleId, WorkflowId, DueAt, new("reason", "string", "How many, and until when.")]);
    public static CataloguedEvent ScheduleSkipped { get; } = new(
        "schedule", "skipped", "A due time was left out because the execution before had not ended.", [ScheduleId, WorkflowId, DueAt, new("reason", "string", "Which one.")]);
    public static CataloguedEvent ScheduleFailed { get; } = new(
        "schedule", "failed", "A due time could not start its workflow.", [ScheduleId, WorkflowId, DueAt, new("reason", "string", "Why.")]);
    public static CataloguedEvent ScheduleDisabled { get; } = new(
        "schedule", "disabled", "LinkFlow disabled a schedule whose last executions all failed.", [ScheduleId, WorkflowId, new("reason", "string", "Why.")]);

    public static CataloguedEvent CalendarCreated { get; } = new("calendar", "created", "A calendar of holidays was made.", Calendar);
    public static CataloguedEvent CalendarUpdated { get; } = new("calendar", "updated", "A calendar was changed.", Calendar);
    public static CataloguedEvent CalendarDeleted { get; } = new("calendar", "deleted", "A calendar is gone.", Calendar);

    public static CataloguedEvent CredentialCreated { get; } = new("credential", "created", "A credential was made.", Credential);
    public static CataloguedEvent CredentialUpdated { get; } = new("credential", "updated", "A credential was changed; its secrets were not.", Credential);
    public static CataloguedEvent CredentialRotated { get; } = new("credential", "rotated", "A credential got other secrets.", Credential);
    public static CataloguedEvent CredentialShared { get; } = new("credential", "shared", "Who may use it was changed.", Credential);
    public static CataloguedEvent CredentialDeleted { get; } = new("credential", "deleted", "A credential is gone.", Credential);
    public static CataloguedEvent CredentialAuthorized { get; } = new("credential", "authorized", "A person has consented for an OAuth 2 credential.", Credential);
    public static CataloguedEvent CredentialReauthorize { get; } = new("credential", "reauthorize", "A person must consent again: its tokens are refused.", Credential);
    public static CataloguedEvent CredentialRotationDue { get; } = new(
        "credential", "rotation_due", "Its secrets are as old as they should become.",
        [.. Credential, new("rotatedAt", "string", "When they were set."), new("rotateAfterDays", "integer", "How old they should become."), new("dueAt", "string", "Since when.")]);
    public static CataloguedEvent CredentialExpiring { get; } = new(
        "credential", "expiring", "It expires soon.", [.. Credential, new("expiresAt", "string", "When."), new("withinDays", "integer", "The notice that was reached.")]);
    public static CataloguedEvent CredentialExpired { get; } = new("credential", "expired", "It has expired: nodes that use it fail.", [.. Credential, new("expiresAt", "string", "When.")]);

    public static CataloguedEvent VariableCreated { get; } = new("variable", "created", "A variable was made.", Variable);
    public static CataloguedEvent VariableUpdated { get; } = new("variable", "updated", "A variable was changed, or an earlier version restored.", Variable);
    public static CataloguedEvent VariableDeleted { get; } = new("variable", "deleted", "A variable is gone.", Variable);

    public static CataloguedEvent ApiKeyCreated { get; } = new("api_key", "created", "An API key was made.", Key);
    public static CataloguedEvent ApiKeyRevoked { get; } = new("api_key", "revoked", "An API key works no longer.", Key);

    public static CataloguedEvent EventSubscriptionCreated { get; } = new("event_subscription", "created", "An outbound webhook was made.", Subscription);
    public static CataloguedEvent EventSubscriptionUpdated { get; } = new("event_subscription", "updated", "An outbound webhook was changed, enabled or disabled by a user.", Subscription);
    public static CataloguedEvent EventSubscriptionRotated { get; } = new("event_subscription", "rotated", "An outbound webhook signs with another secret.", Subscription);
    public static CataloguedEvent EventSubscriptionDisabled { get; } = new(
        "event_subscription", "disabled", "LinkFlow disabled an outbound webhook whose receiver fails, or is gone.", [.. Subscription, new("reason", "string", "Why.")]);
    public static CataloguedEvent EventSubscriptionDeleted { get; } = new("event_subscription", "deleted", "An outbound webhook is gone.", Subscription);

    public static CataloguedEvent DeadLetterAdded { get; } = new("dead_letter", "added", "A subscriber could not handle an event. None is published about loops, nor about this type itself.", Letter);
    public static CataloguedEvent DeadLetterRequeued { get; } = new("dead_letter", "requeued", "A dead letter goes to its subscriber again.", Letter);
    public static CataloguedEvent DeadLetterDeleted { get; } = new("dead_letter", "deleted", "A dead letter was thrown away.", Letter);

    /// <summary>All of them, in the order of the page.</summary>
    public static IReadOnlyList<CataloguedEvent> All { get; } =
    [
        WorkflowCreated, WorkflowUpdated, WorkflowActivated, WorkflowDeactivated, WorkflowArchived, WorkflowUnarchived, WorkflowDeleted,
        ExecutionStarted, ExecutionWaiting, ExecutionPaused, ExecutionResumed, ExecutionSucceeded, ExecutionFailed, ExecutionCancelled, ExecutionTimedOut,
        NodeCompleted, NodeFailed, NodeAttemptFailed,
        WebhookRegistered, WebhookRemoved,
        ScheduleCreated, ScheduleUpdated, ScheduleDeleted, ScheduleFired, ScheduleMissed, ScheduleSkipped, ScheduleFailed, ScheduleDisabled,
        CalendarCreated, CalendarUpdated, CalendarDeleted,
        CredentialCreated, CredentialUpdated, CredentialRotated, CredentialShared, CredentialDeleted, CredentialAuthorized, CredentialReauthorize,
        CredentialRotationDue, CredentialExpiring, CredentialExpired,
        VariableCreated, VariableUpdated, VariableDeleted,
        ApiKeyCreated, ApiKeyRevoked,
        EventSubscriptionCreated, EventSubscriptionUpdated, EventSubscriptionRotated, EventSubscriptionDisabled, EventSubscriptionDeleted,
        DeadLetterAdded, DeadLetterRequeued, DeadLetterDeleted,
    ];

    private static readonly FrozenDictionary<string, CataloguedEvent> ByType = All.ToFrozenDictionary(e => e.Type, StringComparer.Ordinal);

    /// <returns>Null: LinkFlow publishes no such type.</returns>
    public static CataloguedEvent? Find(string type) => ByType.GetValueOrDefault(type);
}
