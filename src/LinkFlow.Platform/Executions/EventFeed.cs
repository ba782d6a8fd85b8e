using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions;

/// <summary>One execution's events, live: what is there, then what comes, to its end.</summary>
public sealed class EventFeed(IExecutionHistory history, string tenant, string executionId, long after)
{
    private const int PageSize = 200;
    private long _after = after;

    /// <summary>The next events; none when the time passed without any.</summary>
    /// <param name="patience">How long to wait for the first.</param>
    public async Task<EventBatch> NextAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var batch = await ReadAsync(cancellationToken);
        if (batch.Events.Count > 0 || batch.IsLast) return batch;
        await WaitAsync(patience, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>Returns once there is more to read, or the time has passed.</summary>
    public Task WaitAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        history.WaitForEventsAsync(tenant, executionId, _after, patience, cancellationToken);

    /// <summary>The next events that are there already.</summary>
    public async Task<EventBatch> ReadAsync(CancellationToken cancellationToken)
    {
        // Asked before the events are read: what ended before that has all its events in the store.
        var execution = await history.FindAsync(tenant, executionId, cancellationToken);
        var events = await history.ReadAsync(tenant, executionId, _after, PageSize, cancellationToken);
        if (events.Count > 0) _after = events[^1].Seq;
        var isLast = events.Count < PageSize && execution is null or { IsFinished: true };
        return new EventBatch(events, isLast, execution?.Status.Word() ?? "deleted");
    }
}

/// <param name="Status">Where the execution stood.</param>
public sealed record EventBatch(IReadOnlyList<ExecutionEvent> Events, bool IsLast, string Status);
