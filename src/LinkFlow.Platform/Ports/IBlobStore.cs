namespace LinkFlow.Platform.Ports;

/// <summary>Large payloads by claim check, named by tenant and content. Never shared between tenants.</summary>
public interface IBlobStore
{
    /// <summary>Durable (file and folder synced) when it returns; writing the same content again is cheap.</summary>
    /// <returns>The name: tenant / HMAC(tenant's key, content).</returns>
    /// <exception cref="StoreUnavailableException">No space, or read-only.</exception>
    ValueTask<string> PutAsync(string tenant, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <returns>Null when there is none.</returns>
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(string tenant, string name, CancellationToken cancellationToken = default);
}
