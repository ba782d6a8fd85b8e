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
    /// <exception cref="StoreUnavailableException">The store cannot take writes now; nothing was written, unless it says that this is not known.</exception>
    /// <exception cref="UnitTooLargeException">It is more than this store takes at once; nothing was written.</exception>
    /// <remarks>
    /// A store that takes only so many writes at once does deletions that expect nothing behind the others, when there are more: what they delete must mean nothing without what is
    /// changed before, for a crash in between leaves it.
    /// </remarks>
    Task CommitAsync(UnitOfWork work, CancellationToken cancellationToken = default);
}

/// <summary>A kind of document, with the fields that queries may filter on. Declared once, in the module that owns it.</summary>
/// <param name="Name">kebab-case.</param>
/// <param name="Fields">Names of declared fields; each has an index with the id behind it.</param>
public sealed record DocumentType(string Name, params string[] Fields)
{
    /// <summary>The aggregate of a tenant that documents without a partition share.</summary>
    public const string SharedAggregate = "tenant";

    /// <summary>
    /// Null: its documents are in the one aggregate that configuration shares. Else kebab-case, and a document's aggregate is named by this and its id up to
    /// the first slash. Documents of several types are in one aggregate when partition and prefix are the same.
    /// </summary>
    public string? Partition { get; init; }

    /// <summary>What a document can be committed with: all writes of a <see cref="UnitOfWork"/> are in one aggregate, since some stores commit no more at once.</summary>
    public string AggregateOf(string id) => Partition is null ? SharedAggregate : $"{Partition}:{(id.IndexOf('/') is >= 0 and var end ? id[..end] : id)}";
}

/// <param name="ETag">The version of the document, from 1; grows by one with every put.</param>
/// <param name="Fields">The values of the declared fields.</param>
public sealed record Document(string Tenant, DocumentType Type, string Id, long ETag, Value Body);

public sealed record DocumentQuery(string Tenant, DocumentType Type)
{
    public const int MaxLimit = 200;

    /// <summary>
    /// Only what is in this aggregate of a type that has a <see cref="DocumentType.Partition"/>: what ids have before their first slash, without a slash.
    /// Null: the whole tenant, which costs a store that is partitioned much more.
    /// </summary>
    public string? Within { get; init; }

    /// <summary>Equality on declared fields; all must hold.</summary>
    public IReadOnlyDictionary<string, string> Where { get; init; } = new Dictionary<string, string>();

    /// <summary>What no index can answer: at most <see cref="ScanLimit"/> documents are looked at per page.</summary>
    public Func<Value, bool>? Filter { get; init; }

    /// <summary>Ids from this one on (inclusive), and before that one (exclusive).</summary>
    public string? FromId { get; init; }
    public string? BeforeId { get; init; }

    /// <summary>1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 50;
    public int ScanLimit { get; init; } = 10_000;
    public bool OldestFirst { get; init; }

    /// <summary>For stores, before they look for anything.</summary>
    /// <exception cref="ArgumentException">The limit is not 1 to 200, a field in Where is not declared, or Within does not name an aggregate of the type.</exception>
    public void RequireValid()
    {
        if (Limit is < 1 or > MaxLimit) throw new ArgumentException($"The limit is {Limit}; 1 to {MaxLimit} is allowed.", nameof(Limit));
        foreach (var name in Where.Keys)
        {
            if (!Type.Fields.Contains(name))
                throw new ArgumentException($"The type '{Type.Name}' declares no field '{name}'; it has: {string.Join(", ", Type.Fields)}.", nameof(Where));
        }

        if (Within is null) return;
        if (Type.Partition is null) throw new ArgumentException($"The type '{Type.Name}' has no partition: its documents are in the aggregate of the whole tenant, and nothing is within a part of it.", nameof(Within));
        if (Within.Contains('/')) throw new ArgumentException($"'{Within}' has a slash; an aggregate of '{Type.Name}' is named by what its ids have before their first slash.", nameof(Within));
    }
}

/// <param name="NextId">Pass it as BeforeId for the next page, or, oldest first, as FromId; null: there is none.</param>
public sealed record DocumentPage(IReadOnlyList<Document> Items, string? NextId);

/// <summary>Writes that become durable together: all in one aggregate of one tenant.</summary>
public sealed class UnitOfWork(string tenant)
{
    private readonly List<DocumentWrite> _writes = [];
    private readonly List<OutgoingEvent> _events = [];
    private string? _aggregate;

    public string Tenant { get; } = tenant;

    /// <summary>See <see cref="DocumentType.AggregateOf"/>. The shared one while nothing was put or deleted; events go where the documents go.</summary>
    public string Aggregate => _aggregate ?? DocumentType.SharedAggregate;

    /// <summary>What the events raised here follow from, unless they say it themselves; null: nothing that is known.</summary>
    public EventCause? Cause { get; init; }
    public IReadOnlyList<DocumentWrite> Writes => _writes;
    public IReadOnlyList<OutgoingEvent> Events => _events;

    /// <param name="expected">Null: whatever is there; 0: nothing may be there; else its ETag.</param>
    /// <exception cref="ArgumentException">It belongs to another aggregate than what is here already, or its type declares no such field.</exception>
    public UnitOfWork Put(DocumentType type, string id, Value body, IReadOnlyDictionary<string, string>? fields = null, long? expected = null, DateTimeOffset? expiresAt = null)
    {
        foreach (var name in fields?.Keys ?? [])
        {
            if (!type.Fields.Contains(name))
                throw new ArgumentException($"The type '{type.Name}' declares no field '{name}'; it has: {string.Join(", ", type.Fields)}.", nameof(fields));
        }

        return Add(new DocumentWrite(type, id, body, fields ?? new Dictionary<string, string>(), expected, expiresAt, IsDelete: false));
    }

    /// <exception cref="ArgumentException">It belongs to another aggregate than what is here already.</exception>
    public UnitOfWork Delete(DocumentType type, string id, long? expected = null) =>
        Add(new DocumentWrite(type, id, default, new Dictionary<string, string>(), expected, null, IsDelete: true));

    /// <summary>An event that is published after the commit.</summary>
    public UnitOfWork Raise(OutgoingEvent @event)
    {
        _events.Add(Cause is null || @event.Cause is not null ? @event : @event with { Cause = Cause });
        return this;
    }

    private UnitOfWork Add(DocumentWrite write)
    {
        var aggregate = write.Type.AggregateOf(write.Id);
        _aggregate ??= aggregate;
        if (aggregate != _aggregate)
        {
            throw new ArgumentException($"The {write.Type.Name} '{write.Id}' is in the aggregate '{aggregate}', and what is in this unit of work already is in '{_aggregate}'. "
                + "Only documents of one aggregate can be committed together.", nameof(write));
        }

        _writes.Add(write);
        return this;
    }
}

public sealed record DocumentWrite(
    DocumentType Type, string Id, Value Body, IReadOnlyDictionary<string, string> Fields, long? Expected, DateTimeOffset? ExpiresAt, bool IsDelete);

/// <summary>A document was changed, is missing, or is there already.</summary>
public sealed class DocumentConflictException(DocumentType type, string id)
    : Exception($"The {type.Name} '{id}' was changed by someone else meanwhile.")
{
    public DocumentType Type { get; } = type;
    public string Id { get; } = id;
}

/// <summary>A unit of work has more documents and events than a store can change together.</summary>
public sealed class UnitTooLargeException(int writes, int most)
    : Exception($"This would change {writes} documents and events together; at most {most} are possible. Do it in smaller steps, or with fewer triggers in one workflow.");

/// <summary>The store cannot take writes now: disk full, read-only, overloaded, shutting down. Trying again later is right.</summary>
public sealed class StoreUnavailableException(string message, TimeSpan retryAfter, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; } = retryAfter;

    /// <summary>True: the store did not answer, and the write may have been made. Trying again is still right: preconditions and ids keep it from being made twice.</summary>
    public bool IsOutcomeUnknown { get; init; }
}
