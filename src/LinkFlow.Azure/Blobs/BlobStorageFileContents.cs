using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Blobs;

/// <summary>
/// The bytes of files in Blob Storage, as <c>tenant/hash</c>. What fits into one block is written there at once. The hash of what is larger is known
/// only at its end, so it is written block by block as <c>uploads/tenant/id</c>, and <c>tenant/hash</c> becomes an empty blob that says where.
/// Blocks that a crash left are never seen, and the service forgets them after a week.
/// </summary>
public sealed class BlobStorageFileContents : IFileContents
{
    /// <summary>The container of files.</summary>
    public const string Container = "files";

    private const string Uploads = "uploads/";

    /// <summary>Metadata of <c>tenant/hash</c>: the bytes' size; the upload that has them; of an upload: whose it is.</summary>
    private const string Size = "size";
    private const string At = "at";
    private const string NameOf = "name";

    /// <summary>Finished uploads are looked at this long for having no name.</summary>
    private static readonly TimeSpan UnnamedFor = TimeSpan.FromDays(2);

    private readonly BlobCalls _calls;
    private readonly BlobTenantKeys _keys;

    public BlobStorageFileContents(BlobServiceClient service)
    {
        _calls = new BlobCalls(service.GetBlobContainerClient(Container));
        _keys = new BlobTenantKeys(_calls);
    }

    public async Task<FileContent> PutAsync(string tenant, Stream content, CancellationToken cancellationToken = default)
    {
        var key = await _keys.GetAsync(tenant, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BlobCalls.BlockBytes);
        try
        {
            var first = buffer.AsMemory(0, BlobCalls.BlockBytes);
            var filled = await content.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken);
            return filled < first.Length
                ? await PutSmallAsync(tenant, key, first[..filled], cancellationToken)
                : await PutLargeAsync(tenant, key, first, content, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async ValueTask<Stream?> OpenAsync(string tenant, string name, long offset, long length, CancellationToken cancellationToken = default)
    {
        if (!BlobNames.IsNameOf(tenant, name) || await _calls.FindAsync(name, cancellationToken) is not { } found) return null;
        // A range of no bytes is none for the service.
        if (length == 0 || offset >= SizeOf(found)) return Stream.Null;
        var at = found.Metadata.TryGetValue(At, out var upload) ? upload : name;
        return (await _calls.DownloadAsync(at, new HttpRange(offset, length), cancellationToken))?.Content;
    }

    public async IAsyncEnumerable<string> ListAsync(string tenant, DateTimeOffset putSince, DateTimeOffset putBefore, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in _calls.ListAsync($"{BlobNames.FolderOf(tenant)}/", cancellationToken))
            if (blob.Properties.LastModified >= putSince && blob.Properties.LastModified < putBefore) yield return blob.Name;
    }

    public async Task<bool> DeleteAsync(string tenant, string name, DateTimeOffset putBefore, CancellationToken cancellationToken = default)
    {
        if (!BlobNames.IsNameOf(tenant, name)) return false;
        if (await _calls.FindAsync(name, cancellationToken) is not { } found) return true;
        if (found.LastModified >= putBefore || !await _calls.DeleteAsync(name, found.ETag, cancellationToken)) return false;
        // What a crash leaves between the two has no name any more.
        if (found.Metadata.TryGetValue(At, out var upload)) await _calls.DeleteAsync(upload, ifMatch: null, cancellationToken);
        return true;
    }

    public async Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        await foreach (var blob in _calls.ListAsync(Uploads, cancellationToken))
        {
            if (blob.Properties.LastModified >= before || blob.Properties.LastModified < before - UnnamedFor) continue;
            if (await _calls.FindAsync(blob.Name, cancellationToken) is not { } upload || await HasNameAsync(upload, blob.Name, cancellationToken)) continue;
            await _calls.DeleteAsync(blob.Name, upload.ETag, cancellationToken);
        }
    }

    private async Task<bool> HasNameAsync(BlobProperties upload, string at, CancellationToken cancellationToken) =>
        await _calls.FindAsync(upload.Metadata[NameOf], cancellationToken) is { } named && named.Metadata.TryGetValue(At, out var there) && there == at;

    private async Task<FileContent> PutSmallAsync(string tenant, byte[] key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(content.Span);
        var name = BlobNames.Of(tenant, key, hash);
        var metadata = Metadata(content.Length);
        while (!await _calls.CreateAsync(name, content, metadata, null, cancellationToken) && await TouchAsync(name, cancellationToken) is null) { }
        return new FileContent(name, content.Length, Convert.ToHexStringLower(hash));
    }

    private async Task<FileContent> PutLargeAsync(string tenant, byte[] key, Memory<byte> block, Stream content, CancellationToken cancellationToken)
    {
        var upload = $"{Uploads}{BlobNames.FolderOf(tenant)}/{Guid.CreateVersion7():N}";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (size, blocks) = (0L, 0);
        for (var filled = block.Length; filled > 0; filled = await content.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken))
        {
            hash.AppendData(block.Span[..filled]);
            await _calls.StageAsync(upload, blocks++, block[..filled], cancellationToken);
            size += filled;
        }

        var sha256 = hash.GetHashAndReset();
        var name = BlobNames.Of(tenant, key, sha256);
        if (await TouchAsync(name, cancellationToken) is null) await NameAsync(name, upload, blocks, size, cancellationToken);
        return new FileContent(name, size, Convert.ToHexStringLower(sha256));
    }

    /// <summary>Commits an upload, and has its name lead to it, unless that leads to another one with the same content by now.</summary>
    private async Task NameAsync(string name, string upload, int blocks, long size, CancellationToken cancellationToken)
    {
        await _calls.CommitAsync(upload, blocks, new Dictionary<string, string> { [NameOf] = name }, cancellationToken);
        var metadata = Metadata(size);
        metadata[At] = upload;
        while (!await _calls.CreateAsync(name, default, metadata, null, cancellationToken))
        {
            // Deleted between the two: it is made again.
            if (await TouchAsync(name, cancellationToken) is not { } there) continue;
            // A repeat of our own request, whose answer was lost, finds what it made.
            if (there != upload) await _calls.DeleteAsync(upload, ifMatch: null, cancellationToken);
            return;
        }
    }

    /// <summary>Keeps sweeps away from a content until the commit that names it.</summary>
    /// <returns>Where its bytes are; null: there is none of this name.</returns>
    private async Task<string?> TouchAsync(string name, CancellationToken cancellationToken)
    {
        if (await _calls.FindAsync(name, cancellationToken) is not { } found || !await _calls.TouchAsync(name, found.Metadata, cancellationToken)) return null;
        return found.Metadata.TryGetValue(At, out var upload) ? upload : name;
    }

    private static Dictionary<string, string> Metadata(long size) => new() { [Size] = size.ToString(CultureInfo.InvariantCulture) };

    private static long SizeOf(BlobProperties found) => long.Parse(found.Metadata[Size], CultureInfo.InvariantCulture);
}
