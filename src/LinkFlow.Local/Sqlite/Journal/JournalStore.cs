using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>
/// Executions with their events, snapshots, inboxes and timers. One <see cref="JournalCommit"/> is one member of a
/// group commit: all of it or nothing. Reads see whole commits only. It knows bytes, not events.
/// </summary>
public sealed class JournalStore
{
    /// <summary>Messages that may wait in one execution's inbox.</summary>
    public const int MaxInbox = 1_000;

    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private readonly JournalWrites _writes;
    private readonly ExecutionDeletion _deletion;

    internal JournalStore(SqliteWriter writer, SqliteReaders readers, JournalWrites writes, ExecutionDeletion deletion)
    {
        _writer = writer;
        _readers = readers;
        _writes = writes;
        _deletion = deletion;
    }

    /// <summary>Durable when it returns.</summary>
    /// <exception cref="JournalConflictException">The execution is not at ExpectedLastSeq.</exception>
    /// <exception cref="DocumentConflictException">A precondition of its documents does not hold.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now; nothing was written.</exception>
    /// <exception cref="ArgumentException">The commit contradicts itself.</exception>
    public Task<JournalReceipt> CommitAsync(JournalCommit commit, CancellationToken cancellationToken = default)
    {
        var prepared = PreparedCommit.From(commit);
        return _writer.WriteAsync(session => _writes.Apply(session, prepared), prepared.Bytes, cancellationToken);
    }

    /// <summary>Puts a message into an inbox; durable when it returns.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now; nothing was written.</exception>
    public Task<InboxOutcome> SendAsync(InboxMessage message, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(session => _writes.Deliver(session, message), message.Body.Length, cancellationToken);

    /// <summary>Marks an execution as one that must not run, or, with null, as one that may again.</summary>
    /// <param name="reason">Code and message.</param>
    /// <returns>False: there is no such execution.</returns>
    public Task<bool> ParkAsync(string tenant, string executionId, string? reason, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(session => JournalWrites.Park(session, tenant, executionId, reason), cancellationToken: cancellationToken);

    /// <summary>Deletes a finished execution with its events, data references and snapshot.</summary>
    /// <returns>False: it is not finished. Null: there is none.</returns>
    public Task<bool?> DeleteAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(session => _deletion.Delete(session, tenant, executionId), cancellationToken: cancellationToken);

    /// <returns>Null when there is none.</returns>
    public ValueTask<ExecutionRecord?> GetAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.Get(session, tenant, executionId), cancellationToken);

    /// <exception cref="ArgumentException">The limit is not 1 to 200.</exception>
    public ValueTask<ExecutionPage> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Limit is < 1 or > 200) throw new ArgumentException($"The limit is {query.Limit}; 1 to 200 is allowed.", nameof(query));
        return _readers.ReadAsync(session => ExecutionLists.Read(session, query), cancellationToken);
    }

    /// <summary>Segments that hold events after <paramref name="afterSeq"/>, in order; the first may begin before it. Stops after about <paramref name="maxBytes"/>, but has at least one if there is one.</summary>
    /// <exception cref="SegmentDamagedException">A checksum is wrong, or a segment is missing.</exception>
    public ValueTask<IReadOnlyList<Segment>> ReadSegmentsAsync(string tenant, string executionId, long afterSeq, int maxBytes = 4 << 20, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.Segments(session, tenant, executionId, afterSeq, maxBytes), cancellationToken);

    /// <returns>The segment that holds this event; null: there is none.</returns>
    /// <exception cref="SegmentDamagedException">Its checksum is wrong.</exception>
    public ValueTask<Segment?> ReadSegmentAtAsync(string tenant, string executionId, long seq, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.SegmentAt(session, tenant, executionId, seq), cancellationToken);

    /// <returns>The latest one, or null.</returns>
    /// <exception cref="SegmentDamagedException">Its checksum is wrong.</exception>
    public ValueTask<StoredSnapshot?> ReadSnapshotAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.Snapshot(session, tenant, executionId), cancellationToken);

    /// <summary>Messages that wait, in order of position.</summary>
    public ValueTask<IReadOnlyList<InboxEntry>> ReadInboxAsync(string tenant, string executionId, int limit = MaxInbox, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.Inbox(session, tenant, executionId, limit), cancellationToken);

    /// <summary>Queued and running executions that are not parked, for recovery; in the order of their creation.</summary>
    /// <param name="after">The number of the last one of the page before; 0: from the first.</param>
    public ValueTask<IReadOnlyList<ExecutionKey>> ReadRunnableAsync(long after, int limit, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.Runnable(session, after, limit), cancellationToken);

    /// <summary>Executions with messages in their inbox that are not parked, whatever their status; for recovery.</summary>
    public ValueTask<IReadOnlyList<ExecutionKey>> ReadWithInboxAsync(long after, int limit, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.WithInbox(session, after, limit), cancellationToken);

    /// <summary>The timers that are due first, up to and including that time, by due time; parked executions' are left out.</summary>
    /// <param name="dueBy">Unix ms.</param>
    public ValueTask<IReadOnlyList<StoredTimer>> ReadTimersAsync(long dueBy, int limit, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.Timers(session, dueBy, limit), cancellationToken);

    /// <summary>When the first timer after that time is due, Unix ms; null: there is none.</summary>
    public ValueTask<long?> NextTimerAfterAsync(long after, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.NextTimerAfter(session, after), cancellationToken);

    /// <summary>The timers of one execution, by due time.</summary>
    public ValueTask<IReadOnlyList<StoredTimer>> ReadTimersOfAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.TimersOf(session, tenant, executionId), cancellationToken);

    /// <summary>Segments of all executions behind a global position, in order: what the bus follows.</summary>
    public ValueTask<IReadOnlyList<PublishedSegment>> ReadPublishedAsync(long afterPosition, int limit, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => JournalReads.Published(session, afterPosition, limit), cancellationToken);

    /// <summary>How many executions stand at this status; counts at most <paramref name="limit"/>.</summary>
    public ValueTask<long> CountAsync(string tenant, ExecutionStatus status, int limit = 100_000, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => ExecutionLists.Count(session, tenant, status, limit), cancellationToken);
}
