using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Files;

/// <summary>
/// Deletes what is left: files whose executions are gone, or were never started; contents that no file names; and what was being
/// written when a process died. It looks only where something can be left, so that its cost does not grow with what is kept.
/// </summary>
public sealed class FileSweep(IDocumentStore store, IFileContents contents, IExecutionHistory history, FileService files, LinkFlowOptions options, TimeProvider clock, ILogger<FileSweep> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>An execution that was not begun by then never will be.</summary>
    private static readonly TimeSpan StartGrace = TimeSpan.FromHours(24);

    /// <summary>Files are looked at this long for having no execution; those that a host which was down missed go with the retention.</summary>
    private static readonly TimeSpan StartWindow = TimeSpan.FromHours(24);

    /// <summary>Longer than it takes from a content's arrival to the commit that names it.</summary>
    private readonly TimeSpan _contentGrace = TimeSpan.FromSeconds(options.Limits.UploadSeconds) + TimeSpan.FromHours(1);

    /// <summary>How long a content is kept that no file names any more, and how long one is looked at that none ever did.</summary>
    private static readonly TimeSpan LeftoverGrace = TimeSpan.FromHours(24);

    /// <summary>One round over a tenant's files.</summary>
    /// <param name="isWhole">True: all contents are looked at, rather than those of the last day and those that a deletion left.</param>
    /// <returns>How many files and contents were deleted.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be read or written now.</exception>
    public async Task<(long Files, long Contents)> RunAsync(string tenant, bool isWhole, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await contents.DeleteUnfinishedAsync(now - _contentGrace, cancellationToken);
        var deleted = await SweepFilesAsync(tenant, now - StartGrace - StartWindow, now - StartGrace, cancellationToken)
            + await SweepFilesAsync(tenant, DateTimeOffset.UnixEpoch, now - TimeSpan.FromDays(options.Retention.Days), cancellationToken);
        var since = isWhole ? DateTimeOffset.UnixEpoch : now - _contentGrace - LeftoverGrace;
        var contentsDeleted = await SweepLeftoversAsync(tenant, now, cancellationToken) + await SweepContentsAsync(tenant, since, now - (isWhole ? LeftoverGrace : _contentGrace), cancellationToken);
        return (deleted, contentsDeleted);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            for (var isWhole = true; await timer.WaitForNextTickAsync(stoppingToken); isWhole = false) await RunSafelyAsync(isWhole, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task RunSafelyAsync(bool isWhole, CancellationToken cancellationToken)
    {
        try
        {
            var (deletedFiles, deletedContents) = await RunAsync(Tenants.Default, isWhole, cancellationToken);
            if (deletedFiles + deletedContents > 0) log.Swept(deletedFiles, deletedContents);
        }
        catch (StoreUnavailableException e)
        {
            log.NotSwept(e.Message);
        }
    }

    private async Task<long> SweepFilesAsync(string tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        var query = new DocumentQuery(tenant, StoredFile.Type) { FromId = Ids.FirstAt(from), BeforeId = Ids.FirstAt(to), Where = new Dictionary<string, string>([StoredFile.Bound]) };
        await foreach (var document in store.ReadAllAsync(query, cancellationToken))
        {
            var runs = StoredFile.FromDocument(document.Body).Runs;
            var wanted = new List<string>(runs.Count);
            foreach (var run in runs)
                if (await IsWantedAsync(tenant, run, known, cancellationToken)) wanted.Add(run);
            if (wanted.Count == runs.Count) continue;
            await files.ChangeRunsAsync(document, now => [.. now.Where(r => wanted.Contains(r) || !runs.Contains(r))], cancellationToken);
            if (wanted.Count == 0) deleted++;
        }

        return deleted;
    }

    /// <summary>An execution needs its files while it runs, and afterwards as long as its data is kept.</summary>
    private async ValueTask<bool> IsWantedAsync(string tenant, string executionId, Dictionary<string, bool> known, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(executionId, out var wanted)) return wanted;
        return known[executionId] = await history.FindAsync(tenant, executionId, cancellationToken) is { } execution && (!execution.IsFinished || execution.HasData);
    }

    private async Task<long> SweepLeftoversAsync(string tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        await foreach (var left in store.ReadAllAsync(new DocumentQuery(tenant, FileLeftover.Type) { Filter = body => FileLeftover.TimeOf(body) <= now - LeftoverGrace }, cancellationToken))
        {
            foreach (var name in FileLeftover.Read(left.Body))
                if (await DeleteUnnamedAsync(tenant, name, now - _contentGrace, cancellationToken)) deleted++;
            await store.CommitAsync(new UnitOfWork(tenant).Delete(left.Type, left.Id), cancellationToken);
        }

        return deleted;
    }

    private async Task<long> SweepContentsAsync(string tenant, DateTimeOffset putSince, DateTimeOffset putBefore, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        var left = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var note in store.ReadAllAsync(new DocumentQuery(tenant, FileLeftover.Type), cancellationToken)) left.UnionWith(FileLeftover.Read(note.Body));
        await foreach (var name in contents.ListAsync(tenant, putSince, putBefore, cancellationToken))
            // What a deletion left has its own time.
            if (!left.Contains(name) && await DeleteUnnamedAsync(tenant, name, putBefore, cancellationToken)) deleted++;
        return deleted;
    }

    /// <summary>What was put since then is kept: whoever did is about to name it.</summary>
    private async Task<bool> DeleteUnnamedAsync(string tenant, string name, DateTimeOffset putBefore, CancellationToken cancellationToken) =>
        !await IsNamedAsync(tenant, StoredFile.Type, name, cancellationToken)
        && !await IsNamedAsync(tenant, FileVersion.Type, name, cancellationToken)
        && await contents.DeleteAsync(tenant, name, putBefore, cancellationToken);

    private async ValueTask<bool> IsNamedAsync(string tenant, DocumentType type, string content, CancellationToken cancellationToken) =>
        (await store.QueryAsync(new DocumentQuery(tenant, type) { Where = new Dictionary<string, string> { ["content"] = content }, Limit = 1 }, cancellationToken)).Items.Count > 0;
}
