using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Webhooks;

/// <summary>Messages 1500–1599.</summary>
internal static partial class WebhookLog
{
    [LoggerMessage(1500, LogLevel.Information, "A call to webhook node {NodeId} of workflow {WorkflowId} was refused: {Reason}")]
    public static partial void CallRefused(this ILogger logger, string nodeId, string workflowId, string reason);

    [LoggerMessage(1501, LogLevel.Error, "Webhook node {NodeId} of workflow {WorkflowId} can admit nobody: {Reason}")]
    public static partial void NobodyAdmitted(this ILogger logger, string nodeId, string workflowId, string reason);

    [LoggerMessage(1502, LogLevel.Warning, "The keys at {Url} could not be read; those read before stay in use for a while. {Reason}")]
    public static partial void KeysNotRead(this ILogger logger, string url, string reason);

    [LoggerMessage(1503, LogLevel.Information, "A call to webhook node {NodeId} of workflow {WorkflowId} has no key by its dedupeBy, and is not told apart from others: {ErrorCode}.")]
    public static partial void NoKey(this ILogger logger, string nodeId, string workflowId, string errorCode);

    [LoggerMessage(1510, LogLevel.Warning, "The filter of webhook node {NodeId} of workflow {WorkflowId} could not be applied to a call, which started nothing: {ErrorCode}.")]
    public static partial void FilterFailed(this ILogger logger, string nodeId, string workflowId, string errorCode);
}
