using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Webhooks;

/// <summary>The registrations of each tenant in memory: read once, dropped on every change. A webhook call reads nothing from the store to be routed.</summary>
public sealed class WebhookDirectory(IDocumentStore store) : IDisposable
{
    private readonly ConcurrentDictionary<string, WebhookTable> _tables = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private long _changes;

    public ValueTask<WebhookTable> GetAsync(string tenant, CancellationToken cancellationToken) =>
        _tables.TryGetValue(tenant, out var table) ? new ValueTask<WebhookTable>(table) : new ValueTask<WebhookTable>(LoadAsync(tenant, cancellationToken));

    /// <summary>To be called behind the commit of every change of a registration or of the version behind it.</summary>
    public void Drop(string tenant)
    {
        Interlocked.Increment(ref _changes);
        _tables.TryRemove(tenant, out _);
    }

    public async Task<(IReadOnlyList<WebhookRegistration> Items, string? NextId)> ListAsync(string tenant, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(tenant, WebhookRegistration.Type) { Limit = limit, BeforeId = beforeId }, cancellationToken);
        return ([.. page.Items.Select(d => WebhookRegistration.FromDocument(d.Body))], page.NextId);
    }

    /// <summary>The registrations of one workflow, with their ETags.</summary>
    public async Task<IReadOnlyList<(WebhookRegistration Registration, long ETag)>> OfWorkflowAsync(string tenant, string workflowId, CancellationToken cancellationToken)
    {
        var found = new List<(WebhookRegistration, long)>();
        await foreach (var document in store.ReadAllAsync(new DocumentQuery(tenant, WebhookRegistration.Type) { Where = new Dictionary<string, string> { ["workflowId"] = workflowId } }, cancellationToken))
            found.Add((WebhookRegistration.FromDocument(document.Body), document.ETag));
        return found;
    }

    public void Dispose() => _loading.Dispose();

    private async Task<WebhookTable> LoadAsync(string tenant, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                if (_tables.TryGetValue(tenant, out var known)) return known;
                var changes = Interlocked.Read(ref _changes);
                var registrations = new List<WebhookRegistration>();
                await foreach (var document in store.ReadAllAsync(new DocumentQuery(tenant, WebhookRegistration.Type), cancellationToken))
                    registrations.Add(WebhookRegistration.FromDocument(document.Body));
                var table = new WebhookTable(registrations);
                _tables[tenant] = table;
                // Something changed while this read was under way: read again rather than keep what may be older.
                if (Interlocked.Read(ref _changes) == changes) return table;
                _tables.TryRemove(tenant, out _);
            }
        }
        finally
        {
            _loading.Release();
        }
    }
}
