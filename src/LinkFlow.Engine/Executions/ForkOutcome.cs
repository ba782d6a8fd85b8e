using System.Collections.Immutable;

namespace LinkFlow.Engine.Executions;

/// <summary>What came of asking for a retry: a way to start it, or why there is none.</summary>
public abstract record ForkOutcome;

/// <summary>The new execution starts like the old one and is given these events at once, before its first step.</summary>
/// <param name="Copied">In order, without seq, at and id. Payloads in blobs are shared by name.</param>
/// <param name="StartNode">An id.</param>
/// <param name="Input">What the old execution started with.</param>
public sealed record Forked(ImmutableArray<ExecutionEvent> Copied, string StartNode, Payload Input) : ForkOutcome;

/// <summary>The execution cannot be retried like that.</summary>
/// <param name="Code">One of the codes here.</param>
/// <param name="Message">For the user: what is wrong, and what would be right.</param>
public sealed record ForkRefused(string Code, string Message) : ForkOutcome
{
    public const string NotFinished = "NOT_FINISHED";
    public const string NothingFailed = "NOTHING_FAILED";
    public const string UnknownNode = "UNKNOWN_NODE";
    public const string NodeNotRun = "NODE_NOT_RUN";
    public const string DataMissing = Nodes.NodeErrorCodes.DataMissing;
}
