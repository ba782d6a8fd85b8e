using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Credentials;

/// <summary>Finds credentials' documents for whoever runs nodes: kept for a short while, dropped at once when this process changes them. Knows no secret.</summary>
public sealed class CredentialDirectory(IDocumentStore store, TimeProvider clock)
{
    /// <summary>How long another process's change may go unnoticed.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    /// <summary>Beyond it everything is forgotten.</summary>
    private const int MostKept = 10_000;

    private readonly ConcurrentDictionary<(string Tenant, string Id), Kept> _kept = new();
    private long _drops;

    /// <returns>Null: there is none in this tenant.</returns>
    public async ValueTask<Credential?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue((tenant, id), out var kept) && kept.Until > clock.GetUtcNow()) return kept.Credential;
        return await ReadAsync(tenant, id, cancellationToken);
    }

    /// <summary>As <see cref="FindAsync"/>, and surely as it is now.</summary>
    public async ValueTask<Credential?> ReadAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var drops = Interlocked.Read(ref _drops);
        var document = await store.GetAsync(tenant, Credential.Type, id, cancellationToken);
        if (document is null)
        {
            _kept.TryRemove((tenant, id), out _);
            return null;
        }

        var credential = Credential.FromDocument(document.Body);
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[(tenant, id)] = new Kept(credential, clock.GetUtcNow() + Freshness);
        // Changed while it was read: what was kept may be from before.
        if (Interlocked.Read(ref _drops) != drops) _kept.TryRemove((tenant, id), out _);
        return credential;
    }

    /// <summary>To be called after every change, also when it is not known whether the commit went through.</summary>
    public void Drop(string tenant, string id)
    {
        Interlocked.Increment(ref _drops);
        _kept.TryRemove((tenant, id), out _);
    }

    private sealed record Kept(Credential Credential, DateTimeOffset Until);
}
