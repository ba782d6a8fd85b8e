using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Records;

/// <summary>What the records of executions log: 3100–3199. No payloads, no secrets.</summary>
internal static partial class RecordLog
{
    [LoggerMessage(3100, LogLevel.Warning, "Execution {ExecutionId} is stored, and its orchestration could not be scheduled ({Reason}); the sweep tries again.")]
    public static partial void NotScheduled(ILogger logger, string executionId, string reason, Exception exception);

    [LoggerMessage(3101, LogLevel.Warning, "Execution {ExecutionId}: its orchestration could not be told that its inbox holds something ({Reason}); the sweep tells it.")]
    public static partial void NotRung(ILogger logger, string executionId, string reason, Exception exception);

    [LoggerMessage(3102, LogLevel.Warning, "Execution {ExecutionId} has ended, and what follows from that could not be done ({Reason}); the sweep does it.")]
    public static partial void NewsNotTold(ILogger logger, string executionId, string reason, Exception exception);

    [LoggerMessage(3103, LogLevel.Warning, "Execution {ExecutionId} was accepted, and could not be stored as one yet ({Reason}); the sweep does it.")]
    public static partial void NotRelayed(ILogger logger, string executionId, string reason, Exception exception);

    [LoggerMessage(3104, LogLevel.Warning, "Execution {ExecutionId} was unfinished and its orchestration {State}; it goes on from event {LastSeq}.")]
    public static partial void Restarted(ILogger logger, string executionId, string state, long lastSeq);

    [LoggerMessage(3105, LogLevel.Debug, "Execution {ExecutionId} of workflow {WorkflowId} ended with {Status} after {DurationMs} ms.")]
    public static partial void Ended(ILogger logger, string executionId, string workflowId, string status, long durationMs);

    [LoggerMessage(3106, LogLevel.Warning, "Execution {ExecutionId}: the error workflow {WorkflowId} was not started: it is not active or has no trigger of type 'error'.")]
    public static partial void NoErrorWorkflow(ILogger logger, string executionId, string workflowId);

    [LoggerMessage(3107, LogLevel.Warning, "Execution {ExecutionId}: the error workflow {WorkflowId} cannot be run.")]
    public static partial void ErrorWorkflowInvalid(ILogger logger, string executionId, string workflowId, Exception exception);

    [LoggerMessage(3108, LogLevel.Error, "The sweep could not deal with {What} '{Id}' ({Reason}); it goes on with the others.")]
    public static partial void SweepFailed(ILogger logger, string what, string id, string reason, Exception exception);

    [LoggerMessage(3109, LogLevel.Information, "Retention deleted {Count} executions.")]
    public static partial void Deleted(ILogger logger, int count);

    [LoggerMessage(3110, LogLevel.Error, "Execution {ExecutionId} is parked: {Reason}")]
    public static partial void Parked(ILogger logger, string executionId, string reason, Exception exception);

    [LoggerMessage(3112, LogLevel.Warning, "Execution {ExecutionId}: not all events that follow from its last commit could be raised ({Reason}); the sweep raises them.")]
    public static partial void EventsNotPublished(ILogger logger, string executionId, string reason, Exception exception);
}
