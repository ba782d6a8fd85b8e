using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Payloads;

/// <summary>Single events of one execution from the store. Keeps the last segment read, since neighbours are asked for together. Safe for concurrent use.</summary>
internal sealed class RecordedEvents(JournalStore store, string tenant, string executionId)
{
    private Decoded? _last;

    /// <returns>Null when no event has that number.</returns>
    /// <exception cref="HistoryUnreadableException">The segment that should hold it is damaged or unknown.</exception>
    public ValueTask<ExecutionEvent?> ReadAsync(long seq, CancellationToken cancellationToken) =>
        Volatile.Read(ref _last)?.Find(seq) is { } found ? new(found) : ReadFromStoreAsync(seq, cancellationToken);

    private async ValueTask<ExecutionEvent?> ReadFromStoreAsync(long seq, CancellationToken cancellationToken)
    {
        Segment? segment;
        try
        {
            segment = await store.ReadSegmentAtAsync(tenant, executionId, seq, cancellationToken);
        }
        catch (SegmentDamagedException e)
        {
            throw new HistoryUnreadableException(e.Message, e);
        }

        if (segment is null) return null;
        var decoded = new Decoded(Segments.Read(segment));
        Volatile.Write(ref _last, decoded);
        return decoded.Find(seq);
    }

    private sealed class Decoded(IReadOnlyList<ExecutionEvent> events)
    {
        public ExecutionEvent? Find(long seq)
        {
            var at = events.Count == 0 ? -1 : seq - events[0].Seq;
            return at >= 0 && at < events.Count && events[(int)at].Seq == seq ? events[(int)at] : null;
        }
    }
}
