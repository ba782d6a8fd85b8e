using LinkFlow.Engine.Executions;
using LinkFlow.Local.Blobs;
using LinkFlow.Local.Tests.Sqlite;
using LinkFlow.Platform.Ports;
using static LinkFlow.Local.Tests.Sqlite.TestStore;

namespace LinkFlow.Local.Tests.Blobs;

public sealed class FileBlobStoreTests : IAsyncLifetime
{
    private TestStore _test = null!;
    private FileBlobStore Blobs => _test.Store.Blobs;

    public async Task InitializeAsync() => _test = await OpenAsync();

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_blob_is_read_as_it_was_put_and_lies_in_its_tenants_folder()
    {
        var name = await Blobs.PutAsync(Tenant, Json("content"));

        Assert.Matches("^default/[0-9a-f]{64}$", name);
        Assert.Equal(Json("content"), (await Blobs.GetAsync(Tenant, name))!.Value.ToArray());
        Assert.Equal(Json("content"), await File.ReadAllBytesAsync(BlobFiles.PathOf(_test.Folder.BlobsPath, name)));
    }

    [Fact]
    public async Task The_same_content_has_one_name_per_tenant_and_survives_a_restart()
    {
        var (first, other) = (await Blobs.PutAsync(Tenant, Json("x")), await Blobs.PutAsync("other", Json("x")));
        _test.Reopen();

        Assert.Equal(first, await Blobs.PutAsync(Tenant, Json("x")));
        Assert.NotEqual(first.Split('/')[1], other.Split('/')[1]);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(_test.Folder.BlobsPath, Tenant), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_tenant_reads_only_its_own()
    {
        var name = await Blobs.PutAsync(Tenant, Json("x"));

        Assert.Null(await Blobs.GetAsync("other", name));
        Assert.NotNull(await Blobs.GetAsync(Tenant, name));
    }

    [Theory]
    [InlineData("default/../../linkflow.db")]
    [InlineData("default/0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("default/AAAA000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("")]
    public async Task A_name_that_is_none_leads_nowhere(string name) => Assert.Null(await Blobs.GetAsync(Tenant, name));

    [Theory]
    [InlineData("acme-1", "acme-1")]
    [InlineData("../x", "_2e_2e_2fx")]
    [InlineData("Ä_", "_c3_84_5f")]
    [InlineData("", "_")]
    public void A_tenants_folder_is_safe_and_its_own(string tenant, string folder) => Assert.Equal(folder, BlobFiles.FolderOf(tenant));

    [Fact]
    public async Task Many_who_put_the_same_content_at_once_all_succeed()
    {
        var names = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await Blobs.PutAsync(Tenant, new byte[100_000]))));

        Assert.Single(names.Distinct());
        Assert.Empty(BlobFiles.ListTemporary(_test.Folder.BlobsPath));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_makes_it_unavailable()
    {
        await Blobs.PutAsync(Tenant, Json("x"));
        Directory.Delete(_test.Folder.BlobsPath, recursive: true);
        await File.WriteAllTextAsync(_test.Folder.BlobsPath, "in the way");

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Blobs.PutAsync(Tenant, Json("y")));
        Assert.Null(await Blobs.GetAsync(Tenant, $"{Tenant}/{new string('0', 64)}"));
    }

    [Fact]
    public async Task A_blob_goes_a_day_after_the_last_execution_that_refers_to_it()
    {
        var (name, id) = (await Blobs.PutAsync(Tenant, Json("x")), NewId());
        await _test.Store.Journal.CommitAsync(First(id, Row(ExecutionStatus.Success)) with { Blobs = [name] });
        Assert.Equal((0, 0), (await SweepAfter(hours: 48), await SweepAfter(hours: 48)));

        await _test.Store.Journal.DeleteAsync(Tenant, id);

        Assert.Equal((0, 0, 1), (await SweepAfter(hours: 1), await SweepAfter(hours: 23), await SweepAfter(hours: 2)));
        Assert.Null(await Blobs.GetAsync(Tenant, name));
        Assert.Equal(0, await _test.NumberAsync("SELECT count(*) FROM blob_marks"));
    }

    [Fact]
    public async Task A_blob_that_is_put_or_referred_to_again_is_kept()
    {
        var (putAgain, referred) = (await Blobs.PutAsync(Tenant, Json("x")), await Blobs.PutAsync(Tenant, Json("y")));
        await SweepAfter(hours: 0);
        _test.Clock.Now += TimeSpan.FromHours(23);
        await Blobs.PutAsync(Tenant, Json("x"));
        await _test.Store.Journal.CommitAsync(First(NewId()) with { Blobs = [referred] });

        Assert.Equal(0, await SweepAfter(hours: 2));

        Assert.NotNull(await Blobs.GetAsync(Tenant, putAgain));
        Assert.NotNull(await Blobs.GetAsync(Tenant, referred));
    }

    [Fact]
    public async Task What_a_dying_process_left_half_written_is_cleared_away()
    {
        await Blobs.PutAsync(Tenant, Json("x"));
        var left = Path.Combine(_test.Folder.BlobsPath, Tenant, "left.tmp");
        await File.WriteAllTextAsync(left, "half");
        File.SetLastWriteTimeUtc(left, _test.Clock.Now.UtcDateTime);

        await SweepAfter(hours: 23);
        Assert.True(File.Exists(left));
        await SweepAfter(hours: 2);
        Assert.False(File.Exists(left));
    }

    private Task<long> SweepAfter(int hours)
    {
        _test.Clock.Now += TimeSpan.FromHours(hours);
        return _test.Store.Housekeeping.SweepBlobsAsync();
    }
}
