using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>The events of executions, in the segments that they were appended in. What lies behind an execution's last number does not exist.</summary>
public sealed class RecordedEvents
{
    /// <summary>Of JSON in one segment, unless one event has more.</summary>
    private const int MaxSegmentBytes = 512 * 1024;
    private const int PageSize = 20;

    private readonly IDocumentStore _store;
    private readonly IBlobStore _blobs;

    internal RecordedEvents(IDocumentStore store, IBlobStore blobs)
    {
        _store = store;
        _blobs = blobs;
    }

    /// <summary>Events after a number, in order; at most <paramref name="limit"/>.</summary>
    /// <param name="record">The execution as it was found: only what it knows of is read.</param>
    /// <exception cref="HistoryUnreadableException">A segment is damaged or missing.</exception>
    public async ValueTask<IReadOnlyList<ExecutionEvent>> ReadAsync(ExecutionRecord record, long afterSeq, int limit, CancellationToken cancellationToken = default)
    {
        var events = new List<ExecutionEvent>();
        var at = afterSeq;
        while (events.Count < limit && at < record.LastSeq)
        {
            var before = at;
            var page = await _store.QueryAsync(PageAfter(record, at, limit == 1 ? 1 : PageSize), cancellationToken);
            foreach (var document in page.Items)
            {
                var (first, last) = Bounds(document);
                if (first > at + 1 || last > record.LastSeq) break;
                events.AddRange((await ReadSegmentAsync(document, record.Id, cancellationToken)).Where(e => e.Seq > afterSeq).Take(limit - events.Count));
                at = last;
                if (events.Count == limit) return events;
            }

            if (at == before)
                throw new HistoryUnreadableException($"The history ends with event {at}; {record.LastSeq} were recorded.");
        }

        return events;
    }

    /// <returns>Null: the execution has no such event.</returns>
    /// <inheritdoc cref="ReadAsync"/>
    public async ValueTask<ExecutionEvent?> ReadEventAsync(ExecutionRecord record, long seq, CancellationToken cancellationToken = default)
    {
        if (seq < 1 || seq > record.LastSeq) return null;
        return (await ReadAsync(record, seq - 1, 1, cancellationToken)) is [var @event] ? @event : null;
    }

    /// <returns>All events that were appended together with this one; empty: the execution has no such event.</returns>
    /// <inheritdoc cref="ReadAsync"/>
    internal async ValueTask<IReadOnlyList<ExecutionEvent>> ReadSegmentAtAsync(ExecutionRecord record, long seq, CancellationToken cancellationToken)
    {
        if (seq < 1 || seq > record.LastSeq) return [];
        var page = await _store.QueryAsync(PageAfter(record, seq - 1, 1), cancellationToken);
        if (page.Items is not [var document] || Bounds(document).First > seq) throw new HistoryUnreadableException($"Event {seq} is missing; {record.LastSeq} were recorded.");
        return await ReadSegmentAsync(document, record.Id, cancellationToken);
    }

    /// <summary>The segments that these events are stored as.</summary>
    /// <exception cref="StoreUnavailableException">The blob store cannot take what is too large for a document.</exception>
    internal async ValueTask<IReadOnlyList<NewSegment>> PrepareAsync(string tenant, string executionId, IReadOnlyList<ExecutionEvent> events, CancellationToken cancellationToken)
    {
        var segments = new List<NewSegment>();
        for (var from = 0; from < events.Count;)
        {
            var bytes = 0L;
            var to = from;
            for (; to < events.Count && (to == from || bytes < MaxSegmentBytes); to++) bytes += SizeOf(events[to]);
            var part = events.Count == to - from ? events : [.. events.Skip(from).Take(to - from)];
            segments.Add(await PrepareSegmentAsync(tenant, executionId, part, bytes, cancellationToken));
            from = to;
        }

        return segments;
    }

    private async ValueTask<NewSegment> PrepareSegmentAsync(string tenant, string executionId, IReadOnlyList<ExecutionEvent> events, long bytes, CancellationToken cancellationToken)
    {
        var (first, last) = (events[0].Seq, events[^1].Seq);
        var text = EventBytes.Of(events, bytes);
        var body = new ObjectValue(4) { { "first", first }, { "last", last }, { "crc", (double)RecordChecksum.Of(executionId, first, last, text.Span) } };
        var blob = await StoredText.PutAsync(body, tenant, text, _blobs, cancellationToken);
        return new NewSegment(RecordTypes.At(executionId, last), last, body, Math.Min(text.Length, 700_000), blob);
    }

    /// <summary>The segments behind an execution's last event, of an append that was cut off.</summary>
    internal IAsyncEnumerable<Document> LooseAsync(ExecutionRecord record, CancellationToken cancellationToken) =>
        _store.ReadAllAsync(PageAfter(record, record.LastSeq, PageSize), cancellationToken: cancellationToken);

    internal static (long First, long Last) Bounds(Document document) => ((long)document.Body["first"].AsNumber, (long)document.Body["last"].AsNumber);

    internal async ValueTask<IReadOnlyList<ExecutionEvent>> ReadSegmentAsync(Document document, string executionId, CancellationToken cancellationToken)
    {
        var (first, last) = Bounds(document);
        var text = await StoredText.GetAsync(document.Body, document.Tenant, _blobs, cancellationToken);
        if (RecordChecksum.Of(executionId, first, last, text.Span) != (uint)document.Body["crc"].AsNumber)
            throw new HistoryUnreadableException($"The checksum of events {first} to {last} is wrong.");
        return EventBytes.ReadSegment(text);
    }

    private static DocumentQuery PageAfter(ExecutionRecord record, long afterSeq, int limit) => new(record.Tenant, RecordTypes.Events)
    {
        Within = record.Id, FromId = RecordTypes.At(record.Id, afterSeq + 1), OldestFirst = true, Limit = limit,
    };

    private static long SizeOf(ExecutionEvent @event)
    {
        var bytes = new long[] { @event is ReferencesStored stored ? stored.Parts.Length * 24L : @event is ChildrenRequested children ? children.Children.Length * 90L : 320 };
        EventPayloads.Visit(@event, bytes, static (sum, _, payload) => sum[0] += payload.Inline.Length);
        return bytes[0];
    }
}

/// <param name="Bytes">About; of the document.</param>
/// <param name="Blob">Where its text is, if not in the body.</param>
internal sealed record NewSegment(string Id, long LastSeq, ObjectValue Body, int Bytes, string? Blob);
