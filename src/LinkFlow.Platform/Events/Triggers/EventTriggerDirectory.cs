using LinkFlow.Engine.Definitions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events.Triggers;

/// <summary>The event nodes of each tenant's active workflows, by type: an event reads nothing from the store to find whom it starts.</summary>
public sealed class EventTriggerDirectory : IDisposable
{
    private readonly IDocumentStore _store;
    private readonly TenantTables<TypeTable<EventTrigger>> _tables;

    public EventTriggerDirectory(IDocumentStore store, TimeProvider clock)
    {
        _store = store;
        _tables = new TenantTables<TypeTable<EventTrigger>>(LoadAsync, clock);
    }

    public async ValueTask<bool> AnyAsync(string tenant, string type, CancellationToken cancellationToken) => (await _tables.GetAsync(tenant, cancellationToken)).Any(type);

    public async ValueTask<IReadOnlyList<EventTrigger>> FindAsync(string tenant, CloudEvent @event, CancellationToken cancellationToken)
    {
        var ofType = (await _tables.GetAsync(tenant, cancellationToken)).Find(@event.Type).ToList();
        if (ofType.Count == 0) return [];
        var json = @event.ToJson();
        return [.. ofType.Where(t => t.Lets(json))];
    }

    /// <summary>Adds to an activation's writes the triggers that its definition has, and takes away those that it no longer does.</summary>
    public async Task SyncAsync(string tenant, string workflowId, WorkflowDefinition definition, UnitOfWork work, CancellationToken cancellationToken)
    {
        var held = await HeldAsync(tenant, workflowId, cancellationToken);
        foreach (var trigger in EventTrigger.Of(workflowId, definition)) trigger.Put(work, held.Remove(trigger.Id, out var etag) ? etag : 0);
        foreach (var (id, etag) in held) work.Delete(EventTrigger.Type, id, etag);
    }

    /// <summary>Adds to a deactivation's writes that the workflow's triggers go.</summary>
    public async Task RemoveAsync(string tenant, string workflowId, UnitOfWork work, CancellationToken cancellationToken)
    {
        foreach (var (id, etag) in await HeldAsync(tenant, workflowId, cancellationToken)) work.Delete(EventTrigger.Type, id, etag);
    }

    /// <summary>To be called behind every commit of a <see cref="SyncAsync"/> or <see cref="RemoveAsync"/>.</summary>
    public void Tell(UnitOfWork work)
    {
        if (work.Writes.Any(w => w.Type == EventTrigger.Type)) _tables.Drop(work.Tenant);
    }

    public void Dispose() => _tables.Dispose();

    private async Task<Dictionary<string, long>> HeldAsync(string tenant, string workflowId, CancellationToken cancellationToken)
    {
        var held = new Dictionary<string, long>(StringComparer.Ordinal);
        var ofWorkflow = new DocumentQuery(tenant, EventTrigger.Type) { Where = new Dictionary<string, string> { ["workflowId"] = workflowId } };
        await foreach (var document in _store.ReadAllAsync(ofWorkflow, cancellationToken)) held[document.Id] = document.ETag;
        return held;
    }

    private async Task<TypeTable<EventTrigger>> LoadAsync(string tenant, CancellationToken cancellationToken)
    {
        var triggers = new List<EventTrigger>();
        await foreach (var document in _store.ReadAllAsync(new DocumentQuery(tenant, EventTrigger.Type), cancellationToken)) triggers.Add(EventTrigger.FromDocument(document.Body));
        return new TypeTable<EventTrigger>(triggers.Select(t => (t.TypePattern, t)));
    }
}
