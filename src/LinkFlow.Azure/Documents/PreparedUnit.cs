using LinkFlow.Engine.Values;
using LinkFlow.Platform;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Documents;

/// <summary>A unit of work with its bodies written and the large ones spilled, and with its mark: who finds it in an item knows that this unit was committed.</summary>
internal sealed class PreparedUnit
{
    /// <summary>Writes and events of one unit: what the service takes in one batch.</summary>
    public const int MaxWrites = 100;

    /// <summary>Bytes of one batch; the service takes 2 MiB with what is around the bodies.</summary>
    public const int MaxBytes = 1_700_000;

    /// <summary>Smaller bodies are never moved into a blob to make room: it would make none.</summary>
    private const int MinSpilled = 4 * 1024;

    private readonly Dictionary<DocumentWrite, ItemBody> _bodies = new(ReferenceEqualityComparer.Instance);

    private PreparedUnit(string tenant, string aggregate) => (Tenant, Aggregate) = (tenant, aggregate);

    public string Tenant { get; }
    public string Aggregate { get; }

    /// <summary>Drawn for this unit, and the same however often it is tried.</summary>
    public string Commit { get; } = Ids.Next();

    /// <summary>It was sent, and whether it was done is not known.</summary>
    public bool IsUnclear { get; set; }

    public Dictionary<ItemPlace, List<DocumentWrite>> Documents { get; } = [];
    public List<RaisedItem> Events { get; } = [];

    /// <summary>Deletions for which the batch has no room, and which expect nothing: made behind it, a batch each.</summary>
    public List<PreparedUnit> Later { get; } = [];

    public ItemBody BodyOf(DocumentWrite write) => _bodies[write];

    /// <exception cref="UnitTooLargeException">It has more writes and events than a batch takes.</exception>
    /// <exception cref="StoreUnavailableException">The blob store cannot take a large body now.</exception>
    public static async ValueTask<PreparedUnit> OfAsync(UnitOfWork work, IBlobStore blobs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var unit = new PreparedUnit(work.Tenant, work.Aggregate);
        foreach (var write in work.Writes)
        {
            var place = new ItemPlace(work.Tenant, work.Aggregate, ItemNames.ItemId(write.Type.Name, write.Id));
            if (unit.Documents.TryGetValue(place, out var earlier)) earlier.Add(write);
            else unit.Documents.Add(place, [write]);
        }

        unit.Postpone(work.Events.Count);
        foreach (var writes in unit.Documents.Values)
            if (writes[^1] is { IsDelete: false } put) unit._bodies.Add(put, ItemBody.Of(put.Body));
        await unit.RaiseAsync(work.Events, blobs, now, cancellationToken);
        return unit;
    }

    private void Postpone(int events)
    {
        var excess = Documents.Count + events - MaxWrites;
        if (excess <= 0) return;
        var free = Documents.Where(d => d.Value.TrueForAll(w => w is { IsDelete: true, Expected: null })).Reverse().Take(excess).ToList();
        if (free.Count < excess) throw new UnitTooLargeException(Documents.Count + events, MaxWrites);
        foreach (var chunk in free.Chunk(MaxWrites))
        {
            var later = new PreparedUnit(Tenant, Aggregate);
            foreach (var (place, writes) in chunk)
            {
                Documents.Remove(place);
                later.Documents.Add(place, writes);
            }

            Later.Add(later);
        }
    }

    private async ValueTask RaiseAsync(IReadOnlyList<OutgoingEvent> raised, IBlobStore blobs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var events = new List<OutboxEvent>();
        foreach (var outgoing in raised)
        {
            var id = Ids.Next(now);
            events.Add(new OutboxEvent(Tenant, Aggregate, id, CloudEvent.Of(outgoing, Tenant, id, now), outgoing.Target));
        }

        var bodies = events.ConvertAll(e => ItemBody.Of(e.Event.ToJson()));
        await SpillAsync(bodies, blobs, cancellationToken);
        for (var i = 0; i < events.Count; i++)
            Events.Add(new RaisedItem(ItemNames.ItemId(CosmosOutbox.TypeName, events[i].Id), StoredItem.WriteEvent(events[i], bodies[i]), events[i]));
    }

    /// <summary>Moves bodies into blobs that are too large for an item, and then the largest until the rest fits into a batch.</summary>
    private async ValueTask SpillAsync(List<ItemBody> events, IBlobStore blobs, CancellationToken cancellationToken)
    {
        var places = _bodies.Keys.Select(w => (Body: _bodies[w], Put: (Action<ItemBody>)(b => _bodies[w] = b)))
            .Concat(events.Select((e, i) => (Body: e, Put: (Action<ItemBody>)(b => events[i] = b)))).OrderByDescending(p => p.Body.Length).ToList();
        var total = places.Sum(p => p.Body.Length);
        foreach (var (body, put) in places)
        {
            if (body.Length <= ItemBody.MaxInline && (total <= MaxBytes || body.Length < MinSpilled)) break;
            var spilled = await body.SpillAsync(Tenant, blobs, cancellationToken);
            put(spilled);
            total += spilled.Length - body.Length;
        }
    }
}

/// <param name="Event">As the relay gets it.</param>
internal sealed record RaisedItem(string ItemId, ReadOnlyMemory<byte> Item, OutboxEvent Event);
