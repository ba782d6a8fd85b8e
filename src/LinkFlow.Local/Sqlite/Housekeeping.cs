using LinkFlow.Local.Blobs;
using LinkFlow.Local.Sqlite.Documents;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Sqlite;

/// <summary>What is cleaned up in the background: at most 500 rows a commit, and only while no user's write is waiting.</summary>
public sealed class Housekeeping
{
    /// <summary>Executions or documents deleted in one commit.</summary>
    public const int RowsPerCommit = 500;

    private const int LooksPerCommit = 5_000;

    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private readonly DocumentWrites _documents;
    private readonly ExecutionDeletion _deletion;
    private readonly FileBlobStore _blobs;
    private readonly TimeProvider _time;

    internal Housekeeping(SqliteWriter writer, SqliteReaders readers, DocumentWrites documents, ExecutionDeletion deletion, FileBlobStore blobs, TimeProvider time)
    {
        _writer = writer;
        _readers = readers;
        _documents = documents;
        _deletion = deletion;
        _blobs = blobs;
        _time = time;
    }

    /// <summary>Deletes executions that finished longer ago than this, with their events and data references.</summary>
    /// <returns>How many.</returns>
    public async Task<long> DeleteFinishedAsync(TimeSpan olderThan, CancellationToken cancellationToken = default)
    {
        var before = (_time.GetUtcNow() - olderThan).ToUnixTimeMilliseconds();
        long deleted = 0;
        for (var step = default(RetentionStep); !step.IsDone; deleted += step.Deleted)
        {
            var after = step.Last;
            step = await _writer.WriteWhenIdleAsync(
                session => _deletion.DeleteFinishedBefore(session, before, after, RowsPerCommit, LooksPerCommit), cancellationToken);
        }

        return deleted;
    }

    /// <summary>Deletes documents whose time is over.</summary>
    /// <returns>How many.</returns>
    public async Task<long> DeleteExpiredAsync(CancellationToken cancellationToken = default)
    {
        long deleted = 0;
        while (true)
        {
            var now = await _writer.WriteWhenIdleAsync(session => _documents.DeleteExpired(session, RowsPerCommit), cancellationToken);
            deleted += now;
            if (now < RowsPerCommit) return deleted;
        }
    }

    /// <summary>Marks blobs that no execution refers to, and deletes those that were marked 24 hours ago and are still not referred to.</summary>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="StoreUnavailableException">The folder cannot be read or changed now.</exception>
    public async Task<long> SweepBlobsAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await new BlobSweep(_blobs, _writer, _readers, _time).RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The folder of blobs cannot be swept: {e.Message}", TimeSpan.FromSeconds(5), e);
        }
    }
}
