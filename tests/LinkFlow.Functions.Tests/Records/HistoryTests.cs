using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Records;
using LinkFlow.Local.Journal;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Functions.Tests.Records;

public sealed class HistoryTests : IAsyncLifetime
{
    private const string Tenant = RecordsWorld.Tenant;
    private RecordsWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await RecordsWorld.BeginAsync(movesClock: true);
        _world.Save("a", """{"start":{"type":"start"},"set":{"type":"set_variable","parameters":{"fields":{"n":1}}}}""", "start > set");
        _world.Save("b", """{"start":{"type":"start"},"x":{"type":"stop_and_error","parameters":{"message":"no"}}}""", "start > x");
        _world.Save("c", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "start > w");
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Lists_are_the_journals_for_the_same_executions()
    {
        using var journal = new JournalRuntime(
            _world.Sqlite, _world.Workflows, _world.Registry, _world.Host.Services, new JournalOptions(), _world.Clock, NullLogger<JournalRuntime>.Instance);
        for (var i = 0; i < 24; i++)
        {
            var start = _world.Start(((string[])["a", "b", "c"])[i % 3]) with { Mode = i % 4 == 0 ? "manual" : "api" };
            await _world.One.Runtime.StartAsync(start);
            await journal.StartAsync(start with { AnswerWhen = AnswerWhen.Finished });
        }

        await _world.DriveAsync();

        foreach (var search in Searches())
            Assert.Equal(await PagesAsync(journal.History, search), await PagesAsync(_world.One.History, search));
        await journal.StopAsync(default);
    }

    [Fact]
    public async Task Another_tenants_execution_is_none()
    {
        var id = await _world.RunAsync("a");

        Assert.Null(await _world.One.History.FindAsync("other", id));
        Assert.Empty((await _world.One.History.ListAsync(new ExecutionSearch("other"))).Items);
        Assert.Empty(await _world.One.History.ReadAsync("other", id, 0, 10));
    }

    [Fact]
    public async Task Who_waits_for_events_wakes_when_another_instance_appends_some()
    {
        var id = await _world.RunAsync("c");
        var seen = (await _world.FindAsync(id)).LastSeq;

        var waiting = _world.Another().History.WaitForEventsAsync(Tenant, id, seen, TimeSpan.FromSeconds(20));
        await _world.One.Runtime.SendAsync(Tenant, id, new CancelCommand(false));
        Assert.False(waiting.IsCompleted);
        await _world.DriveAsync();
        await waiting;

        Assert.True((await _world.FindAsync(id)).LastSeq > seen);
    }

    [Fact]
    public async Task Nobody_waits_for_events_longer_than_wanted()
    {
        var id = await _world.RunAsync("c");

        await _world.One.History.WaitForEventsAsync(Tenant, id, 1_000, TimeSpan.FromMilliseconds(20));
        await _world.One.History.WaitForEventsAsync(Tenant, await _world.RunAsync("a"), 1_000, TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Nothing_is_left_of_what_is_deleted()
    {
        var id = await _world.RunAsync("c");
        await _world.One.Records.Results.KeepAsync(Tenant, id, new RunAttempt("n", 0, 1), "x"u8.ToArray());
        Assert.False(await _world.One.History.DeleteAsync(Tenant, id));
        await _world.One.Runtime.SendAsync(Tenant, id, new CancelCommand(false));
        await _world.DriveAsync();

        Assert.True(await _world.One.History.DeleteAsync(Tenant, id));

        foreach (var type in (DocumentType[])[RecordTypes.Execution, RecordTypes.Events, RecordTypes.Inbox, RecordTypes.Result, RecordTypes.Snapshot, RecordTypes.News])
            Assert.Equal(0, await _world.CountAsync(type));
        Assert.True(await _world.One.History.DeleteAsync(Tenant, id));
    }

    [Fact]
    public async Task A_deletion_of_very_much_that_dies_anywhere_is_seen_no_more_and_carried_on()
    {
        for (var (at, died) = (0, true); died; at++)
        {
            var id = await _world.RunAsync("a");
            for (var i = 0; i < 130; i++) await _world.One.Records.Results.KeepAsync(Tenant, id, new RunAttempt("n", i, 1), "x"u8.ToArray());
            _world.Store.DieAt(at, afterEffect: true);
            await Record.ExceptionAsync(() => _world.One.History.DeleteAsync(Tenant, id));
            died = _world.Store.Revive();
            if (await _world.CountAsync(RecordTypes.Result) < 130) Assert.Null(await _world.One.History.FindAsync(Tenant, id));
            if (await _world.One.History.FindAsync(Tenant, id) is not null) await _world.One.History.DeleteAsync(Tenant, id);

            _world.Moved.Move(TimeSpan.FromMinutes(1));
            await _world.Another().Sweep.RunAsync(Tenant);

            Assert.Equal((0, 0), (await _world.CountAsync(RecordTypes.Execution), await _world.CountAsync(RecordTypes.Result)));
        }
    }

    [Fact]
    public async Task Retention_deletes_what_ended_long_ago_and_nothing_else()
    {
        var (old, waits) = (await _world.RunAsync("a"), await _world.RunAsync("c"));
        _world.Moved.Move(TimeSpan.FromDays(31));
        var young = await _world.RunAsync("a");

        Assert.Equal(1, await _world.One.Retention.RunAsync(Tenant));

        Assert.Null(await _world.One.Records.FindAsync(Tenant, old));
        Assert.Equal(("waiting", "success"), (await _world.StatusAsync(waits), await _world.StatusAsync(young)));
    }

    private static IEnumerable<ExecutionSearch> Searches()
    {
        foreach (var workflow in (string?[])[null, "a", "gone"])
        foreach (var status in (ExecutionStatus?[])[null, ExecutionStatus.Error, ExecutionStatus.Waiting])
        foreach (var mode in (string?[])[null, "manual"])
        foreach (var limit in (int[])[3, 5, 50])
            yield return new ExecutionSearch(Tenant) { WorkflowId = workflow, Status = status, Mode = mode, Limit = limit };
    }

    private static async Task<List<string>> PagesAsync(IExecutionHistory history, ExecutionSearch search)
    {
        var pages = new List<string>();
        for (var page = await history.ListAsync(search); ; page = await history.ListAsync(search with { BeforeId = page.NextId }))
        {
            pages.Add(string.Join(' ', page.Items.Select(e => $"{e.Id} {e.Status} {e.Mode} {e.NodesRun}")));
            if (page.NextId is null) return pages;
        }
    }
}
