using System.Text.Json.Nodes;
using LinkFlow.Platform.Workflows;

namespace LinkFlow.Platform.Executions;

/// <summary>The forms that bodies and answers of <c>/executions</c> have; the OpenAPI document is made from them.</summary>
public sealed record ExecuteBody(JsonNode? Input, string? Mode, string? StartNodeId, bool? Wait, int? TimeoutSeconds);

public sealed record CancelBody(bool? Compensate);

public sealed record RetryBody(string? From, bool? UseLatestWorkflow);

public sealed record StartedResource(string ExecutionId);

public sealed record RetriedResource(string ExecutionId, string RetryOf);

public sealed record ExecutionResource(
    string Id, string WorkflowId, int WorkflowVersion, string Status, string Mode, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt,
    long? DurationMs, DateTimeOffset? WaitingUntil, string? RetryOf, string? ParentExecutionId, string? StartedBy, string CorrelationId, ExecutionErrorResource? Error,
    IReadOnlyList<ItemResource>? Input, IReadOnlyList<ItemResource>? Output, UsageResource Usage, IReadOnlyList<RunDataResource>? Nodes);

public sealed record UsageResource(int NodesRun, long PayloadBytes);

public record ErrorResource(string Message, string? NodeId, string Code, int Attempt);

public sealed record ExecutionErrorResource(string Message, string? NodeId, string Code, int Attempt, IReadOnlyList<ErrorResource>? Compensation)
    : ErrorResource(Message, NodeId, Code, Attempt);

public record RunResource(string NodeId, int Run, string Status, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, int Attempts, ErrorResource? Error);

public sealed record RunDataResource(
    string NodeId, int Run, string Status, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, int Attempts, ErrorResource? Error,
    IReadOnlyDictionary<string, IReadOnlyList<ItemResource>>? Input, IReadOnlyDictionary<string, IReadOnlyList<ItemResource>>? Output,
    IReadOnlyList<ApprovalResource>? Approvals)
    : RunResource(NodeId, Run, Status, StartedAt, FinishedAt, Attempts, Error);

/// <summary>The link by which one approver decides.</summary>
public sealed record ApprovalResource(string Approver, string Url);
