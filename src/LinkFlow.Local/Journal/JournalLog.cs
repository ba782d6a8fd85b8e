using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Journal;

/// <summary>What the runtime logs: 3000–3099. No payloads, no secrets.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(3000, LogLevel.Information, "Recovered {Count} executions that were not at an end when LinkFlow stopped.")]
    public static partial void Recovered(ILogger logger, int count);

    [LoggerMessage(3001, LogLevel.Warning, "Execution {ExecutionId}: the store refused a change ({Reason}). Its state in memory is dropped; it goes on from the last commit in {DelayMs} ms.")]
    public static partial void CommitRefused(ILogger logger, string executionId, string reason, long delayMs);

    [LoggerMessage(3002, LogLevel.Error, "Execution {ExecutionId} is parked: its history cannot be read. {Reason}")]
    public static partial void Parked(ILogger logger, string executionId, string reason, Exception exception);

    [LoggerMessage(3003, LogLevel.Warning, "Execution {ExecutionId}: node {NodeId} failed with {ErrorCode} on attempt {Attempt}.")]
    public static partial void NodeFailed(ILogger logger, string executionId, string nodeId, string errorCode, int attempt);

    [LoggerMessage(3004, LogLevel.Warning, "Execution {ExecutionId}: node {NodeId} failed on attempt {Attempt}; next in {DelayMs} ms.")]
    public static partial void AttemptFailed(ILogger logger, string executionId, string nodeId, int attempt, long delayMs);

    [LoggerMessage(3005, LogLevel.Debug, "Execution {ExecutionId} of workflow {WorkflowId} ended with {Status} after {DurationMs} ms.")]
    public static partial void Ended(ILogger logger, string executionId, string workflowId, string status, long durationMs);

    [LoggerMessage(3006, LogLevel.Warning, "Execution {ExecutionId}: attempt {Attempt} of node {NodeId}, run {Run}, was in flight when LinkFlow stopped; it runs again (recovery {Count}).")]
    public static partial void AttemptRecovered(ILogger logger, string executionId, string nodeId, int run, int attempt, int count);

    [LoggerMessage(3007, LogLevel.Warning, "Execution {ExecutionId}: the error workflow {WorkflowId} was not started: it is not active or has no trigger of type 'error'.")]
    public static partial void NoErrorWorkflow(ILogger logger, string executionId, string workflowId);

    [LoggerMessage(3013, LogLevel.Warning, "Execution {ExecutionId}: the error workflow {WorkflowId} cannot be run.")]
    public static partial void ErrorWorkflowInvalid(ILogger logger, string executionId, string workflowId, Exception exception);

    [LoggerMessage(3014, LogLevel.Warning, "Execution {ExecutionId} was cut off by the shutdown; the next start goes on from its last commit.")]
    public static partial void CutOff(ILogger logger, string executionId, Exception exception);

    [LoggerMessage(3008, LogLevel.Warning, "Execution {ExecutionId}: attempt {Attempt} of node {NodeId} ended after it had been given up: {Reason}")]
    public static partial void ResultIgnored(ILogger logger, string executionId, string nodeId, int attempt, string reason);

    [LoggerMessage(3009, LogLevel.Information, "Shutting down: {Count} executions have attempts in flight.")]
    public static partial void Stopping(ILogger logger, int count);

    [LoggerMessage(3010, LogLevel.Warning, "{Count} executions had attempts in flight after {Seconds} s; they run again at the next start.")]
    public static partial void StoppedWithAttempts(ILogger logger, int count, double seconds);

    [LoggerMessage(3011, LogLevel.Warning, "The store cannot be read ({Reason}); {What} is tried again in {DelayMs} ms.")]
    public static partial void StoreUnreadable(ILogger logger, string what, string reason, long delayMs);

    [LoggerMessage(3012, LogLevel.Error, "Execution {ExecutionId} hit a fault in LinkFlow and is parked. Please report it.")]
    public static partial void Faulted(ILogger logger, string executionId, Exception exception);
}
