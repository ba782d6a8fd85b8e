using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace LinkFlow.Azure.Blobs;

/// <summary>A secret per tenant that its blobs are named with, drawn at its first use by whoever comes first. It lies beside what it names: who may read that needs no name.</summary>
internal sealed class BlobTenantKeys(BlobCalls calls)
{
    private const int KeyBytes = 32;
    private const string Prefix = "keys/";

    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly ConcurrentDictionary<string, byte[]> _known = new(StringComparer.Ordinal);

    /// <returns>32 bytes.</returns>
    /// <exception cref="LinkFlow.Platform.Ports.StoreUnavailableException">It cannot be read or drawn now.</exception>
    public async ValueTask<byte[]> GetAsync(string tenant, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(tenant, out var known)) return known;
        var name = Prefix + BlobNames.FolderOf(tenant);
        for (; ; )
        {
            if (await ReadAsync(name, cancellationToken) is { } key) return _known.GetOrAdd(tenant, key);
            await calls.CreateAsync(name, RandomNumberGenerator.GetBytes(KeyBytes), NoMetadata, null, cancellationToken);
        }
    }

    private async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        using var found = await calls.DownloadAsync(name, default, cancellationToken);
        if (found is null) return null;
        var key = new byte[KeyBytes];
        await found.Content.ReadExactlyAsync(key, cancellationToken);
        return key;
    }
}
