using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using LinkFlow.Local.Blobs;
using LinkFlow.Platform.Ports;
using Microsoft.Win32.SafeHandles;

namespace LinkFlow.Local.Files;

/// <summary>
/// The bytes of files on the disk: <c>files/tenant/ab/abcdef…</c>, named by the HMAC of their SHA-256 with the tenant's key. What is being
/// written has another name, gets this one when it is whole and synced, and never changes afterwards.
/// </summary>
public sealed class LocalFileContents : IFileContents
{
    private const int BufferBytes = 128 * 1024;
    private const int Stripes = 64;

    private readonly string _root;
    private readonly TenantKeys _keys;
    private readonly TimeProvider _time;

    /// <summary>Held while a content is put in place or deleted, so that nothing is deleted that was just put again.</summary>
    private readonly Lock[] _locks = [.. Enumerable.Range(0, Stripes).Select(_ => new Lock())];

    internal LocalFileContents(string root, TenantKeys keys, TimeProvider time)
    {
        _root = root;
        _keys = keys;
        _time = time;
    }

    public async Task<FileContent> PutAsync(string tenant, Stream content, CancellationToken cancellationToken = default)
    {
        var key = await _keys.GetAsync(tenant, cancellationToken);
        var folder = Path.Combine(_root, BlobFiles.FolderOf(tenant));
        var temporary = Path.Combine(folder, $"{Guid.CreateVersion7():N}.tmp");
        try
        {
            var (size, hash) = await WriteAsync(folder, temporary, content, cancellationToken);
            var name = $"{BlobFiles.FolderOf(tenant)}/{Convert.ToHexStringLower(HMACSHA256.HashData(key, hash))}";
            Write(() => Place(temporary, name));
            return new FileContent(name, size, Convert.ToHexStringLower(hash));
        }
        finally
        {
            // Gone already when all went well.
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    public ValueTask<Stream?> OpenAsync(string tenant, string name, long offset, long length, CancellationToken cancellationToken = default)
    {
        if (!BlobFiles.IsNameOf(tenant, name)) return new((Stream?)null);
        try
        {
            var file = new FileStream(BlobFiles.PathOf(_root, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
            file.Position = offset;
            return new(new PartOfFile(file, length));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new((Stream?)null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"A file cannot be read: {e.Message}", TimeSpan.FromSeconds(2), e);
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string tenant, DateTimeOffset putSince, DateTimeOffset putBefore, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        var folder = BlobFiles.FolderOf(tenant) + "/";
        foreach (var name in BlobFiles.List(_root))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!name.StartsWith(folder, StringComparison.Ordinal)) continue;
            var putAt = File.GetLastWriteTimeUtc(BlobFiles.PathOf(_root, name));
            if (putAt >= putSince.UtcDateTime && putAt < putBefore.UtcDateTime) yield return name;
        }
    }

    public Task<bool> DeleteAsync(string tenant, string name, DateTimeOffset putBefore, CancellationToken cancellationToken = default)
    {
        if (!BlobFiles.IsNameOf(tenant, name)) return Task.FromResult(false);
        var path = BlobFiles.PathOf(_root, name);
        var isGone = false;
        Write(() =>
        {
            lock (LockOf(name))
            {
                if (File.Exists(path) && File.GetLastWriteTimeUtc(path) >= putBefore.UtcDateTime) return;
                if (File.Exists(path)) File.Delete(path);
                isGone = true;
            }
        });
        return Task.FromResult(isGone);
    }

    public Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        Write(() =>
        {
            foreach (var path in BlobFiles.ListTemporary(_root))
                if (File.GetLastWriteTimeUtc(path) < before.UtcDateTime) File.Delete(path);
        });
        return Task.CompletedTask;
    }

    /// <summary>What the stream throws comes through; what the disk throws says that nothing can be stored.</summary>
    private async Task<(long Size, byte[] Hash)> WriteAsync(string folder, string temporary, Stream content, CancellationToken cancellationToken)
    {
        SafeFileHandle? file = null;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Write(() =>
            {
                BlobFiles.CreateDurably(_root, folder);
                file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            });
            var size = 0L;
            for (int read; (read = await FillAsync(content, buffer, cancellationToken)) > 0; size += read)
            {
                hash.AppendData(buffer, 0, read);
                var (at, count) = (size, read);
                Write(() => RandomAccess.Write(file!, buffer.AsSpan(0, count), at));
            }

            Write(() =>
            {
                RandomAccess.FlushToDisk(file!);
                file!.Dispose();
                File.SetLastWriteTimeUtc(temporary, _time.GetUtcNow().UtcDateTime);
            });
            return (size, hash.GetHashAndReset());
        }
        finally
        {
            file?.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Fills the buffer as far as the stream goes: requests come in small pieces, and the disk takes large ones better.</summary>
    private static async Task<int> FillAsync(Stream content, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        for (int read; filled < buffer.Length && (read = await content.ReadAsync(buffer.AsMemory(filled), cancellationToken)) > 0;) filled += read;
        return filled;
    }

    private void Place(string temporary, string name)
    {
        var path = BlobFiles.PathOf(_root, name);
        var folder = Path.GetDirectoryName(path)!;
        BlobFiles.CreateDurably(_root, folder);
        lock (LockOf(name))
        {
            // A new time keeps the sweep away until the commit that names it.
            if (File.Exists(path)) File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
            else File.Move(temporary, path);
        }

        // Also where it was there: whoever put it may not have come to this yet.
        FolderSync.Sync(folder);
    }

    private static void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"Nothing can be written to the folder of files: {e.Message}", TimeSpan.FromSeconds(2), e);
        }
    }

    private Lock LockOf(string name) => _locks[(uint)string.GetHashCode(name, StringComparison.Ordinal) % Stripes];
}
