using System.Runtime.CompilerServices;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Files;

/// <summary>What can be done with files; the only door to them for other modules. A content is durable before a document names it.</summary>
public sealed class FileService(IDocumentStore store, IFileContents contents, LinkFlowOptions options, TimeProvider clock)
{
    private const int MaxTries = 3;

    /// <summary>Executions that one file remembers; of more the newest, which end last.</summary>
    private const int MostRuns = 10;

    /// <summary>The largest file.</summary>
    internal long FileBytes => options.Limits.FileBytes;

    /// <summary>Stores a content that no file names yet.</summary>
    /// <param name="field">The form's field that it came in; null: none.</param>
    /// <exception cref="StoreUnavailableException">It cannot be stored now.</exception>
    public async Task<NewFile> TakeAsync(string tenant, string name, string mimeType, Stream content, string? field, CancellationToken cancellationToken) =>
        new(Ids.Next(), name, mimeType, await contents.PutAsync(tenant, content, cancellationToken), field);

    /// <summary>Makes files that are kept until someone deletes them, all of them or none.</summary>
    /// <param name="with">Adds what must become durable together with them.</param>
    public async Task<IReadOnlyList<StoredFile>> CreateAsync(
        Principal principal, IReadOnlyList<NewFile> taken, Action<UnitOfWork, IReadOnlyList<StoredFile>> with, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        List<StoredFile> files = [.. taken.Select(t => Document(t, now) with { CreatedBy = principal.Id })];
        var work = new UnitOfWork(principal.Tenant);
        foreach (var file in files) file.Put(work, expected: 0);
        with(work, files);
        await store.CommitAsync(work, cancellationToken);
        return files;
    }

    /// <summary>Makes files that go with an execution. It need not have begun: files of one that never does are swept away.</summary>
    public async Task CreateForRunAsync(string tenant, string executionId, IReadOnlyList<NewFile> taken, CancellationToken cancellationToken)
    {
        if (taken.Count == 0) return;
        var now = clock.GetUtcNow();
        var work = new UnitOfWork(tenant);
        foreach (var one in taken) (Document(one, now) with { ExecutionId = executionId, Runs = [executionId] }).Put(work, expected: 0);
        await store.CommitAsync(work, cancellationToken);
    }

    /// <returns>Null: there is none, or it is another tenant's.</returns>
    public async ValueTask<StoredFile?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        Ids.IsId(id) && await store.GetAsync(tenant, StoredFile.Type, id, cancellationToken) is { } document ? StoredFile.FromDocument(document.Body) : null;

    /// <exception cref="ApiException">404.</exception>
    public async Task<(StoredFile File, long ETag)> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var document = (Ids.IsId(id) ? await store.GetAsync(tenant, StoredFile.Type, id, cancellationToken) : null) ?? throw ApiException.NotFound("file", id);
        return (StoredFile.FromDocument(document.Body), document.ETag);
    }

    /// <summary>Files that are kept, or those that an execution made.</summary>
    /// <param name="name">Only those with this in their name, whatever the case; null: all.</param>
    public ValueTask<DocumentPage> ListAsync(string tenant, string? executionId, string? name, int limit, string? beforeId, CancellationToken cancellationToken) =>
        store.QueryAsync(
            new DocumentQuery(tenant, StoredFile.Type)
            {
                Where = executionId is null ? new Dictionary<string, string> { ["owner"] = StoredFile.Library } : new Dictionary<string, string> { ["executionId"] = executionId },
                Filter = name is null ? null : body => body["name"].AsString!.Contains(name, StringComparison.OrdinalIgnoreCase),
                Limit = limit,
                BeforeId = beforeId,
                ScanLimit = options.Limits.ScanDocuments,
            }, cancellationToken);

    /// <summary>Renames a file, says what it is, or keeps it beyond its execution.</summary>
    /// <param name="check">Throws if the ETag is not the expected one.</param>
    /// <exception cref="ApiException">404.</exception>
    public async Task<(StoredFile File, long ETag)> ChangeAsync(string tenant, string id, FileChange change, Action<long> check, CancellationToken cancellationToken)
    {
        var (file, etag) = await GetAsync(tenant, id, cancellationToken);
        check(etag);
        var changed = file with { Name = change.Name ?? file.Name, MimeType = change.MimeType ?? file.MimeType, Runs = change.Keep ? [] : file.Runs };
        if (changed.Name == file.Name && changed.MimeType == file.MimeType && changed.IsKept == file.IsKept) return (file, etag);
        var work = new UnitOfWork(tenant);
        changed.Put(work, etag);
        foreach (var run in file.Runs.Except(changed.Runs)) work.Delete(FileLink.Type, FileLink.IdOf(run, id));
        await store.CommitAsync(work, cancellationToken);
        return (changed, etag + 1);
    }

    /// <summary>Makes a content the newest of a file. The one before becomes a version; the oldest beyond the limit goes.</summary>
    /// <param name="with">Adds what must become durable together with it.</param>
    /// <exception cref="ApiException">404.</exception>
    public async Task<(StoredFile File, long ETag)> AddVersionAsync(
        string tenant, string id, NewFile taken, Action<long> check, Action<UnitOfWork, StoredFile, long> with, CancellationToken cancellationToken)
    {
        var (file, etag) = await GetAsync(tenant, id, cancellationToken);
        check(etag);
        var next = file with { Name = taken.Name, MimeType = taken.MimeType, Content = taken.Content, Version = file.Version + 1, UpdatedAt = clock.GetUtcNow() };
        var work = new UnitOfWork(tenant);
        next.Put(work, etag);
        FileVersion.Of(file).Put(work);
        await DropOldestAsync(work, next, cancellationToken);
        with(work, next, etag + 1);
        await store.CommitAsync(work, cancellationToken);
        return (next, etag + 1);
    }

    /// <exception cref="ApiException">404: no such file or version.</exception>
    public async Task<FileVersion> GetVersionAsync(string tenant, string id, int version, CancellationToken cancellationToken)
    {
        var (file, _) = await GetAsync(tenant, id, cancellationToken);
        if (version == file.Version) return FileVersion.Of(file);
        return await store.GetAsync(tenant, FileVersion.Type, FileVersion.IdOf(id, version), cancellationToken) is { } document
            ? FileVersion.FromDocument(document.Body)
            : throw ApiException.NotFound("version", $"{version} of file {id}");
    }

    /// <summary>All versions that are kept, newest first.</summary>
    /// <exception cref="ApiException">404.</exception>
    public async Task<IReadOnlyList<FileVersion>> ListVersionsAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var (file, _) = await GetAsync(tenant, id, cancellationToken);
        var versions = new List<FileVersion> { FileVersion.Of(file) };
        await foreach (var document in store.ReadAllAsync(VersionsOf(tenant, id), cancellationToken)) versions.Add(FileVersion.FromDocument(document.Body));
        return versions;
    }

    /// <summary>Deletes a file with all its versions. Their bytes go with a sweep a day later.</summary>
    /// <exception cref="ApiException">404.</exception>
    public async Task DeleteAsync(string tenant, string id, Action<long> check, CancellationToken cancellationToken)
    {
        var (file, etag) = await GetAsync(tenant, id, cancellationToken);
        check(etag);
        await DeleteAsync(tenant, file, etag, cancellationToken);
    }

    /// <summary>Opens a part of a content that a file or version names.</summary>
    /// <exception cref="ApiException">409: it is gone from the store.</exception>
    public async ValueTask<Stream> OpenAsync(string tenant, FileContent content, long offset, long length, CancellationToken cancellationToken) =>
        await contents.OpenAsync(tenant, content.Name, offset, length, cancellationToken)
        ?? throw ApiException.Conflict("The bytes of this file are not in the store any more. Restore them from a backup, or upload the file anew.");

    /// <summary>Opens a whole content.</summary>
    /// <returns>Null: it is gone from the store.</returns>
    public ValueTask<Stream?> TryOpenAsync(string tenant, FileContent content, CancellationToken cancellationToken) =>
        contents.OpenAsync(tenant, content.Name, 0, content.Size, cancellationToken);

    /// <summary>Has the files of an execution live as long as another one that goes on from it.</summary>
    public async Task ShareAsync(string tenant, string fromExecutionId, string withExecutionId, CancellationToken cancellationToken)
    {
        await foreach (var document in OfRunAsync(tenant, fromExecutionId, cancellationToken))
            await ChangeRunsAsync(document, runs => [.. runs.TakeLast(MostRuns - 1), withExecutionId], cancellationToken);
    }

    /// <summary>Deletes the files that go with an execution, save for those that another one has by now.</summary>
    public async Task DeleteOfRunAsync(string tenant, string executionId, CancellationToken cancellationToken)
    {
        await foreach (var document in OfRunAsync(tenant, executionId, cancellationToken))
            await ChangeRunsAsync(document, runs => [.. runs.Where(r => r != executionId)], cancellationToken);
    }

    /// <param name="change">Its executions → those that it is to have; none: it is deleted.</param>
    internal async Task ChangeRunsAsync(Document found, Func<IReadOnlyList<string>, IReadOnlyList<string>> change, CancellationToken cancellationToken)
    {
        for (var (document, tries) = (found, 1); ; tries++)
        {
            var file = StoredFile.FromDocument(document.Body);
            // Someone keeps it by now.
            if (file.IsKept) return;
            try
            {
                if (change(file.Runs) is { Count: > 0 } runs) await SaveRunsAsync(document, file, runs, cancellationToken);
                else await DeleteAsync(document.Tenant, file, document.ETag, cancellationToken);
                return;
            }
            catch (DocumentConflictException) when (tries < MaxTries)
            {
                if (await store.GetAsync(document.Tenant, StoredFile.Type, document.Id, cancellationToken) is not { } newer) return;
                document = newer;
            }
        }
    }

    private async Task SaveRunsAsync(Document document, StoredFile file, IReadOnlyList<string> runs, CancellationToken cancellationToken)
    {
        var work = new UnitOfWork(document.Tenant);
        (file with { Runs = runs }).Put(work, document.ETag);
        foreach (var added in runs.Except(file.Runs)) FileLink.Put(work, added, file.Id);
        foreach (var removed in file.Runs.Except(runs)) work.Delete(FileLink.Type, FileLink.IdOf(removed, file.Id));
        await store.CommitAsync(work, cancellationToken);
    }

    /// <summary>The files that an execution made, and those of others that it goes on with.</summary>
    private async IAsyncEnumerable<Document> OfRunAsync(string tenant, string executionId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var made = new DocumentQuery(tenant, StoredFile.Type) { Where = new Dictionary<string, string> { ["owner"] = executionId } };
        await foreach (var document in store.ReadAllAsync(made, cancellationToken)) yield return document;
        await foreach (var link in store.ReadAllAsync(FileLink.Of(tenant, executionId), cancellationToken))
            if (await store.GetAsync(tenant, StoredFile.Type, FileLink.FileOf(link.Body), cancellationToken) is { } document) yield return document;
    }

    /// <summary>More than one only after the limit was lowered, and then not all at once: a unit of work has bounds.</summary>
    private async Task DropOldestAsync(UnitOfWork work, StoredFile next, CancellationToken cancellationToken)
    {
        if (next.Version <= options.Limits.FileVersions) return;
        var id = FileVersion.IdOf(next.Id, next.Version - options.Limits.FileVersions);
        if (await store.GetAsync(work.Tenant, FileVersion.Type, id, cancellationToken) is not { } oldest) return;
        work.Delete(FileVersion.Type, id);
        FileLeftover.Note(work, [FileVersion.FromDocument(oldest.Body).Content.Name], clock.GetUtcNow());
    }

    private async Task DeleteAsync(string tenant, StoredFile file, long etag, CancellationToken cancellationToken)
    {
        var work = new UnitOfWork(tenant).Delete(StoredFile.Type, file.Id, etag);
        var left = new HashSet<string>(StringComparer.Ordinal) { file.Content.Name };
        await foreach (var version in store.ReadAllAsync(VersionsOf(tenant, file.Id), cancellationToken))
        {
            work.Delete(version.Type, version.Id);
            left.Add(FileVersion.FromDocument(version.Body).Content.Name);
        }

        foreach (var run in file.Runs) work.Delete(FileLink.Type, FileLink.IdOf(run, file.Id));
        FileLeftover.Note(work, left, clock.GetUtcNow());
        await store.CommitAsync(work, cancellationToken);
    }

    /// <summary>The character behind the slash ends the range.</summary>
    private static DocumentQuery VersionsOf(string tenant, string id) => new(tenant, FileVersion.Type) { FromId = $"{id}/", BeforeId = $"{id}0" };

    private static StoredFile Document(NewFile taken, DateTimeOffset now) => new()
    {
        Id = taken.Id, Name = taken.Name, MimeType = taken.MimeType, Content = taken.Content, CreatedAt = now, UpdatedAt = now, CreatedBy = null,
    };
}
