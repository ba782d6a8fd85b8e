using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Orchestration;

/// <summary>What orchestrations' activities log: 3200–3219. No payloads, no secrets.</summary>
internal static partial class OrchestrationLog
{
    [LoggerMessage(3200, LogLevel.Warning, "Execution {ExecutionId}: attempt {Attempt} of node {NodeId} ended after it had been given up: {Reason}")]
    public static partial void ResultIgnored(ILogger logger, string executionId, string nodeId, int attempt, string reason);

    [LoggerMessage(3201, LogLevel.Warning, "Execution {ExecutionId}: that an ignored result came could not be noted: {Reason}")]
    public static partial void NotNoted(ILogger logger, string executionId, string reason);

    [LoggerMessage(3202, LogLevel.Warning, "Execution {ExecutionId}: attempt {Attempt} of node {NodeId}, run {Run}, was in flight when its activity was cut off; it runs again (recovery {Count}).")]
    public static partial void AttemptRecovered(ILogger logger, string executionId, string nodeId, int run, int attempt, int count);

    [LoggerMessage(3203, LogLevel.Warning, "Execution {ExecutionId}: node {NodeId} failed with {ErrorCode} on attempt {Attempt}.")]
    public static partial void NodeFailed(ILogger logger, string executionId, string nodeId, string errorCode, int attempt);

    [LoggerMessage(3204, LogLevel.Warning, "Execution {ExecutionId}: node {NodeId} failed on attempt {Attempt}; next in {DelayMs} ms.")]
    public static partial void AttemptFailed(ILogger logger, string executionId, string nodeId, int attempt, long delayMs);
}
