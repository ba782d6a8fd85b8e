using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Documents;

/// <summary>What has to be done to one item.</summary>
internal abstract record ItemWrite(string ItemId)
{
    internal sealed record Create(string ItemId, ReadOnlyMemory<byte> Item) : ItemWrite(ItemId);

    internal sealed record Replace(string ItemId, ReadOnlyMemory<byte> Item, string Version) : ItemWrite(ItemId);

    internal sealed record Delete(string ItemId, string Version) : ItemWrite(ItemId);

    /// <summary>Bytes that are sent.</summary>
    public int Length => this switch { Create create => create.Item.Length, Replace replace => replace.Item.Length, _ => 0 };
}

/// <summary>
/// A unit of work, worked out against the versions that its documents are believed to have: one write to each item that changes, which fails when the
/// belief is wrong. Several writes to one document count one after the other, and leave one.
/// </summary>
internal sealed class CommitPlan
{
    private readonly Dictionary<ItemPlace, KnownVersion> _after = [];
    private readonly List<ItemPlace> _deleted = [];

    /// <summary>Null: the preconditions hold against these versions.</summary>
    public DocumentWrite? Refused { get; private set; }

    public List<ItemWrite> Writes { get; } = [];

    /// <summary>What the documents are like afterwards, by the place of each in <see cref="Writes"/>; the service's version comes with its answer.</summary>
    public IReadOnlyDictionary<ItemPlace, KnownVersion> After => _after;

    public IReadOnlyList<ItemPlace> Deleted => _deleted;

    public static CommitPlan Of(PreparedUnit unit, IReadOnlyDictionary<ItemPlace, KnownVersion> known, DateTimeOffset now)
    {
        var plan = new CommitPlan();
        foreach (var (place, writes) in unit.Documents)
        {
            plan.Add(unit, place, writes, known.GetValueOrDefault(place), now);
            if (plan.Refused is not null) return plan;
        }

        foreach (var raised in unit.Events) plan.Writes.Add(new ItemWrite.Create(raised.ItemId, raised.Item));
        return plan;
    }

    private void Add(PreparedUnit unit, ItemPlace place, List<DocumentWrite> writes, KnownVersion? before, DateTimeOffset now)
    {
        var etag = before?.ETag ?? 0;
        var visible = before is not null && (before.ExpiresAt is null || before.ExpiresAt > now) ? etag : 0;
        foreach (var write in writes)
        {
            if (write.Expected is { } expected && expected != visible)
            {
                Refused = write;
                return;
            }

            etag = write.IsDelete ? 0 : etag + 1;
            visible = etag;
        }

        var last = writes[^1];
        if (last.IsDelete)
        {
            if (before is null) return;
            Writes.Add(new ItemWrite.Delete(place.ItemId, before.Version));
            _deleted.Add(place);
            return;
        }

        var item = StoredItem.Write(place.Tenant, place.Aggregate, last, unit.BodyOf(last), etag, unit.Commit, before, now);
        Writes.Add(before is null ? new ItemWrite.Create(place.ItemId, item) : new ItemWrite.Replace(place.ItemId, item, before.Version));
        _after[place] = new KnownVersion(etag, "", last.ExpiresAt, StoredItem.CommitsBehind(unit.Commit, before));
    }
}
