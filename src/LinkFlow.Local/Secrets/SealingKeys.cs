using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Secrets;

/// <summary>Opened sealing keys, a few per tenant, kept until the end: as the master key is.</summary>
internal sealed class SealingKeys : IDisposable
{
    private readonly ConcurrentDictionary<(string Tenant, string Version), SealingKey> _known = new();
    private readonly ConcurrentDictionary<string, SealingKey> _newest = new(StringComparer.Ordinal);

    /// <summary>What the tenant seals with; null: not known yet.</summary>
    public SealingKey? Newest(string tenant) => _newest.GetValueOrDefault(tenant);

    public SealingKey? Find(string tenant, string version) => _known.GetValueOrDefault((tenant, version));

    /// <returns>The one to use; the one given is zeroed when there was one already.</returns>
    public SealingKey Keep(string tenant, SealingKey key)
    {
        var kept = _known.GetOrAdd((tenant, key.Version), key);
        if (!ReferenceEquals(kept, key)) key.Key.Dispose();
        _newest.AddOrUpdate(tenant, kept, (_, there) => string.CompareOrdinal(there.Version, kept.Version) >= 0 ? there : kept);
        return kept;
    }

    public void Dispose()
    {
        foreach (var key in _known.Values) key.Key.Dispose();
    }
}

/// <param name="Version">Of the stored secret that it is.</param>
internal sealed record SealingKey(string Version, SecretBuffer Key);
