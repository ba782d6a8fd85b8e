using System.Security.Cryptography;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Search;

internal sealed class MemoryBlobs : IBlobStore
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _blobs = [];

    public ValueTask<string> PutAsync(string tenant, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var name = $"{tenant}/{Convert.ToHexStringLower(SHA256.HashData(content.Span))}";
        _blobs[name] = content.ToArray();
        return new(name);
    }

    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string tenant, string name, CancellationToken cancellationToken = default)
        => new(_blobs.TryGetValue(name, out var content) ? content : null);
}
