using LinkFlow.Local.Blobs;
using LinkFlow.Local.Tests.Sqlite;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Tests.Ports;

namespace LinkFlow.Local.Tests.Files;

public sealed class LocalBlobContractTests : BlobStoreContract, IAsyncLifetime
{
    private TestStore _test = null!;

    protected override IBlobStore Store => _test.Store.Blobs;

    public async Task InitializeAsync() => _test = await TestStore.OpenAsync();

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }
}

public sealed class LocalFileContractTests : FileContentsContract, IAsyncLifetime
{
    private TestStore _test = null!;

    protected override IFileContents Store => _test.Store.Files;
    protected override DateTimeOffset Now => _test.Clock.Now;

    public async Task InitializeAsync() => _test = await TestStore.OpenAsync();

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    protected override Task PassTimeAsync()
    {
        _test.Clock.Now += TimeSpan.FromSeconds(2);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task What_a_dying_process_left_half_written_is_cleared_away_later()
    {
        await Store.PutAsync("default", new MemoryStream([1]));
        var left = Path.Combine(_test.Folder.FilesPath, "default", "left.tmp");
        await File.WriteAllTextAsync(left, "half");
        File.SetLastWriteTimeUtc(left, _test.Clock.Now.UtcDateTime);

        await Store.DeleteUnfinishedAsync(_test.Clock.Now.AddSeconds(-1));
        Assert.True(File.Exists(left));
        await Store.DeleteUnfinishedAsync(_test.Clock.Now.AddSeconds(1));
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_makes_it_unavailable_and_leaves_nothing()
    {
        await Store.PutAsync("default", new MemoryStream([1]));
        Directory.Delete(_test.Folder.FilesPath, recursive: true);
        await File.WriteAllTextAsync(_test.Folder.FilesPath, "in the way");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.PutAsync("default", new MemoryStream([2])));
        Assert.Empty(BlobFiles.ListTemporary(_test.Folder.FilesPath));
    }

    [Fact]
    public async Task Nothing_half_written_is_left_by_a_stream_that_breaks_off()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync("default", new MemoryStream(new byte[10]), cancelled.Token));

        Assert.Empty(BlobFiles.ListTemporary(_test.Folder.FilesPath));
    }
}
