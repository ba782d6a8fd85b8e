using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using Azure.Storage.Blobs;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Blobs;

/// <summary>
/// Payloads by claim check in Blob Storage, as <c>{prefix}tenant/hash</c>, named by the HMAC of their content with the tenant's key; compressed where that
/// pays. A blob is never changed, only its time of change, when it is put again. One store per kind of payload: its prefix is what a lifecycle rule goes by.
/// </summary>
public sealed class BlobStorageBlobStore : IBlobStore
{
    /// <summary>The container of payloads.</summary>
    public const string Container = "payloads";

    /// <summary>The prefix of event data that waits for its subscribers: deleted by age.</summary>
    public const string Events = "events/";

    /// <summary>Below it, compression saves less than it costs.</summary>
    private const int LeastToCompress = 1024;

    /// <summary>From here on it is worth asking whether a content is there before it is sent.</summary>
    private const int LeastToAskFor = 256 * 1024;

    private const string Brotli = "br";
    private const string Length = "length";

    private static readonly TimeSpan RecentFor = TimeSpan.FromHours(1);

    private readonly BlobCalls _calls;
    private readonly BlobTenantKeys _keys;
    private readonly RecentPuts _recent;
    private readonly string _prefix;

    /// <param name="prefix">Ends in a slash, or is empty.</param>
    public BlobStorageBlobStore(BlobServiceClient service, string prefix, TimeProvider clock)
    {
        _calls = new BlobCalls(service.GetBlobContainerClient(Container));
        _keys = new BlobTenantKeys(_calls);
        _recent = new RecentPuts(RecentFor, clock);
        _prefix = prefix;
    }

    public async ValueTask<string> PutAsync(string tenant, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var name = BlobNames.Of(tenant, await _keys.GetAsync(tenant, cancellationToken), content.Span);
        if (_recent.Contains(name)) return name;
        var (packed, encoding) = Pack(content);
        var metadata = new Dictionary<string, string> { [Length] = content.Length.ToString(CultureInfo.InvariantCulture) };
        // What a sweep deletes between the look and the touch is put again.
        while (!(packed.Length >= LeastToAskFor && await _calls.TouchAsync(_prefix + name, metadata, cancellationToken))
            && !await _calls.CreateAsync(_prefix + name, packed, metadata, encoding, cancellationToken)
            && !await _calls.TouchAsync(_prefix + name, metadata, cancellationToken)) { }
        _recent.Add(name);
        return name;
    }

    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string tenant, string name, CancellationToken cancellationToken = default)
    {
        if (!BlobNames.IsNameOf(tenant, name)) return null;
        using var found = await _calls.DownloadAsync(_prefix + name, default, cancellationToken);
        if (found is null) return null;
        var content = new byte[int.Parse(found.Details.Metadata[Length], CultureInfo.InvariantCulture)];
        try
        {
            await using var stream = found.Details.ContentEncoding == Brotli ? new BrotliStream(found.Content, CompressionMode.Decompress) : found.Content;
            await stream.ReadExactlyAsync(content, cancellationToken);
            return content;
        }
        catch (Exception e) when (e is IOException or global::Azure.RequestFailedException)
        {
            throw new StoreUnavailableException($"The blob '{name}' broke off: {e.Message}", TimeSpan.FromSeconds(1), e);
        }
    }

    /// <summary>The names of a tenant's blobs that were last put before a time, in no order.</summary>
    public async IAsyncEnumerable<string> ListAsync(string tenant, DateTimeOffset putBefore, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in _calls.ListAsync($"{_prefix}{BlobNames.FolderOf(tenant)}/", cancellationToken))
            if (blob.Properties.LastModified < putBefore) yield return blob.Name[_prefix.Length..];
    }

    /// <summary>Deletes a blob that nobody refers to, unless it was put, or put again, since that time.</summary>
    /// <returns>True: it is gone.</returns>
    public async Task<bool> DeleteAsync(string tenant, string name, DateTimeOffset putBefore, CancellationToken cancellationToken = default)
    {
        if (!BlobNames.IsNameOf(tenant, name)) return false;
        _recent.Remove(name);
        if (await _calls.FindAsync(_prefix + name, cancellationToken) is not { } found) return true;
        return found.LastModified < putBefore && await _calls.DeleteAsync(_prefix + name, found.ETag, cancellationToken);
    }

    private static (ReadOnlyMemory<byte> Packed, string? Encoding) Pack(ReadOnlyMemory<byte> content)
    {
        if (content.Length < LeastToCompress) return (content, null);
        using var target = new MemoryStream(content.Length / 4);
        using (var packing = new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true)) packing.Write(content.Span);
        return target.Length < content.Length * 9L / 10 ? (target.GetBuffer().AsMemory(0, (int)target.Length), Brotli) : (content, null);
    }
}
