using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests;

/// <summary>Secrets in memory, by the rules of the port; it can be made to fail.</summary>
public sealed class MemorySecretStore : ISecretStore
{
    private readonly ConcurrentDictionary<(string Tenant, string Name), ConcurrentDictionary<string, byte[]>> _secrets = new();
    private readonly ConcurrentDictionary<(string Tenant, string Name), bool> _deleted = new();
    private int _versions;

    /// <summary>Thrown by every opening while it is set.</summary>
    public Exception? OpenFault { get; set; }

    /// <summary>Thrown by every retirement and deletion while it is set.</summary>
    public Exception? RemovalFault { get; set; }
    public int Opened { get; private set; }

    /// <summary>How many versions can be opened, over all names.</summary>
    public int Count => _secrets.Values.Sum(v => v.Count);

    /// <summary>Forgets all secrets, as a restore without them does.</summary>
    public void Lose() => _secrets.Clear();

    public Task<string> PutAsync(string tenant, string name, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default)
    {
        if (_deleted.ContainsKey((tenant, name))) throw new SecretDeletedException(name);
        var version = $"v{Interlocked.Increment(ref _versions)}";
        _secrets.GetOrAdd((tenant, name), _ => new())[version] = secret.ToArray();
        return Task.FromResult(version);
    }

    public ValueTask<SecretBuffer?> OpenAsync(string tenant, string name, string version, CancellationToken cancellationToken = default)
    {
        Opened++;
        if (OpenFault is not null) throw OpenFault;
        return new(_secrets.TryGetValue((tenant, name), out var versions) && versions.TryGetValue(version, out var bytes) ? Buffer(bytes) : null);
    }

    public Task RetireOthersAsync(string tenant, string name, string version, CancellationToken cancellationToken = default)
    {
        if (RemovalFault is not null) throw RemovalFault;
        if (_secrets.TryGetValue((tenant, name), out var versions) && versions.ContainsKey(version))
            foreach (var other in versions.Keys.Where(v => v != version)) versions.TryRemove(other, out _);
        return Task.CompletedTask;
    }

    public Task DeleteAsync(string tenant, string name, CancellationToken cancellationToken = default)
    {
        if (RemovalFault is not null) throw RemovalFault;
        _deleted[(tenant, name)] = true;
        _secrets.TryRemove((tenant, name), out _);
        return Task.CompletedTask;
    }

    public ValueTask<byte[]> SealAsync(string tenant, string purpose, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default) =>
        new([.. Place(tenant, purpose), .. secret.Span]);

    public ValueTask<SecretBuffer> UnsealAsync(string tenant, string purpose, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default)
    {
        var place = Place(tenant, purpose);
        return envelope.Span.StartsWith(place) ? new(Buffer(envelope[place.Length..].ToArray())) : throw new SecretUnreadableException("It was sealed for another purpose or tenant.");
    }

    private static byte[] Place(string tenant, string purpose) => System.Text.Encoding.UTF8.GetBytes($"{tenant}/{purpose}:");

    private static SecretBuffer Buffer(byte[] bytes)
    {
        var buffer = new SecretBuffer(bytes.Length);
        bytes.CopyTo(buffer.Bytes);
        return buffer;
    }
}
