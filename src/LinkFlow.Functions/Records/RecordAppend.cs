using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>One change of one execution. Doing it twice is doing it once.</summary>
public sealed record RecordAppend
{
    public required string Tenant { get; init; }
    public required string ExecutionId { get; init; }

    /// <summary>Numbered without gaps, large payloads spilled. The first ones may be in the history already; then they must be the same. May be empty.</summary>
    public required IReadOnlyList<ExecutionEvent> Events { get; init; }

    /// <summary>How it stands after the last of them; null: as before. It is ignored when the history is further already.</summary>
    public Execution? Execution { get; init; }

    /// <summary>The event with the first response; 0: none.</summary>
    public long ResponseSeq { get; init; }

    /// <summary>It has come to rest on a wait: its caller is answered.</summary>
    public bool IsAtRest { get; init; }

    /// <summary>With these events the history holds all commands up to this position; 0: nothing new was heard.</summary>
    public long InboxThrough { get; init; }

    /// <summary>Nothing is written when the inbox holds something behind <see cref="InboxThrough"/>: for an end that must not pass a command by.</summary>
    public bool OnlyIfHeard { get; init; }

    /// <summary>The state after the last of the events; null: none is due.</summary>
    public RecordSnapshot? Snapshot { get; init; }

    /// <summary>Attempts whose stored results are no longer needed, because the history holds them now.</summary>
    public IReadOnlyList<RunAttempt> Taken { get; init; } = [];

    /// <summary>An attempt that begins with this append, or begins again: how often is counted until its end is appended. Null: none does.</summary>
    public RunAttempt? Begins { get; init; }

    /// <summary>The execution as last seen by the caller: spares reading it. Null: it is read.</summary>
    public ExecutionRecord? Known { get; init; }

    /// <summary>What the end brings with it; null: it goes on.</summary>
    internal RecordEnding? Ending { get; init; }

}

/// <summary>The state after the event <paramref name="Seq"/>, as JSON. Takes the place of the one before.</summary>
public sealed record RecordSnapshot(long Seq, ReadOnlyMemory<byte> State);

public enum AppendOutcome
{
    /// <summary>It is durable.</summary>
    Appended,

    /// <summary>It was durable before.</summary>
    AlreadyThere,

    /// <summary>Nothing was written: the inbox holds something that these events do not know of.</summary>
    Unheard,
}

/// <param name="Record">As it is stored now.</param>
public sealed record AppendResult(AppendOutcome Outcome, ExecutionRecord Record)
{
    /// <summary>How often <see cref="RecordAppend.Begins"/> has begun, this time included; 0: none was named.</summary>
    public int Starts { get; init; }
}

/// <summary>The history has other events under these numbers, does not reach up to them, or is gone: whoever wanted to append has an old or another state, and loads it anew.</summary>
/// <param name="lastSeq">Of the history; −1: there is no such execution.</param>
public sealed class RecordConflictException(string executionId, long lastSeq, string what)
    : Exception($"Execution '{executionId}': {what} Its history ends with event {lastSeq}.")
{
    public long LastSeq { get; } = lastSeq;
}
