using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Ports;
using static LinkFlow.Local.Tests.Sqlite.TestStore;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class HousekeepingTests : IAsyncLifetime
{
    private TestStore _test = null!;
    private JournalStore Journal => _test.Store.Journal;

    public async Task InitializeAsync() => _test = await OpenAsync();

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Finished_executions_go_when_they_are_old_and_others_stay()
    {
        var (old, waiting, recent) = (NewId(), NewId(), NewId());
        await Journal.CommitAsync(First(old, Row(ExecutionStatus.Error, startedAt: Days(-31))));
        await Journal.CommitAsync(First(waiting, Row(ExecutionStatus.Waiting, startedAt: Days(-31))));
        await Journal.CommitAsync(First(recent, Row(ExecutionStatus.Success, startedAt: Days(-31), finishedAt: Days(-29))));

        Assert.Equal(1, await _test.Store.Housekeeping.DeleteFinishedAsync(TimeSpan.FromDays(30)));

        Assert.Null(await Journal.GetAsync(Tenant, old));
        Assert.NotNull(await Journal.GetAsync(Tenant, waiting));
        Assert.NotNull(await Journal.GetAsync(Tenant, recent));
    }

    [Fact]
    public async Task More_than_one_commit_holds_are_all_deleted()
    {
        const int Count = Housekeeping.RowsPerCommit * 2 + 100;
        await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => Journal.CommitAsync(First(NewId(), Row(ExecutionStatus.Success, startedAt: Days(-40))))));

        Assert.Equal(Count, await _test.Store.Housekeeping.DeleteFinishedAsync(TimeSpan.FromDays(30)));

        Assert.Equal(0, await _test.NumberAsync("SELECT count(*) FROM executions"));
        Assert.Equal(0, await _test.NumberAsync("SELECT count(*) FROM segments"));
    }

    [Fact]
    public async Task Documents_whose_time_is_over_are_deleted_with_their_fields()
    {
        var type = new DocumentType("deduplication", "key");
        var fields = new Dictionary<string, string> { ["key"] = "k" };
        await _test.Store.Documents.CommitAsync(new UnitOfWork(Tenant)
            .Put(type, "a", Body("1"), fields, expiresAt: _test.Clock.Now.AddHours(1)).Put(type, "b", Body("1"), fields));
        _test.Clock.Now += TimeSpan.FromHours(2);

        Assert.Equal(1, await _test.Store.Housekeeping.DeleteExpiredAsync());

        Assert.Equal(1, await _test.NumberAsync("SELECT count(*) FROM documents"));
        Assert.Equal(1, await _test.NumberAsync("SELECT count(*) FROM document_fields"));
    }

    private long Days(int days) => _test.Clock.Now.AddDays(days).ToUnixTimeMilliseconds();
}
