using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Functions.Records;

/// <summary>
/// How executions are stored on Azure: documents of one aggregate each, changed in batches, each of which may be
/// repeated. It decides nothing: what to append is the orchestration's business.
/// </summary>
public sealed class ExecutionRecords
{
    /// <summary>Payloads above this go to blobs before they come here.</summary>
    public const int MaxInlinePayload = 4 * 1024;

    /// <summary>Of segments in one batch; a store takes 2 MB with all that is around them.</summary>
    private const int MaxBatchBytes = 1_200_000;

    /// <summary>A batch has at most 100 writes; what it could not delete is deleted with the execution.</summary>
    private const int MaxDeletes = 40;

    /// <summary>CloudEvents that one batch takes besides; more are raised behind it.</summary>
    private const int MaxRaised = 40;
    private const int MaxStops = 64;

    private readonly IDocumentStore _store;
    private readonly IBlobStore _blobs;
    private readonly RecordWrites _writes;
    private readonly LifecycleEvents? _lifecycle;
    private readonly ILiveUpdates? _live;
    private readonly ILogger _log;

    /// <param name="lifecycle">Null: nobody wants to hear of executions.</param>
    /// <param name="live">Null: who follows executions reads the store.</param>
    public ExecutionRecords(IDocumentStore store, IBlobStore blobs, TimeProvider clock, ExecutionWatch watch, LifecycleEvents? lifecycle = null, ILiveUpdates? live = null, ILogger<ExecutionRecords>? log = null)
    {
        _log = log ?? NullLogger<ExecutionRecords>.Instance;
        _lifecycle = lifecycle;
        _live = live;
        _store = store;
        _blobs = blobs;
        _writes = new RecordWrites(store, clock, watch);
        Events = new RecordedEvents(store, blobs);
        Inbox = new RecordedInbox(store, blobs, _writes);
        Results = new RecordedResults(store, blobs, clock);
        Watch = watch;
    }

    public RecordedEvents Events { get; }
    public RecordedInbox Inbox { get; }
    public RecordedResults Results { get; }

    /// <summary>Woken by every commit of this process.</summary>
    public ExecutionWatch Watch { get; }
    internal IDocumentStore Store => _store;
    internal IBlobStore Blobs => _blobs;
    internal RecordWrites Writes => _writes;

    /// <returns>Null: there is none, or it is being deleted.</returns>
    public ValueTask<ExecutionRecord?> FindAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        _writes.FindAsync(tenant, executionId, cancellationToken);

    /// <summary>Stores a new execution with its first events, status queued. One that is there already is left as it is.</summary>
    /// <param name="events">From 1: the start, and what a retry took over. Large payloads spilled.</param>
    /// <returns>As it is stored now, by this call or an earlier one.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    public async Task<ExecutionRecord> CreateAsync(string tenant, IReadOnlyList<ExecutionEvent> events, AnswerWhen answerWhen, bool waitsForTurn = false, CancellationToken cancellationToken = default)
    {
        var started = (ExecutionStarted)events[0];
        var segments = await Events.PrepareAsync(tenant, started.ExecutionId, events, cancellationToken);
        var fresh = new ExecutionRecord { Tenant = tenant, Execution = Execution.Queued(started), LastSeq = 0, AnswerWhen = answerWhen, WaitsForTurn = waitsForTurn };
        for (var contention = new Contention(); ; await contention.PauseAsync(cancellationToken))
        {
            var work = new UnitOfWork(tenant);
            var isRaised = await RaiseAsync(fresh, fresh.Execution, events, work, cancellationToken);
            var found = await WriteAsync(fresh, fresh, segments, work, cancellationToken);
            if (found is not null) await TellAsync(found, events, isNews: true, !isRaised, cancellationToken);
            found ??= await FindAsync(tenant, started.ExecutionId, cancellationToken);
            if (found is null) continue;
            if (found.LastSeq >= events[^1].Seq || found.IsConfirmed) return found;
            // An earlier call was cut off between two batches.
            fresh = found;
            segments = [.. segments.Where(s => s.LastSeq > found.LastSeq)];
        }
    }

    /// <summary>Stores an execution that has run and ended, with all its events. One that is there already is left as it is.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    internal async Task StoreEndedAsync(string tenant, IReadOnlyList<ExecutionEvent> events, RecordEnding ending, long responseSeq, CancellationToken cancellationToken)
    {
        var id = ending.Execution.Id;
        var segments = await Events.PrepareAsync(tenant, id, events, cancellationToken);
        var fresh = new ExecutionRecord { Tenant = tenant, Execution = Execution.Queued((ExecutionStarted)events[0]), LastSeq = 0, IsConfirmed = true };
        for (var contention = new Contention(); ; await contention.PauseAsync(cancellationToken))
        {
            var work = new UnitOfWork(tenant);
            ending.Put(fresh, work);
            var isRaised = await RaiseAsync(fresh, ending.Execution, events, work, cancellationToken);
            if (await WriteAsync(fresh, fresh with { Execution = ending.Execution, ResponseSeq = responseSeq }, segments, work, cancellationToken) is { } written)
            {
                await TellAsync(written, events, isNews: true, !isRaised, cancellationToken);
                return;
            }

            if (await FindAsync(tenant, id, cancellationToken) is not { } found) continue;
            if (found.IsFinished) return;
            fresh = found;
        }
    }

    /// <summary>Appends events with all that becomes durable together with them.</summary>
    /// <exception cref="RecordConflictException">The history does not go on with these events.</exception>
    /// <exception cref="HistoryUnreadableException">What is there already cannot be compared.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now; the same append may be tried again.</exception>
    public async Task<AppendResult> AppendAsync(RecordAppend append, CancellationToken cancellationToken = default)
    {
        var known = append.Known;
        var compared = 0L;
        IReadOnlyList<NewSegment>? segments = null;
        var segmentsAfter = -1L;
        for (var contention = new Contention(); ; await contention.PauseAsync(cancellationToken))
        {
            var record = known ?? await FindAsync(append.Tenant, append.ExecutionId, cancellationToken) ?? throw new RecordConflictException(append.ExecutionId, -1, "there is no such execution.");
            known = null;
            var last = append.Events.Count == 0 ? record.LastSeq : append.Events[^1].Seq;
            if (append.Events.Count > 0 && append.Events[0].Seq > record.LastSeq + 1)
                throw new RecordConflictException(record.Id, record.LastSeq, $"events from {append.Events[0].Seq} on were to be appended.");
            if (append.Events.Count > 0 && append.Events[0].Seq <= record.LastSeq && compared < Math.Min(record.LastSeq, last))
            {
                await RequireSameAsync(record, append.Events, cancellationToken);
                compared = record.LastSeq;
            }

            var isNew = last > record.LastSeq;
            if (!isNew && append.InboxThrough <= record.InboxHeard && append.Begins is null) return new AppendResult(AppendOutcome.AlreadyThere, record);
            if (append.OnlyIfHeard && record.InboxLast > Math.Max(append.InboxThrough, record.InboxHeard)) return new AppendResult(AppendOutcome.Unheard, record);
            if (record.HasLooseEnds) record = await RemoveLooseAsync(record, cancellationToken);
            if (record is null) continue;

            if (segmentsAfter != record.LastSeq)
            {
                segments = !isNew ? [] : await Events.PrepareAsync(append.Tenant, record.Id, Behind(append.Events, record.LastSeq), cancellationToken);
                segmentsAfter = record.LastSeq;
            }

            var work = new UnitOfWork(append.Tenant);
            var next = await NextAsync(append, record, isNew, work, cancellationToken);
            var fresh = isNew ? Behind(append.Events, record.LastSeq) : [];
            var isRaised = await RaiseAsync(record, next.Execution, fresh, work, cancellationToken);
            if (await WriteAsync(record, next, segments!, work, cancellationToken) is not { } written) continue;
            if (isNew) await TellAsync(written, fresh, next.Execution.Status != record.Execution.Status, !isRaised, cancellationToken);
            return new AppendResult(isNew ? AppendOutcome.Appended : AppendOutcome.AlreadyThere, written) { Starts = append.Begins is { } begun ? written.Starts[begun] : 0 };
        }
    }

    /// <summary>Raises what was too much for the commit that it belongs to.</summary>
    /// <param name="document">What that commit left, of the type that says so.</param>
    internal async Task PublishAsync(string tenant, string executionId, Document document, CancellationToken cancellationToken)
    {
        var through = (long)document.Body["through"].AsNumber;
        if (_lifecycle is not null && await FindAsync(tenant, executionId, cancellationToken) is { } record)
        {
            for (var after = (long)document.Body["after"].AsNumber; after < through;)
            {
                // As many as there can be CloudEvents in one batch.
                var events = await Events.ReadAsync(record, after, (int)Math.Min(MaxRaised, through - after), cancellationToken);
                var work = new UnitOfWork(tenant).Put(RecordTypes.Unpublished, document.Id, new ObjectValue(2) { { "after", after = events[^1].Seq }, { "through", through } });
                foreach (var raised in await _lifecycle.OfAsync(tenant, record.Execution, events, cancellationToken)) work.Raise(raised);
                if (work.Events.Count > 0) await _store.CommitAsync(work, cancellationToken);
            }
        }

        await _store.CommitAsync(new UnitOfWork(tenant).Delete(RecordTypes.Unpublished, document.Id), cancellationToken);
    }

    /// <summary>Tells running attempts to stop: they look here.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    public async Task StopAsync(string tenant, string executionId, IReadOnlyList<RunAttempt> attempts, CancellationToken cancellationToken = default)
    {
        for (var contention = new Contention(); ; await contention.PauseAsync(cancellationToken))
        {
            if (await FindAsync(tenant, executionId, cancellationToken) is not { IsFinished: false } record) return;
            var stops = record.Stops.Union(attempts).TakeLast(MaxStops).ToList();
            if (stops.Count == record.Stops.Count) return;
            if (await _writes.TryCommitAsync(new UnitOfWork(tenant), record with { Stops = stops }, cancellationToken) is not null) return;
        }
    }

    /// <returns>The latest one; null: there is none.</returns>
    /// <exception cref="HistoryUnreadableException">It is damaged.</exception>
    public async ValueTask<RecordSnapshot?> ReadSnapshotAsync(ExecutionRecord record, CancellationToken cancellationToken = default)
    {
        if (record.SnapshotSeq == 0) return null;
        if (await _store.GetAsync(record.Tenant, RecordTypes.Snapshot, RecordTypes.Only(record.Id), cancellationToken) is not { } document) return null;
        var seq = (long)document.Body["seq"].AsNumber;
        var state = await StoredText.GetAsync(document.Body, record.Tenant, _blobs, cancellationToken);
        if (RecordChecksum.Of(record.Id, seq, 0, state.Span) != (uint)document.Body["crc"].AsNumber) throw new HistoryUnreadableException($"The checksum of the snapshot after event {seq} is wrong.");
        return new RecordSnapshot(seq, state);
    }

    private async ValueTask<ExecutionRecord> NextAsync(RecordAppend append, ExecutionRecord record, bool isNew, UnitOfWork work, CancellationToken cancellationToken)
    {
        var heard = Math.Min(Math.Max(record.InboxHeard, append.InboxThrough), record.InboxLast);
        for (var at = record.InboxHeard + 1; at <= heard && work.Writes.Count < MaxDeletes; at++) work.Delete(RecordTypes.Inbox, RecordTypes.At(record.Id, at));
        foreach (var attempt in append.Taken.Take(MaxDeletes / 4)) work.Delete(RecordTypes.Result, RecordTypes.Of(record.Id, attempt));
        record = record with { InboxHeard = heard, IsConfirmed = true, WaitsForTurn = false, Starts = StartsAfter(record, append) };
        if (!isNew) return record;

        if (append.Snapshot is { } snapshot && append.Ending is null) record = await PutSnapshotAsync(record, snapshot, work, cancellationToken);
        append.Ending?.Put(record, work);
        return record with
        {
            Execution = append.Ending?.Execution ?? append.Execution ?? record.Execution,
            ResponseSeq = record.ResponseSeq > 0 ? record.ResponseSeq : append.ResponseSeq,
            IsAtRest = append.IsAtRest,
            Stops = record.Stops.Count == 0 ? [] : [.. record.Stops.Except(append.Events.Select(EndedAttempt).OfType<RunAttempt>())],
        };
    }

    private async ValueTask<ExecutionRecord> PutSnapshotAsync(ExecutionRecord record, RecordSnapshot snapshot, UnitOfWork work, CancellationToken cancellationToken)
    {
        var body = new ObjectValue(4) { { "seq", snapshot.Seq }, { "crc", (double)RecordChecksum.Of(record.Id, snapshot.Seq, 0, snapshot.State.Span) } };
        await StoredText.PutAsync(body, record.Tenant, snapshot.State, _blobs, cancellationToken);
        work.Put(RecordTypes.Snapshot, RecordTypes.Only(record.Id), body);
        return record with { SnapshotSeq = snapshot.Seq };
    }

    /// <summary>Writes segments and the document: together if they fit into one batch; else the first ones before, behind the end of what is seen.</summary>
    /// <param name="current">As it is stored.</param>
    /// <returns>Null: someone else was faster.</returns>
    private async Task<ExecutionRecord?> WriteAsync(ExecutionRecord current, ExecutionRecord next, IReadOnlyList<NewSegment> segments, UnitOfWork work, CancellationToken cancellationToken)
    {
        var from = segments.Count;
        for (var bytes = 0; from > 0 && (from == segments.Count || bytes + segments[from - 1].Bytes <= MaxBatchBytes); from--) bytes += segments[from - 1].Bytes;
        for (var i = 0; i < from; i++)
        {
            var ahead = new UnitOfWork(next.Tenant).Put(RecordTypes.Events, segments[i].Id, segments[i].Body);
            if (await _writes.TryCommitAsync(ahead, current with { HasLooseEnds = true }, cancellationToken) is not { } loose) return null;
            current = loose;
        }

        for (var i = from; i < segments.Count; i++) work.Put(RecordTypes.Events, segments[i].Id, segments[i].Body);
        return await _writes.TryCommitAsync(
            work, next with { ETag = current.ETag, LastSeq = segments.Count == 0 ? next.LastSeq : segments[^1].LastSeq, HasLooseEnds = false }, cancellationToken);
    }

    /// <returns>False: there are too many for this commit; it notes that they are to be raised behind it.</returns>
    private async ValueTask<bool> RaiseAsync(ExecutionRecord record, Execution execution, IReadOnlyList<ExecutionEvent> events, UnitOfWork work, CancellationToken cancellationToken)
    {
        if (_lifecycle is null || events.Count == 0) return true;
        var outgoing = await _lifecycle.OfAsync(record.Tenant, execution, events, cancellationToken);
        if (outgoing.Count > MaxRaised)
        {
            work.Put(RecordTypes.Unpublished, RecordTypes.At(record.Id, events[^1].Seq), new ObjectValue(2) { { "after", events[0].Seq - 1 }, { "through", events[^1].Seq } });
            return false;
        }

        foreach (var raised in outgoing) work.Raise(raised);
        return true;
    }

    /// <summary>After a commit. The sweep raises what could not be raised here; followers who miss something look in the history.</summary>
    private async Task TellAsync(ExecutionRecord written, IReadOnlyList<ExecutionEvent> events, bool isNews, bool hasUnpublished, CancellationToken cancellationToken)
    {
        if (_live is not null) await _live.TellAsync(written.Tenant, written.Execution, events, isNews, cancellationToken);
        if (!hasUnpublished) return;
        try
        {
            if (await _store.GetAsync(written.Tenant, RecordTypes.Unpublished, RecordTypes.At(written.Id, events[^1].Seq), cancellationToken) is { } document)
                await PublishAsync(written.Tenant, written.Id, document, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            RecordLog.EventsNotPublished(_log, written.Id, e.Message, e);
        }
    }

    private async Task<ExecutionRecord?> RemoveLooseAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        await foreach (var document in Events.LooseAsync(record, cancellationToken))
        {
            if (await _writes.TryCommitAsync(new UnitOfWork(record.Tenant).Delete(RecordTypes.Events, document.Id), record, cancellationToken) is not { } next) return null;
            record = next;
        }

        return record with { HasLooseEnds = false };
    }

    private async Task RequireSameAsync(ExecutionRecord record, IReadOnlyList<ExecutionEvent> events, CancellationToken cancellationToken)
    {
        var count = (int)Math.Min(events.Count, record.LastSeq - events[0].Seq + 1);
        var stored = await Events.ReadAsync(record, events[0].Seq - 1, count, cancellationToken);
        // What saveData took from there is not missed here.
        Func<ExecutionEvent, ExecutionEvent> shown = record.Execution.HasData ? e => e : ExecutionCommits.Stripped;
        for (var i = 0; i < count; i++)
            if (!EventBytes.Of(shown(stored[i])).AsSpan().SequenceEqual(EventBytes.Of(shown(events[i]))))
                throw new RecordConflictException(record.Id, record.LastSeq, $"event {events[i].Seq} is a '{ExecutionEventTypes.NameOf(stored[i])}' there, and another one was to be appended.");
    }

    private static IReadOnlyList<ExecutionEvent> Behind(IReadOnlyList<ExecutionEvent> events, long lastSeq) =>
        events[0].Seq > lastSeq ? events : [.. events.Where(e => e.Seq > lastSeq)];

    private static IReadOnlyDictionary<RunAttempt, int> StartsAfter(ExecutionRecord record, RecordAppend append)
    {
        if (append.Begins is null && record.Starts.Count == 0) return record.Starts;
        var starts = new Dictionary<RunAttempt, int>(record.Starts);
        foreach (var ended in append.Events.Select(EndedAttempt).OfType<RunAttempt>()) starts.Remove(ended);
        if (append.Begins is { } begun) starts[begun] = starts.GetValueOrDefault(begun) + 1;
        return starts;
    }

    private static RunAttempt? EndedAttempt(ExecutionEvent @event) => @event switch
    {
        NodeCompleted e => new RunAttempt(e.Node, e.Run, e.Attempt),
        NodeFailed e => new RunAttempt(e.Node, e.Run, e.Attempt),
        NodeAttemptFailed e => new RunAttempt(e.Node, e.Run, e.Attempt),
        NodeCancelled e => new RunAttempt(e.Node, e.Run, e.Attempt),
        _ => null,
    };
}
