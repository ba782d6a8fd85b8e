using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>The files that a run may read and make. What it makes goes with its execution, unless someone keeps it.</summary>
public interface IRunFiles
{
    /// <summary>Makes a file of a stream, never whole in memory. Durable when it returns.</summary>
    /// <param name="name">What it is called; made fit if it cannot be a file's name.</param>
    /// <param name="mimeType">As it was told; what is no media type becomes application/octet-stream.</param>
    /// <returns>What items carry.</returns>
    /// <exception cref="NodeException">It cannot be stored now, which trying again may change.</exception>
    /// <remarks>What the stream itself throws comes through as it is.</remarks>
    Task<BinaryReference> SaveAsync(string name, string mimeType, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens a file that an item carries. Its name, type and size are those of the store, whatever the item says. The caller disposes it.</summary>
    /// <exception cref="NodeException">FILE_MISSING: there is none, or it was deleted; or it cannot be read now.</exception>
    Task<OpenedFile> OpenAsync(string fileId, CancellationToken cancellationToken);
}

/// <summary>A file that is being read.</summary>
public sealed record OpenedFile(BinaryReference File, Stream Content) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
