using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests;

/// <summary>Contents in memory, by the rules of the port; writing can be made to fail.</summary>
public sealed class MemoryFileContents(TimeProvider clock) : IFileContents
{
    private readonly ConcurrentDictionary<(string Tenant, string Name), (byte[] Bytes, DateTimeOffset PutAt)> _contents = new();

    /// <summary>Thrown by every put while it is set.</summary>
    public StoreUnavailableException? Fault { get; set; }
    public int Count => _contents.Count;

    public async Task<FileContent> PutAsync(string tenant, Stream content, CancellationToken cancellationToken = default)
    {
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        if (Fault is not null) throw Fault;
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));
        _contents[(tenant, hash)] = (bytes.ToArray(), clock.GetUtcNow());
        return new FileContent(hash, bytes.Length, hash);
    }

    public ValueTask<Stream?> OpenAsync(string tenant, string name, long offset, long length, CancellationToken cancellationToken = default) =>
        new(_contents.TryGetValue((tenant, name), out var found) ? new MemoryStream(found.Bytes, (int)offset, (int)Math.Min(length, found.Bytes.Length - offset)) : null);

    public async IAsyncEnumerable<string> ListAsync(string tenant, DateTimeOffset putSince, DateTimeOffset putBefore, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var ((owner, name), (_, putAt)) in _contents)
            if (owner == tenant && putAt >= putSince && putAt < putBefore) yield return name;
    }

    public Task<bool> DeleteAsync(string tenant, string name, DateTimeOffset putBefore, CancellationToken cancellationToken = default)
    {
        if (_contents.TryGetValue((tenant, name), out var found) && found.PutAt >= putBefore) return Task.FromResult(false);
        _contents.TryRemove((tenant, name), out _);
        return Task.FromResult(true);
    }

    public Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
