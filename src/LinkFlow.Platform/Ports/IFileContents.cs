namespace LinkFlow.Platform.Ports;

/// <summary>
/// The bytes of files, named by tenant and content, so that a tenant keeps equal ones once. Which of them are wanted is for
/// whoever keeps the files' documents to know: what nobody refers to is found by <see cref="ListAsync"/> and deleted.
/// </summary>
public interface IFileContents
{
    /// <summary>Takes a stream to its end, never whole in memory. Durable when it returns; until then nothing of it can be seen, whatever crashes.</summary>
    /// <exception cref="StoreUnavailableException">No space, read-only, throttled or out of reach; nothing of it is kept.</exception>
    /// <remarks>What the stream itself throws comes through as it is.</remarks>
    Task<FileContent> PutAsync(string tenant, Stream content, CancellationToken cancellationToken = default);

    /// <summary>Opens a part of a content. The caller disposes the stream, which need not be able to seek.</summary>
    /// <param name="offset">Where to begin, 0 to the content's size.</param>
    /// <param name="length">How many bytes at most; the stream ends behind them.</param>
    /// <returns>Null: there is no such content in this tenant.</returns>
    /// <exception cref="StoreUnavailableException">It cannot be read now.</exception>
    ValueTask<Stream?> OpenAsync(string tenant, string name, long offset, long length, CancellationToken cancellationToken = default);

    /// <summary>The names of a tenant's contents that were last put within a time, in no order.</summary>
    IAsyncEnumerable<string> ListAsync(string tenant, DateTimeOffset putSince, DateTimeOffset putBefore, CancellationToken cancellationToken = default);

    /// <summary>Deletes a content, unless it was put, or put again, since that time.</summary>
    /// <returns>True: it is gone.</returns>
    Task<bool> DeleteAsync(string tenant, string name, DateTimeOffset putBefore, CancellationToken cancellationToken = default);

    /// <summary>Deletes what was left by processes that died while they were taking a stream.</summary>
    Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default);
}

/// <param name="Name">Opaque; the same for the same bytes in the same tenant.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record FileContent(string Name, long Size, string Sha256);
