using System.Globalization;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>
/// The documents that an execution is made of on Azure. All of one execution are in one aggregate, named by its id, so
/// that one batch can change them together; ids sort as numbers do.
/// </summary>
internal static class RecordTypes
{
    private const string Partition = "execution";

    /// <summary>Where it stands: what lists show, how far its history and its inbox go, and what a sweep has to look at.</summary>
    public static readonly DocumentType Execution = new("execution", "workflowId", "status", "mode", ExecutionRecord.AttentionField) { Partition = Partition };

    /// <summary>One append, by the number of its last event: the first one from a number on holds that event.</summary>
    public static readonly DocumentType Events = new("execution-events") { Partition = Partition };

    /// <summary>A command, by its position.</summary>
    public static readonly DocumentType Inbox = new("execution-inbox", "command") { Partition = Partition };

    public static readonly DocumentType Snapshot = new("execution-snapshot") { Partition = Partition };

    /// <summary>What an attempt came to, from its end until the history holds it.</summary>
    public static readonly DocumentType Result = new("execution-result") { Partition = Partition };

    /// <summary>What the caller who waits is to be told, where the history will not hold it.</summary>
    public static readonly DocumentType Answer = new("execution-answer") { Partition = Partition };

    /// <summary>What is to be told elsewhere because this execution has ended.</summary>
    public static readonly DocumentType News = new("execution-news") { Partition = Partition };

    /// <summary>Events whose CloudEvents were too many for the commit that holds them: from one number to another.</summary>
    public static readonly DocumentType Unpublished = new("execution-unpublished") { Partition = Partition };

    public static string At(string executionId, long number) => string.Create(CultureInfo.InvariantCulture, $"{executionId}/{number:D12}");

    /// <summary>The one document of its type that an execution has.</summary>
    public static string Only(string executionId) => $"{executionId}/0";

    public static string Of(string executionId, RunAttempt attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{executionId}/{Uri.EscapeDataString(attempt.Node)}.{attempt.Run}.{attempt.Attempt}");
}

/// <summary>One attempt of one run of a node.</summary>
public readonly record struct RunAttempt(string Node, int Run, int Attempt);
