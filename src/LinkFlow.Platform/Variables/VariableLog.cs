using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Variables;

internal static partial class VariableLog
{
    [LoggerMessage(1600, LogLevel.Warning, "Variable {VariableId} was deleted, but its sealed values are still in the secret store, where nothing refers to them: {Reason}")]
    public static partial void SealedValuesLeft(this ILogger log, string variableId, string reason);

    [LoggerMessage(1601, LogLevel.Warning, "Variables of earlier executions were not cleaned up, which is tried again in an hour: {Reason}")]
    public static partial void SetsNotCleaned(this ILogger log, string reason);
}
