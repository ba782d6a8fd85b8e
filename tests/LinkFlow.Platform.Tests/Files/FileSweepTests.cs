using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Files;

public sealed class FileSweepTests : IAsyncLifetime
{
    private const string Tenant = "default";

    private TestPlatform _platform = null!;

    private FileService Files => _platform.Services.GetRequiredService<FileService>();

    public async Task InitializeAsync() => _platform = await TestPlatform.StartAsync();

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task A_content_that_no_file_ever_named_goes_once_no_upload_can_be_about_to_name_it()
    {
        await Files.TakeAsync(Tenant, "x", "a/b", new MemoryStream([1]), null, default);

        Assert.Equal((0, 0, 1), (await ContentsAsync(hours: 1), await ContentsAsync(hours: 0.9), await ContentsAsync(hours: 0.2)));
        Assert.Equal(0, _platform.Contents.Count);
    }

    [Fact]
    public async Task The_bytes_of_a_deleted_file_are_there_for_a_day_unless_another_file_has_them()
    {
        var (first, second) = (await UploadAsync("same"), await UploadAsync("same"));
        var other = await UploadAsync("other");
        await ContentsAsync(hours: 100);

        foreach (var id in new[] { first, other }) Assert.Equal(204, (await _platform.SendAsync("DELETE", $"/api/v1/files/{id}")).Status);

        Assert.Equal((0, 0), (await ContentsAsync(hours: 1), await ContentsAsync(hours: 22, isWhole: true)));
        await ContentsAsync(hours: 102);
        Assert.Equal(1, _platform.Contents.Count);
        Assert.Equal("same", (await _platform.GetAsync($"/api/v1/files/{second}/content")).Text);
    }

    [Fact]
    public async Task Bytes_that_were_put_again_meanwhile_are_kept_for_whoever_did()
    {
        var id = await UploadAsync("x");
        await _platform.SendAsync("DELETE", $"/api/v1/files/{id}");
        _platform.Clock.Advance(TimeSpan.FromHours(200));
        var taken = await Files.TakeAsync(Tenant, "x", "a/b", new MemoryStream("x"u8.ToArray()), null, default);

        Assert.Equal(0, await ContentsAsync(hours: 0));
        await Files.CreateForRunAsync(Tenant, Ids.Next(), [taken], default);

        Assert.Equal(0, await ContentsAsync(hours: 30));
        Assert.Equal(1, _platform.Contents.Count);
    }

    [Fact]
    public async Task A_content_that_a_host_which_was_down_left_goes_with_the_first_sweep()
    {
        await Files.TakeAsync(Tenant, "x", "a/b", new MemoryStream([1]), null, default);
        _platform.Clock.Advance(TimeSpan.FromDays(10));

        Assert.Equal((0, 1), (await ContentsAsync(hours: 0), await ContentsAsync(hours: 0, isWhole: true)));
    }

    [Fact]
    public async Task Files_of_an_execution_that_never_began_go_a_day_later()
    {
        await RunFileAsync(Ids.Next());

        Assert.Equal((0, 0, 1), (await FilesAsync(hours: 1), await FilesAsync(hours: 22.5), await FilesAsync(hours: 2)));
    }

    [Theory]
    [InlineData(ExecutionStatus.Running, true, false)]
    [InlineData(ExecutionStatus.Waiting, true, false)]
    [InlineData(ExecutionStatus.Success, true, false)]
    [InlineData(ExecutionStatus.Success, false, true)]
    public async Task Files_stay_while_an_execution_runs_or_its_data_is_kept(ExecutionStatus status, bool hasData, bool isDeleted)
    {
        var run = Ids.Next();
        await RunFileAsync(run);
        _platform.Runtime.Executions[run] = Execution(run, status, hasData);

        Assert.Equal(isDeleted ? 1 : 0, await FilesAsync(hours: 30));
    }

    [Fact]
    public async Task Files_go_when_retention_has_deleted_their_execution()
    {
        var run = Ids.Next();
        await RunFileAsync(run);
        _platform.Runtime.Executions[run] = Execution(run, ExecutionStatus.Success, hasData: true);
        Assert.Equal((0, 0), (await FilesAsync(hours: 30), await FilesAsync(hours: 24 * 31)));

        _platform.Runtime.Executions.Remove(run);

        Assert.Equal(1, await FilesAsync(hours: 1));
    }

    [Fact]
    public async Task A_file_that_several_executions_have_goes_with_the_last_and_a_kept_one_with_none()
    {
        var (first, second) = (Ids.Next(), Ids.Next());
        var (shared, kept) = (await RunFileAsync(first), await RunFileAsync(first));
        await Files.ShareAsync(Tenant, first, second, default);
        await Files.ShareAsync(Tenant, second, Ids.Next(), default);
        await _platform.SendAsync("PATCH", $"/api/v1/files/{kept}", """{"kept":true}""");

        await Files.DeleteOfRunAsync(Tenant, first, default);
        await Files.DeleteOfRunAsync(Tenant, second, default);
        Assert.NotNull(await Files.FindAsync(Tenant, shared, default));

        // The third never began.
        Assert.Equal(1, await FilesAsync(hours: 30));
        Assert.NotNull(await Files.FindAsync(Tenant, kept, default));
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_told_and_nothing_is_lost()
    {
        await RunFileAsync(Ids.Next());
        _platform.Clock.Advance(TimeSpan.FromHours(30));
        _platform.Store.Fault = new StoreUnavailableException("The disk is full.", TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => FilesAsync(hours: 0));

        _platform.Store.Fault = null;
        Assert.Equal(1, await FilesAsync(hours: 0));
    }

    private async Task<string> UploadAsync(string content) => (await FileTests.UploadAsync(_platform, "x", content: content)).Body["id"].AsString!;

    private async Task<string> RunFileAsync(string run)
    {
        var taken = await Files.TakeAsync(Tenant, "x", "a/b", new MemoryStream(Guid.NewGuid().ToByteArray()), null, default);
        await Files.CreateForRunAsync(Tenant, run, [taken], default);
        return taken.Id;
    }

    private static Execution Execution(string id, ExecutionStatus status, bool hasData) =>
        new() { Id = id, WorkflowId = "w", WorkflowVersion = 1, Status = status, Mode = "webhook", StartNode = "s", StartedAt = 0, HasData = hasData };

    private async Task<long> FilesAsync(double hours) => (await SweepAsync(hours, isWhole: false)).Files;

    private async Task<long> ContentsAsync(double hours, bool isWhole = false) => (await SweepAsync(hours, isWhole)).Contents;

    private Task<(long Files, long Contents)> SweepAsync(double hours, bool isWhole)
    {
        _platform.Clock.Advance(TimeSpan.FromHours(hours));
        return _platform.Services.GetRequiredService<FileSweep>().RunAsync(Tenant, isWhole, default);
    }
}
