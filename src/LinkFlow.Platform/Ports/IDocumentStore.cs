using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Ports;

/// <summary>Documents by tenant, type and id. Tenant isolation is here: no call can reach across tenants.</summary>
public interface IDocumentStore
{
    /// <returns>Null when there is none, it has expired, or it is another tenant's.</returns>
    ValueTask<Document?> GetAsync(string tenant, DocumentType type, string id, CancellationToken cancellationToken = default);

    /// <summary>Newest first by id.</summary>
    ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken = default);

    /// <summary>All of it or nothing; durable when it returns.</summary>
    /// <exception cref="DocumentConflictException">A precondition of one of the writes did not hold; nothing was written.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now; nothing was written.</exception>
    Task CommitAsync(UnitOfWork work, CancellationToken cancellationToken = default);
}

/// <summary>A kind of document, with the fields that queries may filter on. Declared once, in the module that owns it.</summary>
/// <param name="Name">kebab-case.</param>
/// <param name="Fields">Names of declared fields; each has an index with the id behind it.</param>
public sealed record DocumentType(string Name, params string[] Fields);

/// <param name="ETag">The version of the document, from 1; grows by one with every put.</param>
/// <param name="Fields">The values of the declared fields.</param>
public sealed record Document(string Tenant, DocumentType Type, string Id, long ETag, Value Body);

public sealed record DocumentQuery(string Tenant, DocumentType Type)
{
    /// <summary>Equality on declared fields; all must hold.</summary>
    public IReadOnlyDictionary<string, string> Where { get; init; } = new Dictionary<string, string>();

    /// <summary>What no index can answer: at most <see cref="ScanLimit"/> documents are looked at per page.</summary>
    public Func<Value, bool>? Filter { get; init; }

    /// <summary>Ids from this one on (inclusive), and before that one (exclusive).</summary>
    public string? FromId { get; init; }
    public string? BeforeId { get; init; }

    /// <summary>1 to 200.</summary>
    public int Limit { get; init; } = 50;
    public int ScanLimit { get; init; } = 10_000;
    public bool OldestFirst { get; init; }
}

/// <param name="NextId">Pass it as BeforeId for the next page, or, oldest first, as FromId; null: there is none.</param>
public sealed record DocumentPage(IReadOnlyList<Document> Items, string? NextId);

/// <summary>Writes that become durable together.</summary>
public sealed class UnitOfWork(string tenant)
{
    private readonly List<DocumentWrite> _writes = [];
    private readonly List<OutgoingEvent> _events = [];

    public string Tenant { get; } = tenant;
    public IReadOnlyList<DocumentWrite> Writes => _writes;
    public IReadOnlyList<OutgoingEvent> Events => _events;

    /// <param name="expected">Null: whatever is there; 0: nothing may be there; else its ETag.</param>
    public UnitOfWork Put(DocumentType type, string id, Value body, IReadOnlyDictionary<string, string>? fields = null, long? expected = null, DateTimeOffset? expiresAt = null)
    {
        _writes.Add(new DocumentWrite(type, id, body, fields ?? new Dictionary<string, string>(), expected, expiresAt, IsDelete: false));
        return this;
    }

    public UnitOfWork Delete(DocumentType type, string id, long? expected = null)
    {
        _writes.Add(new DocumentWrite(type, id, default, new Dictionary<string, string>(), expected, null, IsDelete: true));
        return this;
    }

    /// <summary>An event that is published after the commit.</summary>
    public UnitOfWork Raise(OutgoingEvent @event)
    {
        _events.Add(@event);
        return this;
    }
}

public sealed record DocumentWrite(
    DocumentType Type, string Id, Value Body, IReadOnlyDictionary<string, string> Fields, long? Expected, DateTimeOffset? ExpiresAt, bool IsDelete);

/// <summary>A CloudEvent to be published once the change that made it is durable.</summary>
public sealed record OutgoingEvent(string Type, string Subject, Value Data);

/// <summary>A document was changed, is missing, or is there already.</summary>
public sealed class DocumentConflictException(DocumentType type, string id)
    : Exception($"The {type.Name} '{id}' was changed by someone else meanwhile.")
{
    public DocumentType Type { get; } = type;
    public string Id { get; } = id;
}

/// <summary>The store cannot take writes now: disk full, read-only, overloaded, shutting down. Trying again later is right.</summary>
public sealed class StoreUnavailableException(string message, TimeSpan retryAfter, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
