using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Events.Triggers;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events.Subscriptions;

/// <summary>The subscriptions of each tenant in memory, by id and by type. Knows no secret.</summary>
public sealed class SubscriptionDirectory : ISecretOwner, IDisposable
{
    private readonly IDocumentStore _store;
    private readonly TenantTables<Table> _tables;

    public SubscriptionDirectory(IDocumentStore store, TimeProvider clock)
    {
        _store = store;
        _tables = new TenantTables<Table>(LoadAsync, clock);
    }

    public string Kind => "event-subscription";

    public async ValueTask<bool> AnyAsync(string tenant, string type, CancellationToken cancellationToken) => (await _tables.GetAsync(tenant, cancellationToken)).ByType.Any(type);

    /// <summary>The enabled ones that an event is for.</summary>
    public async ValueTask<IReadOnlyList<EventSubscription>> FindAsync(string tenant, CloudEvent @event, CancellationToken cancellationToken)
    {
        var ofType = (await _tables.GetAsync(tenant, cancellationToken)).ByType.Find(@event.Type).ToList();
        if (ofType.Count == 0) return [];
        var json = @event.ToJson();
        return [.. ofType.Where(s => s.Lets(json))];
    }

    /// <returns>Null: there is none in this tenant.</returns>
    public async ValueTask<EventSubscription?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        (await _tables.GetAsync(tenant, cancellationToken)).ById.GetValueOrDefault(id);

    /// <summary>To be called behind every change, also when it is not known whether its commit went through.</summary>
    public void Drop(string tenant) => _tables.Drop(tenant);

    public async ValueTask<SecretReference?> SecretOfAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await _store.GetAsync(tenant, EventSubscription.Type, id, cancellationToken) is { } document ? EventSubscription.FromDocument(document.Body).Secret : null;

    public void Dispose() => _tables.Dispose();

    private async Task<Table> LoadAsync(string tenant, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, EventSubscription>(StringComparer.Ordinal);
        await foreach (var document in _store.ReadAllAsync(new DocumentQuery(tenant, EventSubscription.Type), cancellationToken))
            all[document.Id] = EventSubscription.FromDocument(document.Body);
        return new Table(all, new TypeTable<EventSubscription>(all.Values.Where(s => s.Enabled).SelectMany(s => s.Types.Select(t => (t, s)))));
    }

    private sealed record Table(IReadOnlyDictionary<string, EventSubscription> ById, TypeTable<EventSubscription> ByType);
}
