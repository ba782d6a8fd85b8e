using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Webhooks;

/// <summary>
/// The registrations of each tenant in memory: read once, dropped on every change, and where other hosts change them too, read again
/// now and then. A webhook call reads nothing from the store to be routed.
/// </summary>
/// <param name="others">Null: this host is alone.</param>
public sealed class WebhookDirectory(IDocumentStore store, TimeProvider clock, OtherHosts? others = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, Held> _tables = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private long _changes;

    public ValueTask<WebhookTable> GetAsync(string tenant, CancellationToken cancellationToken) =>
        Known(tenant, others?.UnseenFor) is { } table ? new ValueTask<WebhookTable>(table) : new ValueTask<WebhookTable>(LoadAsync(tenant, others?.UnseenFor, cancellationToken));

    /// <summary>For a call that the table has no answer to: another host may have registered its webhook just now.</summary>
    public ValueTask<WebhookTable> LookAgainAsync(string tenant, CancellationToken cancellationToken) =>
        Known(tenant, others?.MissedFor) is { } table ? new ValueTask<WebhookTable>(table) : new ValueTask<WebhookTable>(LoadAsync(tenant, others?.MissedFor, cancellationToken));

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

    /// <returns>Null: there is none in memory, or it is as old as that.</returns>
    private WebhookTable? Known(string tenant, TimeSpan? tooOld) =>
        _tables.TryGetValue(tenant, out var held) && (tooOld is not { } age || clock.GetElapsedTime(held.ReadAt) < age) ? held.Table : null;

    private async Task<WebhookTable> LoadAsync(string tenant, TimeSpan? tooOld, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                if (Known(tenant, tooOld) is { } known) return known;
                var readAt = clock.GetTimestamp();
                var changes = Interlocked.Read(ref _changes);
                var registrations = new List<WebhookRegistration>();
                await foreach (var document in store.ReadAllAsync(new DocumentQuery(tenant, WebhookRegistration.Type), cancellationToken))
                    registrations.Add(WebhookRegistration.FromDocument(document.Body));
                var table = new WebhookTable(registrations);
                _tables[tenant] = new Held(table, readAt);
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

    private sealed record Held(WebhookTable Table, long ReadAt);
}
