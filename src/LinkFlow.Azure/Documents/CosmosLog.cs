using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Documents;

/// <summary>Messages 5200–5299. Types of documents, never their content.</summary>
internal static partial class CosmosLog
{
    [LoggerMessage(5200, LogLevel.Debug, "Cosmos DB {Operation}: {Status}, {RequestUnits} request units.")]
    public static partial void Answered(ILogger log, string operation, int status, double requestUnits);

    [LoggerMessage(5201, LogLevel.Warning, "Cosmos DB {Operation} was answered {Problem}; try {Tries} in {DelayMs} ms.")]
    public static partial void Again(ILogger log, string operation, string problem, int tries, double delayMs, Exception? cause);

    [LoggerMessage(5202, LogLevel.Error, "Cosmos DB refuses {Operation} ({Problem}). Does the app's identity have the role of a data contributor on the account, and may it be reached over the network?")]
    public static partial void Denied(ILogger log, string operation, string problem, Exception? cause);

    [LoggerMessage(5203, LogLevel.Warning, "A page of documents of type {Type} ended early: it had cost {RequestUnits} request units.")]
    public static partial void OverBudget(ILogger log, string type, double requestUnits);

    [LoggerMessage(5204, LogLevel.Warning, "Whether a commit was made was not known, and was found out: {WasMade}.")]
    public static partial void FoundOut(ILogger log, bool wasMade);

    [LoggerMessage(5205, LogLevel.Warning, "{Count} events were committed and could not be published yet; the sweep will.")]
    public static partial void NotPublished(ILogger log, int count, Exception cause);

    [LoggerMessage(5206, LogLevel.Warning, "{Count} documents that a commit left to be deleted are still there; they belong to nothing any more.")]
    public static partial void LeftBehind(ILogger log, int count, Exception cause);
}
