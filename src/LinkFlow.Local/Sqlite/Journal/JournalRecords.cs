using LinkFlow.Engine.Executions;

namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>What a commit did.</summary>
/// <param name="Position">The global position of its segment; 0 when it had none.</param>
/// <param name="Messages">What became of its messages, in their order.</param>
public sealed record JournalReceipt(long Position, IReadOnlyList<InboxOutcome> Messages);

public enum InboxOutcome
{
    /// <summary>Durable; also when a message with that id was there already.</summary>
    Accepted,
    NotFound,

    /// <summary>The execution has ended.</summary>
    Finished,

    /// <summary><see cref="JournalStore.MaxInbox"/> messages are waiting already.</summary>
    Full,
}

/// <summary>An execution as stored. Times are Unix ms.</summary>
/// <param name="LastSeq">Of its last event; 0: it has none yet.</param>
/// <param name="Parked">Why it must not run (a damaged segment, an unknown event); null: it may.</param>
/// <param name="Body">The execution's document, JSON in UTF-8.</param>
public sealed record ExecutionRecord(
    string Tenant, string Id, string WorkflowId, ExecutionStatus Status, string Mode,
    long StartedAt, long? FinishedAt, long LastSeq, string? Parked, ReadOnlyMemory<byte> Body)
{
    public bool IsFinished => Status >= ExecutionStatus.Success;
}

/// <summary>Events as they were appended; the checksum was verified.</summary>
/// <param name="Position">In the order of all commits of this store; grows, with gaps.</param>
public sealed record Segment(long Position, long FirstSeq, long LastSeq, int Format, ReadOnlyMemory<byte> Payload)
{
    /// <summary>A JSON array of events.</summary>
    public const int JsonFormat = 1;
}

/// <summary>A segment of any execution, for those who follow all of them.</summary>
public sealed record PublishedSegment(string Tenant, string ExecutionId, Segment Segment);

/// <summary>The state after the event <paramref name="Seq"/>.</summary>
public sealed record StoredSnapshot(long Seq, ReadOnlyMemory<byte> Body);

/// <param name="Position">Grows over all inboxes.</param>
/// <param name="At">When it came, Unix ms.</param>
public sealed record InboxEntry(long Position, string Id, string Kind, long At, ReadOnlyMemory<byte> Body);

/// <param name="Number">Where a scan over executions stands: the next page begins behind it.</param>
public sealed record ExecutionKey(string Tenant, string ExecutionId, long Number);

/// <param name="DueAt">Unix ms.</param>
public sealed record StoredTimer(string Tenant, string ExecutionId, string Name, long DueAt);

/// <summary>Which executions to list: newest first by id.</summary>
public sealed record ExecutionQuery(string Tenant)
{
    public string? WorkflowId { get; init; }
    public ExecutionStatus? Status { get; init; }
    public string? Mode { get; init; }

    /// <summary>Ids from this one on (inclusive), and before that one (exclusive).</summary>
    public string? FromId { get; init; }
    public string? BeforeId { get; init; }
    public bool OldestFirst { get; init; }

    /// <summary>1 to 200.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Index entries looked at per page; a page may be short or empty and yet have a next one.</summary>
    public int ScanLimit { get; init; } = 10_000;

    /// <summary>The smallest id that can be drawn in this millisecond: turns a time into a bound of ids.</summary>
    public static string FirstIdAt(long unixMilliseconds) => StoredId.FirstAt(unixMilliseconds);
}

/// <param name="NextId">Newest first: pass it as BeforeId; oldest first: as FromId. Null: there is no next page.</param>
public sealed record ExecutionPage(IReadOnlyList<ExecutionRecord> Items, string? NextId);

/// <summary>Another owner has appended to the execution meanwhile, or it exists already; nothing was written.</summary>
public sealed class JournalConflictException(string executionId, long expected, long found)
    : Exception($"Execution '{executionId}' is at event {found}, not at {expected}: someone else has appended to it.")
{
    public string ExecutionId { get; } = executionId;
    public long Expected { get; } = expected;
    public long Found { get; } = found;
}

/// <summary>A stored segment or snapshot is not what was written: its execution must be parked.</summary>
public sealed class SegmentDamagedException(string executionId, long firstSeq, string reason)
    : Exception($"Execution '{executionId}': the segment that begins with event {firstSeq} is damaged: {reason}.")
{
    public string ExecutionId { get; } = executionId;
    public long FirstSeq { get; } = firstSeq;
}
