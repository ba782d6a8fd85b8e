using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Tells elsewhere what follows from the end of an execution: its parent's inbox, its error workflow, the next of its
/// workflow whose turn it is, and its own history, whose data goes. All that lies in other aggregates than the end, so
/// the commit of the end holds what is to be told; telling it twice is telling it once.
/// </summary>
public sealed class News(ExecutionRecords records, StartRelay relay, WorkflowTurns turns, ExecutionInstances instances, ILogger<News> log)
{
    /// <summary>Tells what is to be told, if something is. What fails is logged, and told by the sweep.</summary>
    public async Task TryTellAsync(string tenant, string executionId, CancellationToken cancellationToken)
    {
        try
        {
            await TellAsync(tenant, executionId, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            RecordLog.NewsNotTold(log, executionId, e.Message, e);
        }
    }

    /// <summary>An execution that held a turn came to nothing: the next may run. What fails is logged; the sweep finds turns that nobody needs.</summary>
    public async Task TryLeaveTurnAsync(string tenant, string workflowId, string executionId)
    {
        try
        {
            foreach (var next in await turns.LeaveAsync(tenant, workflowId, executionId, CancellationToken.None)) await instances.ScheduleAsync(next, null, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            RecordLog.NewsNotTold(log, executionId, e.Message, e);
        }
    }

    /// <exception cref="StoreUnavailableException">Not all of it could be told now.</exception>
    internal async Task TellAsync(string tenant, string executionId, CancellationToken cancellationToken)
    {
        if (await records.Store.GetAsync(tenant, RecordTypes.News, RecordTypes.Only(executionId), cancellationToken) is not { Body: var body }) return;
        if (body["turn"].AsString is { } workflow)
            foreach (var next in await turns.LeaveAsync(tenant, workflow, executionId, cancellationToken)) await instances.ScheduleAsync(next, null, cancellationToken);
        if (body["parent"].AsString is { } parent && await SendAsync(tenant, parent, await EventAsync(tenant, body["end"], cancellationToken), cancellationToken) == CommandOutcome.Accepted)
            await instances.RingAsync(parent, cancellationToken);
        if (body["start"].IsObject && await EventAsync(tenant, body["start"], cancellationToken) is ExecutionStarted started)
            await relay.StartAsync(new NewStart(tenant, started) { MaxConcurrent = body["max"] is { IsNumber: true } max ? (int)max.AsNumber : null }, cancellationToken);
        if (body["strip"].AsBoolean) await StripAsync(tenant, executionId, cancellationToken);
        await records.Store.CommitAsync(new UnitOfWork(tenant).Delete(RecordTypes.News, RecordTypes.Only(executionId)), cancellationToken);
    }

    internal static async ValueTask<NewsBuilder> ForParentAsync(ExecutionRecords records, string tenant, string parent, ChildFinished end, CancellationToken cancellationToken)
    {
        var builder = new NewsBuilder();
        await builder.TellParentAsync(records, tenant, parent, end, cancellationToken);
        return builder;
    }

    private Task<CommandOutcome> SendAsync(string tenant, string parent, ExecutionEvent @event, CancellationToken cancellationToken) =>
        records.Inbox.SendAsync(tenant, parent, @event, cancellationToken: cancellationToken);

    private async ValueTask<ExecutionEvent> EventAsync(string tenant, Value body, CancellationToken cancellationToken) =>
        EventBytes.Read(await StoredText.GetAsync(body, tenant, records.Blobs, cancellationToken));

    /// <summary>The events stay, so that it can still be seen what ran; what flowed through them goes.</summary>
    private async Task StripAsync(string tenant, string executionId, CancellationToken cancellationToken)
    {
        var all = new DocumentQuery(tenant, RecordTypes.Events) { Within = executionId, OldestFirst = true };
        await foreach (var document in records.Store.ReadAllAsync(all, cancellationToken: cancellationToken))
        {
            var events = await records.Events.ReadSegmentAsync(document, executionId, cancellationToken);
            if (events.All(e => EventPayloads.All(e).All(p => p.Blob is null && p.Inline.IsEmpty))) continue;
            foreach (var segment in await records.Events.PrepareAsync(tenant, executionId, [.. events.Select(ExecutionCommits.Stripped)], cancellationToken))
                await records.Store.CommitAsync(new UnitOfWork(tenant).Put(RecordTypes.Events, segment.Id, segment.Body, expected: document.ETag), cancellationToken);
        }
    }
}

/// <summary>Gathers what is to be told.</summary>
internal sealed class NewsBuilder
{
    private readonly ObjectValue _body = new(6);

    /// <summary>Null: nothing is to be told.</summary>
    public ObjectValue? Body => _body.Count == 0 ? null : _body;

    public async ValueTask TellParentAsync(ExecutionRecords records, string tenant, string parent, ChildFinished end, CancellationToken cancellationToken)
    {
        _body.Set("parent", parent);
        _body.Set("end", await StoredAsync(records, tenant, end, cancellationToken));
    }

    /// <param name="max">How many executions of that workflow may run at once; null: any number.</param>
    public async ValueTask StartAsync(ExecutionRecords records, string tenant, ExecutionStarted started, int? max, CancellationToken cancellationToken)
    {
        _body.Set("start", await StoredAsync(records, tenant, started, cancellationToken));
        if (max is { } bound) _body.Set("max", bound);
    }

    public NewsBuilder LeaveTurn(string workflowId)
    {
        _body.Set("turn", workflowId);
        return this;
    }

    public void Strip() => _body.Set("strip", true);

    private static async ValueTask<ObjectValue> StoredAsync(ExecutionRecords records, string tenant, ExecutionEvent @event, CancellationToken cancellationToken)
    {
        var body = new ObjectValue(1);
        var spilled = await Spilling.SpillAsync(tenant, @event, records.Blobs, ExecutionRecords.MaxInlinePayload);
        await StoredText.PutAsync(body, tenant, EventBytes.Of(spilled), records.Blobs, cancellationToken);
        return body;
    }
}
