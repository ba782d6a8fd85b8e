using LinkFlow.Local.Sqlite;

namespace LinkFlow.Local.Blobs;

/// <summary>
/// Finds blobs that no execution refers to: one is marked when it is first found so, and deleted a day later if it
/// still is. What was put meanwhile is kept: its commit may be on the way.
/// </summary>
internal sealed class BlobSweep(FileBlobStore blobs, SqliteWriter writer, SqliteReaders readers, TimeProvider time)
{
    /// <summary>How long a marked blob is kept.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    private const int BlobsPerCommit = 500;

    private static readonly Sql Look = new("SELECT EXISTS(SELECT 1 FROM blob_refs WHERE blob = ?1), (SELECT since FROM blob_marks WHERE blob = ?1)");
    private static readonly Sql Mark = new("INSERT INTO blob_marks(blob, since) VALUES(?1, ?2) ON CONFLICT DO NOTHING");
    private static readonly Sql Unmark = new("DELETE FROM blob_marks WHERE blob = ?1");

    /// <returns>How many were deleted.</returns>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        long deleted = 0;
        blobs.DeleteTemporary(time.GetUtcNow() - Grace);
        foreach (var names in blobs.List().Chunk(BlobsPerCommit))
        {
            var now = time.GetUtcNow();
            var found = await readers.ReadAsync(session => names.Select(name => Find(session, name)).ToList(), cancellationToken);
            var forgotten = new List<string>();
            foreach (var blob in found.Where(b => !b.IsWanted && b.MarkedSince <= (now - Grace).ToUnixTimeMilliseconds()))
            {
                if (!await DeleteAsync(blob.Name, now - Grace, cancellationToken)) continue;
                forgotten.Add(blob.Name);
                deleted++;
            }

            forgotten.AddRange(found.Where(b => b.IsWanted && b.MarkedSince is not null).Select(b => b.Name));
            var marked = found.Where(b => !b.IsWanted && b.MarkedSince is null).Select(b => b.Name).ToList();
            if (forgotten.Count + marked.Count > 0) await WriteAsync(marked, forgotten, now, cancellationToken);
        }

        return deleted;
    }

    private static Blob Find(SqliteSession session, string name)
    {
        var row = session.Prepare(Look).Bind(1, name);
        row.Step();
        return new Blob(name, row.GetInt64(0) != 0, row.GetInt64OrNull(1));
    }

    /// <summary>On the writer's thread: a reference cannot be committed between the last look and the deletion.</summary>
    private Task<bool> DeleteAsync(string name, DateTimeOffset putBefore, CancellationToken cancellationToken) =>
        writer.WriteWhenIdleAsync(session => blobs.DeleteUnlessPut(name, putBefore, () => Find(session, name).IsWanted), cancellationToken);

    private Task<bool> WriteAsync(List<string> marked, List<string> forgotten, DateTimeOffset now, CancellationToken cancellationToken) =>
        writer.WriteWhenIdleAsync(session =>
        {
            foreach (var name in marked) session.Prepare(Mark).Bind(1, name).Bind(2, now.ToUnixTimeMilliseconds()).Run();
            foreach (var name in forgotten) session.Prepare(Unmark).Bind(1, name).Run();
            return true;
        }, cancellationToken);

    private readonly record struct Blob(string Name, bool IsWanted, long? MarkedSince);
}
