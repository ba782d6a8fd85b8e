using System.Text.Json.Serialization;
using LinkFlow.Functions.Records;

namespace LinkFlow.Functions.Orchestration.Activities;

/// <summary>What an activity needs to bring an execution's history up to date.</summary>
/// <param name="Base">The number of the last event that the orchestration has applied.</param>
/// <param name="Pending">What the history may not hold yet, up to <paramref name="Base"/>.</param>
/// <param name="InboxThrough">The events up to <paramref name="Base"/> hold all commands up to this position.</param>
public sealed record Upkeep(string Tenant, string ExecutionId, long Base, IReadOnlyList<PendingPart> Pending, long InboxThrough);

/// <summary>Run a batch (execution.md §6).</summary>
/// <param name="External">The external attempt; null: pure ones only.</param>
/// <param name="Pure">Pure attempts that are ready.</param>
/// <param name="Recall">References to be read back, by the number of the event that stored them; 0: none.</param>
/// <param name="IsAlone">Nothing else is in flight: the batch owns the execution until it ends, hears its inbox, and appends what it comes to.</param>
/// <param name="Deadline">When the workflow's time is over, Unix ms; null: never. For an alone batch.</param>
/// <param name="Tries">How often this was tried and failed for reasons that are not the node's.</param>
public sealed record BatchInput(
    Upkeep Upkeep, RunAttempt? External, IReadOnlyList<RunAttempt> Pure, long Recall, bool IsAlone, long? Deadline, int Tries)
{
    /// <summary>By which its result is kept.</summary>
    public RunAttempt Key => External ?? (Pure.Count > 0 ? Pure[0] : new RunAttempt("", 0, (int)Recall));
}

/// <param name="Events">Numbered from the batch's base on, without data; null: none.</param>
/// <param name="IsAppended">The history holds them under these numbers.</param>
/// <param name="HasEnded">The history holds the execution's end.</param>
/// <param name="InboxThrough">The events hold all commands up to this position.</param>
/// <param name="InboxLast">The position of the last command seen.</param>
public sealed record BatchResult(PackedText? Events, bool IsAppended, bool HasEnded, long InboxThrough, long InboxLast)
{
    /// <summary>How it ended, of which the orchestration gets no event; null: it has not, or an earlier build says nothing of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchEnd? End { get; init; }
}

/// <param name="Status">One of <see cref="Engine.Executions.StatusWords"/>.</param>
public sealed record BatchEnd(string Status, int NodesRun);

/// <summary>Append what is pending.</summary>
/// <param name="WantsSnapshot">Store the state as well, so that reading the execution stays short.</param>
public sealed record AppendInput(Upkeep Upkeep, bool WantsSnapshot);

/// <param name="HasEnded">The history holds the execution's end.</param>
/// <param name="State">For a snapshot too large for a history that the orchestration writes itself; else null.</param>
public sealed record AppendOutput(bool HasEnded, long InboxLast, PackedText? State);

/// <summary>Read the inbox.</summary>
/// <param name="After">The position of the last command that is known.</param>
public sealed record InboxInput(string Tenant, string ExecutionId, long After);

/// <param name="Events">Without data, in order.</param>
/// <param name="Positions">Of each.</param>
/// <param name="HasMore">There may be more behind them.</param>
public sealed record InboxOutput(PackedText? Events, IReadOnlyList<long> Positions, bool HasMore);

/// <summary>Start sub-workflows.</summary>
public sealed record ChildrenInput(Upkeep Upkeep, IReadOnlyList<ChildOrder> Children);

/// <param name="Parts">Where its input is recorded.</param>
public sealed record ChildOrder(string ChildId, string WorkflowId, string Node, int Run, int Owner, bool Wait, IReadOnlyList<PartOrder> Parts);

public sealed record PartOrder(long Seq, string Output, int Offset, int Count)
{
    /// <summary>See <see cref="Engine.Executions.DataPart.By"/>.</summary>
    public long By { get; init; }
}

/// <summary>For each child, in order: why it could not be started.</summary>
public sealed record ChildrenOutput(IReadOnlyList<ChildRefusal?> Refusals, long InboxLast);

public sealed record ChildRefusal(string Message, string Code, string? Node, int Attempt);

/// <summary>Tell sub-workflows what their parent was told.</summary>
public sealed record TellInput(Upkeep Upkeep, IReadOnlyList<ChildCommand> Commands);

/// <param name="Id">By which it is applied once.</param>
/// <param name="Kind">One of <see cref="ChildCommands"/>.</param>
public sealed record ChildCommand(string ChildId, string Id, string Kind);

/// <summary>Tell running attempts to stop.</summary>
public sealed record StopInput(string Tenant, string ExecutionId, IReadOnlyList<RunAttempt> Attempts);

/// <summary>Hand over a piece of a blob.</summary>
public sealed record LoadInput(string Tenant, string Blob, int Piece);

/// <summary>End an execution that cannot go on, with an error that says why.</summary>
public sealed record ParkInput(string Tenant, string ExecutionId, string Code, string Message);

/// <summary>What sub-workflows are told.</summary>
public static class ChildCommands
{
    public const string Cancel = "cancel";
    public const string Pause = "pause";
    public const string Resume = "resume";
}
