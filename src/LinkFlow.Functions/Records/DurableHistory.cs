using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>Histories of executions that are stored as documents, read for people: whole commits only.</summary>
public sealed class DurableHistory(ExecutionRecords records, RecordDeletion deletion, TimeProvider clock) : IExecutionHistory
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public async ValueTask<Execution?> FindAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        (await records.FindAsync(tenant, executionId, cancellationToken))?.Execution;

    public async ValueTask<ExecutionList> ListAsync(ExecutionSearch search, CancellationToken cancellationToken = default)
    {
        var where = new Dictionary<string, string>();
        if (search.WorkflowId is { } workflow) where.Add("workflowId", workflow);
        if (search.Status is { } status) where.Add("status", status.Word());
        if (search.Mode is { } mode) where.Add("mode", mode);
        var page = await records.Store.QueryAsync(
            new DocumentQuery(search.Tenant, RecordTypes.Execution)
            {
                Where = where, FromId = search.FromId, BeforeId = search.BeforeId, Limit = search.Limit, ScanLimit = search.ScanLimit,
                Filter = where.Count == 0 ? ExecutionRecord.IsShown : null,
            }, cancellationToken);
        return new ExecutionList([.. page.Items.Select(d => ExecutionRecord.Read(d).Execution)], page.NextId);
    }

    public async ValueTask<IReadOnlyList<ExecutionEvent>> ReadAsync(string tenant, string executionId, long afterSeq, int limit, CancellationToken cancellationToken = default) =>
        await records.FindAsync(tenant, executionId, cancellationToken) is { } record ? await records.Events.ReadAsync(record, afterSeq, limit, cancellationToken) : [];

    public async ValueTask<IReadOnlyList<Item>> LoadAsync(string tenant, string executionId, IReadOnlyList<DataPart> parts, CancellationToken cancellationToken = default) =>
        await records.FindAsync(tenant, executionId, cancellationToken) is { } record
            ? await ReaderOf(record).ReadAsync(parts, cancellationToken)
            : throw new DataMissingException($"The execution '{executionId}' is gone.");

    public async Task WaitForEventsAsync(string tenant, string executionId, long afterSeq, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var until = clock.GetUtcNow() + timeout;
        for (var pause = FirstPause; ; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
        {
            using var subscription = records.Watch.Subscribe(executionId);
            if (await records.FindAsync(tenant, executionId, cancellationToken) is not { IsFinished: false } record || record.LastSeq > afterSeq) return;
            var left = until - clock.GetUtcNow();
            if (left <= TimeSpan.Zero) return;
            await subscription.Changed.WaitAsync(left < pause ? left : pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public Task<bool> DeleteAsync(string tenant, string executionId, CancellationToken cancellationToken = default) =>
        deletion.DeleteAsync(tenant, executionId, cancellationToken);

    /// <summary>Reads the items of an execution from the store, and no further than the record knows.</summary>
    internal ItemReader ReaderOf(ExecutionRecord record) =>
        new(record.Tenant, new RecordedSegments(records, record).FindAsync, records.Blobs, new ItemCache(maxBytes: 0));

    /// <summary>What its <c>respond</c> node said.</summary>
    internal ValueTask<Value> ReadResponseAsync(ExecutionRecord record, CancellationToken cancellationToken) =>
        ReaderOf(record).ReadResponseAsync(record.ResponseSeq, null, cancellationToken);

    /// <summary>The document with input and output.</summary>
    internal async ValueTask<Value> ShowAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        var items = ReaderOf(record);
        var input = ShownItems.Of(await items.ReadAsync(record.Execution.Input, cancellationToken));
        return record.Execution.Show(input, ShownItems.Of(await items.ReadAsync(record.Execution.Output, cancellationToken)));
    }
}

/// <summary>Finds single events of one execution, and keeps the last segment that it read: references often lead to neighbours.</summary>
internal sealed class RecordedSegments(ExecutionRecords records, ExecutionRecord record)
{
    private IReadOnlyList<ExecutionEvent> _last = [];

    public async ValueTask<ExecutionEvent?> FindAsync(long seq, CancellationToken cancellationToken)
    {
        if (Within(_last, seq) is { } near) return near;
        var segment = await records.Events.ReadSegmentAtAsync(record, seq, cancellationToken);
        _last = segment;
        return Within(segment, seq);
    }

    private static ExecutionEvent? Within(IReadOnlyList<ExecutionEvent> events, long seq)
    {
        if (events.Count == 0) return null;
        var at = seq - events[0].Seq;
        return at >= 0 && at < events.Count ? events[(int)at] : null;
    }
}
