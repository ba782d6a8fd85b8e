using System.Collections.Concurrent;

namespace LinkFlow.Azure.Documents;

/// <summary>What an item was like when it was last seen, so far as a write needs it.</summary>
/// <param name="ETag">Our number.</param>
/// <param name="Version">The service's <c>_etag</c>, which keeps a write from replacing anything else.</param>
internal sealed record KnownVersion(long ETag, string Version, DateTimeOffset? ExpiresAt, IReadOnlyList<string> Commits)
{
    public static KnownVersion Of(StoredItem item) => new(item.ETag, item.Version, item.ExpiresAt, item.Commits);
}

/// <summary>
/// Remembers the versions that this process has seen last, so that a change of what was just read needs no second read. They may be
/// outdated: nothing is ever decided by them but what to try first.
/// </summary>
internal sealed class KnownVersions
{
    private const int MaxVersions = 10_000;

    private readonly ConcurrentDictionary<ItemPlace, KnownVersion> _versions = new();

    public KnownVersion? Find(ItemPlace place) => _versions.GetValueOrDefault(place);

    public void See(ItemPlace place, KnownVersion version)
    {
        // Which of them go matters little; that there is a bound does.
        if (_versions.Count >= MaxVersions) _versions.Clear();
        _versions[place] = version;
    }

    public void Forget(ItemPlace place) => _versions.TryRemove(place, out _);
}

/// <summary>Where an item is.</summary>
internal readonly record struct ItemPlace(string Tenant, string Aggregate, string ItemId);
