using LinkFlow.Platform;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Ports;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Documents;

/// <summary>
/// Events that were committed with the documents that they are about, as items beside them, until they are published. It is the one that asks across tenants: it has
/// an index of its own, which holds nothing but what waits.
/// </summary>
public sealed class CosmosOutbox : IOutbox
{
    internal const string TypeName = "outbox";
    private const string Operation = "outbox";
    private const int MaxLimit = 1_000;

    private readonly CosmosRequests _requests;
    private readonly IBlobStore _blobs;
    private readonly ILogger _log;
    private Func<IReadOnlyList<OutboxEvent>, CancellationToken, Task>? _publish;

    internal CosmosOutbox(CosmosRequests requests, IBlobStore blobs, ILogger log)
    {
        _requests = requests;
        _blobs = blobs;
        _log = log;
    }

    public void PublishBy(Func<IReadOnlyList<OutboxEvent>, CancellationToken, Task> publish) => _publish = publish;

    public async ValueTask<IReadOnlyList<OutboxEvent>> ReadAsync(DateTimeOffset committedBefore, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
        var query = new QueryDefinition("SELECT c.tenant, c.aggregate, c.documentId, c.target, c.body, c.text, c.blob FROM c WHERE c.outbox >= @from AND c.outbox < @before ORDER BY c.outbox ASC")
            .WithParameter("@from", "").WithParameter("@before", Ids.FirstAt(committedBefore));
        var events = new List<OutboxEvent>();
        await foreach (var page in _requests.QueryAsync(Operation, query, null, limit, cancellationToken))
        {
            foreach (var item in page.Items)
            {
                var tenant = item["tenant"].AsString!;
                var body = await ItemBody.Read(item).GetAsync(tenant, _blobs, cancellationToken);
                events.Add(new OutboxEvent(tenant, item["aggregate"].AsString!, item["documentId"].AsString!, CloudEvent.FromJson(body), item["target"].AsString));
                if (events.Count == limit) return events;
            }
        }

        return events;
    }

    public async Task ForgetAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken = default)
    {
        foreach (var aggregate in events.GroupBy(e => (e.Tenant, e.Aggregate)))
        {
            foreach (var chunk in aggregate.Select(e => new ItemWrite.Delete(ItemNames.ItemId(TypeName, e.Id), AnyVersion)).Chunk(PreparedUnit.MaxWrites))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (answer, _) = await _requests.WriteAsync(Operation, aggregate.Key.Tenant, aggregate.Key.Aggregate, chunk);
                if (answer.Fate == Fate.Done) continue;
                // One of them is gone already, and took the batch with it: one by one.
                foreach (var one in chunk) await _requests.WriteAsync(Operation, aggregate.Key.Tenant, aggregate.Key.Aggregate, [one]);
            }
        }
    }

    /// <summary>What cannot be published now stays for the sweep: the commit stands.</summary>
    internal async Task PublishAsync(IReadOnlyList<OutboxEvent> events)
    {
        if (_publish is not { } publish) return;
        try
        {
            await publish(events, CancellationToken.None);
        }
        catch (Exception e)
        {
            CosmosLog.NotPublished(_log, events.Count, e);
        }
    }

    /// <summary>An event is never changed, so any version is the one.</summary>
    private const string AnyVersion = "*";
}
