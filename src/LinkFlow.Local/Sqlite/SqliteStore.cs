using LinkFlow.Local.Blobs;
using LinkFlow.Local.Events;
using LinkFlow.Local.Files;
using LinkFlow.Local.Secrets;
using LinkFlow.Local.Sqlite.Documents;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Sqlite;

/// <summary>All that is stored on one machine: one database file and a folder of blobs. Opening it checks and migrates the file.</summary>
public sealed class SqliteStore : IDisposable
{
    private readonly SqliteReaders _readers;

    private SqliteStore(SqliteWriter writer, SqliteReaders readers, StorePositions positions, DataFolder folder, TimeProvider time)
    {
        Writer = writer;
        _readers = readers;
        var documents = new DocumentWrites(positions, time);
        var deletion = new ExecutionDeletion(positions);
        Documents = new SqliteDocumentStore(writer, readers, documents, time);
        Journal = new JournalStore(writer, readers, new JournalWrites(positions, documents, time), deletion);
        Outbox = new Outbox(writer, readers, positions);
        var keys = new TenantKeys(writer, readers);
        Blobs = new FileBlobStore(folder.BlobsPath, keys, time);
        Files = new LocalFileContents(folder.FilesPath, keys, time);
        EventPositions = new EventPositions(writer, readers, positions);
        Secrets = new SecretRows(writer, readers);
        Housekeeping = new Housekeeping(writer, readers, documents, deletion, Blobs, time);
    }

    public SqliteWriter Writer { get; }
    internal SqliteReaders Readers => _readers;
    public SqliteDocumentStore Documents { get; }
    public JournalStore Journal { get; }
    public Outbox Outbox { get; }
    public EventPositions EventPositions { get; }
    public FileBlobStore Blobs { get; }
    public LocalFileContents Files { get; }
    public SecretRows Secrets { get; }
    public Housekeeping Housekeeping { get; }

    /// <summary>Why nothing can be written now; null: writing works.</summary>
    public StoreUnavailableException? Fault => Writer.Fault;

    /// <exception cref="StoreDamagedException">The file is damaged, of a newer version, or of another program.</exception>
    /// <exception cref="StoreUnavailableException">The file cannot be opened or written.</exception>
    public static SqliteStore Open(DataFolder folder, StoreOptions options, TimeProvider time, ILogger log)
    {
        var path = folder.DatabasePath;
        SqliteWriter? writer = null;
        try
        {
            var positions = DatabaseFile.Prepare(path, options, log);
            writer = new SqliteWriter(() => DatabaseFile.OpenForWriting(path, options), new WriteAccess(folder.Path, path), options, log);
            var readers = new SqliteReaders(() => DatabaseFile.OpenForReading(path, options), options.Readers, log);
            return new SqliteStore(writer, readers, positions, folder, time);
        }
        catch (SqliteFaultException e)
        {
            writer?.Dispose();
            throw e.IsDamage ? StoreDamagedException.At(path, e.Message, e) : e.ToUnavailable();
        }
    }

    /// <summary>Measures a read; for health checks.</summary>
    /// <exception cref="StoreUnavailableException">Reading does not work.</exception>
    public ValueTask<long> PingAsync(CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session => session.QueryNumber("SELECT count(*) FROM marks") ?? 0, cancellationToken);

    /// <summary>Commits what was accepted, and closes the file.</summary>
    public void Dispose()
    {
        Writer.Stop();
        _readers.Dispose();
        Writer.Dispose();
    }
}
