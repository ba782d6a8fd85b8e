using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal;

/// <summary>Histories in the journal, read for people: whole commits only, and never a change.</summary>
public sealed class JournalHistory : IExecutionHistory
{
    private readonly JournalStore _store;
    private readonly IBlobStore _blobs;
    private readonly ExecutionWatch _watch;

    internal JournalHistory(JournalStore store, IBlobStore blobs, ExecutionWatch watch)
    {
        _store = store;
        _blobs = blobs;
        _watch = watch;
    }

    public async ValueTask<Execution?> FindAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        await _store.GetAsync(tenant, executionId, cancellationToken) is { } record ? Shown(record) : null;

    public async ValueTask<ExecutionList> ListAsync(ExecutionSearch search, CancellationToken cancellationToken = default)
    {
        var page = await _store.ListAsync(
            new ExecutionQuery(search.Tenant)
            {
                WorkflowId = search.WorkflowId, Status = search.Status, Mode = search.Mode, FromId = search.FromId, BeforeId = search.BeforeId,
                Limit = search.Limit, ScanLimit = search.ScanLimit,
            },
            cancellationToken);
        return new ExecutionList([.. page.Items.Select(Shown)], page.NextId);
    }

    public async ValueTask<IReadOnlyList<ExecutionEvent>> ReadAsync(string tenant, string executionId, long afterSeq, int limit, CancellationToken cancellationToken = default)
    {
        var events = new List<ExecutionEvent>();
        while (events.Count < limit)
        {
            var segments = await _store.ReadSegmentsAsync(tenant, executionId, afterSeq, cancellationToken: cancellationToken);
            if (segments.Count == 0) break;
            foreach (var segment in segments)
                events.AddRange(Segments.Read(segment).Where(e => e.Seq > afterSeq).Take(limit - events.Count));
            afterSeq = segments[^1].LastSeq;
        }

        return events;
    }

    public ValueTask<IReadOnlyList<Item>> LoadAsync(string tenant, string executionId, IReadOnlyList<DataPart> parts, CancellationToken cancellationToken = default)
    {
        var events = new RecordedEvents(_store, tenant, executionId);
        return new ItemReader(tenant, events.ReadAsync, _blobs, new ItemCache(maxBytes: 0)).ReadAsync(parts, cancellationToken);
    }

    public async Task WaitForEventsAsync(string tenant, string executionId, long afterSeq, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        using var subscription = _watch.Subscribe(executionId);
        if (await _store.GetAsync(tenant, executionId, cancellationToken) is not { IsFinished: false } record || record.LastSeq > afterSeq) return;
        await subscription.Changed.WaitAsync(timeout, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public async Task<bool> DeleteAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        await _store.DeleteAsync(tenant, executionId, cancellationToken) ?? true;

    /// <summary>A parked execution whose document could not be changed is shown as failed all the same.</summary>
    private static Execution Shown(ExecutionRecord record)
    {
        var execution = ExecutionJson.Read(JsonText.ParseStored(record.Body.Span));
        return record.Parked is { } reason && !execution.IsFinished
            ? execution with { Status = ExecutionStatus.Error, Error = new ExecutionError(reason, HistoryUnreadableException.Code, null, 0) }
            : execution;
    }
}
