using LinkFlow.Engine.Schemas;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests;

/// <summary>Documents in memory, by the rules of the port; writing can be made to fail.</summary>
public sealed class MemoryDocumentStore(TimeProvider clock) : IDocumentStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Tenant, string Type, string Id), Stored> _documents =
        new(Comparer<(string Tenant, string Type, string Id)>.Create((a, b) =>
            string.CompareOrdinal(a.Tenant, b.Tenant) is not 0 and var t ? t : string.CompareOrdinal(a.Type, b.Type) is not 0 and var k ? k : string.CompareOrdinal(a.Id, b.Id)));

    /// <summary>Thrown by every commit while it is set.</summary>
    public Exception? Fault { get; set; }

    /// <summary>The next commit with a write of this kind fails; then it is null again.</summary>
    public Func<DocumentWrite, bool>? FailNext { get; set; }
    public int Commits { get; private set; }

    /// <summary>The events of all commits, in order.</summary>
    public List<OutgoingEvent> Raised { get; } = [];

    public ValueTask<Document?> GetAsync(string tenant, DocumentType type, string id, CancellationToken cancellationToken = default)
    {
        lock (_lock) return new(Find(tenant, type, id) is { } found ? found.Document : null);
    }

    public ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken = default)
    {
        query.RequireValid();
        lock (_lock)
        {
            var all = _documents.Where(d => d.Key.Tenant == query.Tenant && d.Key.Type == query.Type.Name && IsThere(d.Value))
                .Where(d => query.Where.All(w => d.Value.Fields.GetValueOrDefault(w.Key) == w.Value))
                .Where(d => query.Within is null || d.Key.Id == query.Within || d.Key.Id.StartsWith(query.Within + "/", StringComparison.Ordinal))
                .Where(d => query.BeforeId is null || string.CompareOrdinal(d.Key.Id, query.BeforeId) < 0)
                .Where(d => query.FromId is null || string.CompareOrdinal(d.Key.Id, query.FromId) >= 0)
                .Select(d => d.Value.Document).ToList();
            if (!query.OldestFirst) all.Reverse();
            var page = new List<Document>();
            for (var looked = 0; looked < all.Count; looked++)
            {
                if (page.Count == query.Limit || looked == query.ScanLimit) return new(new DocumentPage(page, all[query.OldestFirst ? looked : looked - 1].Id));
                if (query.Filter?.Invoke(all[looked].Body) ?? true) page.Add(all[looked]);
            }

            return new(new DocumentPage(page, null));
        }
    }

    public Task CommitAsync(UnitOfWork work, CancellationToken cancellationToken = default)
    {
        if (Fault is not null) return Task.FromException(Fault);
        if (FailNext is { } fails && work.Writes.Any(fails))
        {
            FailNext = null;
            return Task.FromException(new StoreUnavailableException("The disk is full.", TimeSpan.FromSeconds(1)));
        }

        lock (_lock)
        {
            var after = new Dictionary<(string Tenant, string Type, string Id), Stored?>();
            foreach (var write in work.Writes)
            {
                var key = (work.Tenant, write.Type.Name, write.Id);
                var etag = (after.TryGetValue(key, out var changed) ? changed : Find(work.Tenant, write.Type, write.Id))?.Document.ETag ?? 0;
                if (write.Expected is { } expected && expected != etag) return Task.FromException(new DocumentConflictException(write.Type, write.Id));
                after[key] = write.IsDelete ? null : new Stored(new Document(work.Tenant, write.Type, write.Id, etag + 1, write.Body.Freeze()), write.Fields, write.ExpiresAt);
            }

            foreach (var (key, stored) in after)
            {
                if (stored is null) _documents.Remove(key);
                else _documents[key] = stored;
            }

            foreach (var raised in work.Events) RequireCatalogued(raised);
            Raised.AddRange(work.Events);
            Commits++;
        }

        return Task.CompletedTask;
    }

    /// <summary>The whole store as text: what a test may search for secrets.</summary>
    public string Dump()
    {
        lock (_lock) return string.Join('\n', _documents.Values.Select(d => d.Document.Body.ToString()));
    }

    /// <summary>Whatever a test is about: what is published is in the catalogue, and its data is as the catalogue says.</summary>
    private static void RequireCatalogued(OutgoingEvent raised)
    {
        if (!raised.Type.StartsWith(CloudEvent.OwnPrefix, StringComparison.Ordinal)) return;
        var entry = EventCatalogue.Find(raised.Type) ?? throw new InvalidOperationException($"'{raised.Type}' is raised and is not in the catalogue.");
        var errors = JsonSchema.Compile(entry.DataSchema).Validate(raised.Data);
        if (errors.Count > 0) throw new InvalidOperationException($"The data of '{raised.Type}' is not as the catalogue says: {errors[0]} ({raised.Data}).");
    }

    private Stored? Find(string tenant, DocumentType type, string id) => _documents.TryGetValue((tenant, type.Name, id), out var found) && IsThere(found) ? found : null;

    private bool IsThere(Stored stored) => stored.ExpiresAt is null || stored.ExpiresAt > clock.GetUtcNow();

    private sealed record Stored(Document Document, IReadOnlyDictionary<string, string> Fields, DateTimeOffset? ExpiresAt);
}
