using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Blobs;

/// <summary>
/// The few calls that the stores make of Blob Storage. Blobs are written in blocks, which nobody sees before they are committed as a list, and
/// only where there is none. What the service cannot do now is a <see cref="StoreUnavailableException"/>, after the client's own tries.
/// </summary>
internal sealed class BlobCalls(BlobContainerClient container)
{
    /// <summary>Of each block, and what of an upload is in memory at once.</summary>
    public const int BlockBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    public BlockBlobClient Blob(string name) => container.GetBlockBlobClient(name);

    /// <summary>How the client is to try again: throttling and faults of the network, within a time that a caller of ours can wait.</summary>
    public static BlobClientOptions Options(BlobClientOptions? options = null)
    {
        options ??= new BlobClientOptions();
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 4;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(60);
        options.Diagnostics.IsLoggingContentEnabled = false;
        return options;
    }

    /// <summary>Writes a blob, block by block.</summary>
    /// <returns>False: there is one of this name.</returns>
    public Task<bool> CreateAsync(string name, ReadOnlyMemory<byte> content, IDictionary<string, string> metadata, string? encoding, CancellationToken cancellationToken) =>
        InContainerAsync(async () =>
        {
            var blob = Blob(name);
            var blocks = new List<string>();
            for (var at = 0; at < content.Length; at += BlockBytes)
            {
                blocks.Add(BlockId(blocks.Count));
                await blob.StageBlockAsync(blocks[^1], new ReadOnlyStream(content.Slice(at, Math.Min(BlockBytes, content.Length - at))), cancellationToken: cancellationToken);
            }

            return await CommitAsync(blob, blocks, metadata, encoding, cancellationToken);
        }, cancellationToken);

    /// <summary>Adds a block that nobody sees yet.</summary>
    public Task StageAsync(string name, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => InContainerAsync(async () =>
    {
        await Blob(name).StageBlockAsync(BlockId(number), new ReadOnlyStream(content), cancellationToken: cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Makes a blob of the blocks that were staged.</summary>
    /// <returns>False: there is one of this name.</returns>
    public Task<bool> CommitAsync(string name, int blocks, IDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        AskAsync(() => CommitAsync(Blob(name), [.. Enumerable.Range(0, blocks).Select(BlockId)], metadata, null, cancellationToken));

    /// <returns>Null: there is no such blob.</returns>
    public async Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(async () => (await Blob(name).GetPropertiesAsync(cancellationToken: cancellationToken)).Value);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Makes a blob's time of change now.</summary>
    /// <returns>False: it is gone.</returns>
    public async Task<bool> TouchAsync(string name, IDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(async () => await Blob(name).SetMetadataAsync(metadata, cancellationToken: cancellationToken));
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false;
        }
    }

    /// <returns>The rest of the blob from there on; null: there is none of this name.</returns>
    public async Task<BlobDownloadStreamingResult?> DownloadAsync(string name, HttpRange range, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(async () => (await Blob(name).DownloadStreamingAsync(new BlobDownloadOptions { Range = range }, cancellationToken)).Value);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <param name="ifMatch">Null: whatever is there.</param>
    /// <returns>False: it is another one by now.</returns>
    public async Task<bool> DeleteAsync(string name, ETag? ifMatch, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(async () => await Blob(name).DeleteAsync(conditions: ifMatch is null ? null : new BlobRequestConditions { IfMatch = ifMatch }, cancellationToken: cancellationToken));
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            return false;
        }
    }

    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var items = container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(items)) yield return items.Current;
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<BlobItem> items)
    {
        try
        {
            return await AskAsync(async () => await items.MoveNextAsync());
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // No container: nothing was ever put.
            return false;
        }
    }

    private static async Task<bool> CommitAsync(BlockBlobClient blob, IReadOnlyList<string> blocks, IDictionary<string, string> metadata, string? encoding, CancellationToken cancellationToken)
    {
        try
        {
            await blob.CommitBlockListAsync(blocks, new CommitBlockListOptions
            {
                Metadata = metadata,
                HttpHeaders = new BlobHttpHeaders { ContentType = "application/octet-stream", ContentEncoding = encoding },
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            }, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode is "BlobAlreadyExists" or "ConditionNotMet" or "TargetConditionNotMet" or "InvalidBlockList")
        {
            // The last: someone else's commit of the same name took our blocks with it.
            return false;
        }
    }

    /// <summary>Makes the container where it is missing, which outside of development it is not.</summary>
    private async Task<bool> InContainerAsync(Func<Task<bool>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(call);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await AskAsync(async () => await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken));
            return await AskAsync(call);
        }
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException e) when (e.Status is 0 or 401 or 403 or 408 or 429 or >= 500)
        {
            throw Unavailable(e, e.GetRawResponse());
        }
        catch (AggregateException e) when (e.InnerExceptions.All(i => i is RequestFailedException or IOException or OperationCanceledException))
        {
            // Each of the client's tries failed, and not with an answer.
            throw Unavailable(e, null);
        }
        catch (AuthenticationFailedException e)
        {
            throw Unavailable(e, null);
        }
        catch (TaskCanceledException e) when (!e.CancellationToken.IsCancellationRequested)
        {
            throw Unavailable(e, null);
        }
    }

    private static StoreUnavailableException Unavailable(Exception e, Response? response)
    {
        var asked = response?.Headers.TryGetValue("Retry-After", out var text) == true && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : RetryAfter;
        return new StoreUnavailableException($"Blob Storage cannot take this now: {e.Message.Split('\n')[0]}", asked, e);
    }

    /// <summary>All of one length, as the service wants it.</summary>
    private static string BlockId(int number) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(number.ToString("D8", CultureInfo.InvariantCulture)));

    /// <summary>Bytes at hand as a stream, without a copy.</summary>
    private sealed class ReadOnlyStream(ReadOnlyMemory<byte> bytes) : Stream
    {
        private int _position;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => bytes.Length;
        public override long Position { get => _position; set => _position = checked((int)value); }

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, bytes.Length - _position);
            bytes.Span.Slice(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

        public override long Seek(long offset, SeekOrigin origin) =>
            Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => bytes.Length + offset };

        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
