using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>One change of one execution, with all that must become durable together with it.</summary>
public sealed record JournalCommit
{
    public required string Tenant { get; init; }
    public required string ExecutionId { get; init; }

    /// <summary>The last sequence number that the owner knows of; 0 for a new execution. Another one there: nothing is written.</summary>
    public required long ExpectedLastSeq { get; init; }

    /// <summary>How the execution looks from now on; null: unchanged. Needed for a new one.</summary>
    public ExecutionRow? Row { get; init; }

    /// <summary>The events to append; null: none. It begins at <see cref="ExpectedLastSeq"/> + 1.</summary>
    public SegmentWrite? Segment { get; init; }

    /// <summary>
    /// Not null: all earlier segments are replaced by these, the first of which begins at 1, with the blobs of
    /// <see cref="Blobs"/> as the only ones; for a workflow whose data is not saved. <see cref="Segment"/> comes behind them.
    /// </summary>
    public IReadOnlyList<SegmentWrite>? Replacement { get; init; }

    public SnapshotWrite? Snapshot { get; init; }

    /// <summary>Positions of inbox messages that this commit has handled.</summary>
    public IReadOnlyList<long> Handled { get; init; } = [];
    public IReadOnlyList<TimerWrite> Timers { get; init; } = [];

    /// <summary>Names of blobs that the new events refer to; they are in the blob store already.</summary>
    public IReadOnlyList<string> Blobs { get; init; } = [];

    /// <summary>Documents and outgoing events.</summary>
    public IReadOnlyList<UnitOfWork> Documents { get; init; } = [];

    /// <summary>Executions that begin with this commit (children, error workflows): each with an ExpectedLastSeq of 0. One that exists already is left as it is.</summary>
    public IReadOnlyList<JournalCommit> Starts { get; init; } = [];

    /// <summary>Messages to other executions: a child's end to its parent, a cancellation to its children.</summary>
    public IReadOnlyList<InboxMessage> Messages { get; init; } = [];
}

/// <summary>An execution as its row shows it.</summary>
/// <param name="Mode">manual, api, webhook, schedule, event, retry, subworkflow or error; fixed with the first commit, as the workflow is.</param>
/// <param name="StartedAt">Unix ms; fixed with the first commit.</param>
/// <param name="FinishedAt">Unix ms; null while it goes on. Timers, inbox and snapshot of a finished execution are deleted with the commit.</param>
/// <param name="Body">The execution's document, JSON in UTF-8.</param>
public sealed record ExecutionRow(string WorkflowId, ExecutionStatus Status, string Mode, long StartedAt, long? FinishedAt, ReadOnlyMemory<byte> Body)
{
    public bool IsFinished => Status >= ExecutionStatus.Success;
}

/// <summary>One append.</summary>
/// <param name="Format">How the payload is written; see <see cref="Segment.JsonFormat"/>.</param>
/// <param name="Payload">A JSON array of the events, in UTF-8.</param>
public sealed record SegmentWrite(long FirstSeq, long LastSeq, ReadOnlyMemory<byte> Payload, int Format = Segment.JsonFormat)
{
    /// <summary>For a segment that takes another's place: that one's position, so that who follows positions sees its events once. Null: a new one is drawn.</summary>
    public long? Position { get; init; }
}

/// <summary>The state after the event <paramref name="Seq"/>. Takes the place of the one before.</summary>
public sealed record SnapshotWrite(long Seq, ReadOnlyMemory<byte> Body);

/// <param name="DueAt">Unix ms; null: the timer is deleted.</param>
public sealed record TimerWrite(string Name, long? DueAt);

/// <summary>A command for an execution. Two with one id in the inbox are one.</summary>
/// <param name="Id">Unique within the execution.</param>
/// <param name="Kind">Says how to read the body.</param>
/// <param name="IsBounded">False: it is taken however full the inbox is; for messages whose number is bounded elsewhere and which must not get lost.</param>
public sealed record InboxMessage(string Tenant, string ExecutionId, string Id, string Kind, ReadOnlyMemory<byte> Body, bool IsBounded = true);
