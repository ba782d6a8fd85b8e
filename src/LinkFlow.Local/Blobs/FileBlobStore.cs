using System.Security.Cryptography;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Blobs;

/// <summary>
/// Blobs as files: <c>blobs/tenant/ab/abcdef…</c>, named by the HMAC of their content with the tenant's key, so that
/// nobody can tell from a name what is in it, and tenants share nothing. A blob is never changed.
/// </summary>
public sealed class FileBlobStore : IBlobStore
{
    private const int Stripes = 64;

    private readonly string _root;
    private readonly TenantKeys _keys;
    private readonly TimeProvider _time;

    /// <summary>Held while a file is put in place or deleted, so that the sweep never deletes what was just put again.</summary>
    private readonly Lock[] _locks = [.. Enumerable.Range(0, Stripes).Select(_ => new Lock())];

    internal FileBlobStore(string root, TenantKeys keys, TimeProvider time)
    {
        _root = root;
        _keys = keys;
        _time = time;
    }

    public async ValueTask<string> PutAsync(string tenant, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var key = await _keys.GetAsync(tenant, cancellationToken);
        var name = $"{BlobFiles.FolderOf(tenant)}/{Convert.ToHexStringLower(HMACSHA256.HashData(key, content.Span))}";
        try
        {
            Place(name, content);
            return name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"Nothing can be written to the folder of blobs: {e.Message}", TimeSpan.FromSeconds(2), e);
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string tenant, string name, CancellationToken cancellationToken = default)
    {
        if (!BlobFiles.IsNameOf(tenant, name)) return null;
        try
        {
            return await File.ReadAllBytesAsync(BlobFiles.PathOf(_root, name), cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The names of all blobs, in no order; those that come meanwhile may be missing.</summary>
    internal IEnumerable<string> List() => BlobFiles.List(_root);

    /// <summary>Deletes what was left half-written by a process that died before that time.</summary>
    internal void DeleteTemporary(DateTimeOffset before)
    {
        foreach (var path in BlobFiles.ListTemporary(_root))
        {
            if (File.GetLastWriteTimeUtc(path) < before.UtcDateTime) File.Delete(path);
        }
    }

    /// <summary>Deletes a blob that was not put again after <paramref name="putBefore"/>, if it is still wanted by nobody.</summary>
    /// <param name="isWanted">Asked while nobody can put it.</param>
    /// <returns>True: it is gone.</returns>
    internal bool DeleteUnlessPut(string name, DateTimeOffset putBefore, Func<bool> isWanted)
    {
        var path = BlobFiles.PathOf(_root, name);
        lock (LockOf(name))
        {
            if (!File.Exists(path)) return true;
            if (File.GetLastWriteTimeUtc(path) >= putBefore.UtcDateTime || isWanted()) return false;
            File.Delete(path);
            return true;
        }
    }

    private void Place(string name, ReadOnlyMemory<byte> content)
    {
        var path = BlobFiles.PathOf(_root, name);
        var folder = Path.GetDirectoryName(path)!;
        if (TouchExisting(name, path))
        {
            // Whoever put it may not have come to this yet.
            FolderSync.Sync(folder);
            return;
        }

        BlobFiles.CreateDurably(_root, folder);
        var temporary = Path.Combine(folder, $"{Guid.CreateVersion7():N}.tmp");
        try
        {
            BlobFiles.WriteDurably(temporary, content.Span);
            File.SetLastWriteTimeUtc(temporary, _time.GetUtcNow().UtcDateTime);
            lock (LockOf(name)) File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FolderSync.Sync(folder);
    }

    /// <summary>A new time keeps the sweep away until the commit that refers to it.</summary>
    private bool TouchExisting(string name, string path)
    {
        lock (LockOf(name))
        {
            if (!File.Exists(path)) return false;
            File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
            return true;
        }
    }

    private Lock LockOf(string name) => _locks[(uint)string.GetHashCode(name, StringComparison.Ordinal) % Stripes];
}
