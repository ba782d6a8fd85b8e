using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Tests.Sqlite;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Tests.Journal;

public sealed class FaultTests : IAsyncLifetime
{
    private const string Two = """{"start":{"type":"start"},"a":{"type":"call"},"b":{"type":"call"}}""";
    private const string Waits = """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""";

    private readonly TestDisk _disk = TestDisk.Create();
    private JournalWorld _world = null!;

    public async Task InitializeAsync() => _world = await JournalWorld.BeginAsync(path: Path.Combine(_disk.Path, "data"));

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        _disk.Dispose();
    }

    [Fact]
    public async Task A_result_that_could_not_be_committed_is_kept_and_committed_once_there_is_space_again()
    {
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _world.Answer = async (call, _) =>
        {
            if (call.Node == "a")
            {
                begun.SetResult();
                await release.Task;
            }

            return new ObjectValue { { "text", new string('x', 20_000) } };
        };
        _world.Save("w", Two, "start > a > b");
        var id = (await _world.StartAsync("w")).ExecutionId;
        await begun.Task;

        await _disk.FillAsync(_world.Store.Writer);
        release.SetResult();
        await _world.UntilAsync(() => _world.Log.Any(l => l.StartsWith("3001", StringComparison.Ordinal)));
        await _disk.FreeAsync();

        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(id)).Status);
        Assert.Equal(["a", "b"], _world.Calls.Select(c => c.Node));
        Assert.DoesNotContain(await _world.EventsAsync(id), e => e is AttemptRecovered);
    }

    [Fact]
    public async Task A_start_that_cannot_be_committed_is_refused_and_leaves_nothing()
    {
        _world.Save("w", Waits, "start > w");
        await _disk.FillAsync(_world.Store.Writer);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => StartUntilRefusedAsync());
        await _disk.FreeAsync();
        await _world.UntilAsync(() => _world.Store.Fault is null);

        var outcome = await _world.StartAsync("w");
        Assert.Equal(StartOutcomeKind.Accepted, outcome.Kind);
    }

    [Fact]
    public async Task A_damaged_history_parks_its_execution_and_others_go_on()
    {
        _world.Save("w", Waits, "start > w");
        var (broken, sound) = (await RestAsync(), await RestAsync());
        await SpoilAsync(broken, "payload = x'5b5d'");

        await GoAsync(broken);
        await GoAsync(sound);

        Assert.Equal(HistoryUnreadableException.Code, (await _world.UntilEndedAsync(broken)).Error!.Code);
        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(sound)).Status);
        Assert.Equal(CommandOutcome.AlreadyFinished, await _world.SendAsync(broken, new PauseCommand()));
    }

    [Fact]
    public async Task A_workflow_version_that_is_gone_parks_its_executions()
    {
        _world.Save("w", Waits, "start > w");
        var id = await RestAsync();
        _world.Forget("w");
        await _world.RestartAsync();

        await GoAsync(id);

        Assert.Equal(HistoryUnreadableException.Code, (await _world.UntilEndedAsync(id)).Error!.Code);
    }

    [Fact]
    public async Task A_blob_that_is_gone_parks_its_execution()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}},"m":{"type":"merge","parameters":{"inputs":2}},"b":{"type":"call"}}""", "start > w > m.input1; start > m.input2; m > b");
        var id = (await _world.StartAsync("w", input: $$"""{"text":"{{new string('x', 100_000)}}"}""")).ExecutionId;
        await _world.UntilAsync(id, ExecutionStatus.Waiting);
        Directory.Delete(Path.Combine(_world.FolderPath, "blobs"), recursive: true);
        await _world.RestartAsync();

        await GoAsync(id);

        Assert.Equal(HistoryUnreadableException.Code, (await _world.UntilEndedAsync(id)).Error!.Code);
    }

    [Fact]
    public async Task A_clean_shutdown_lets_running_attempts_end_and_the_next_start_goes_on()
    {
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _world.Answer = async (call, _) =>
        {
            begun.TrySetResult();
            await release.Task;
            return call.Item;
        };
        _world.Save("w", Two, "start > a > b");
        var waiting = _world.StartAsync("w", AnswerWhen.Finished);
        await begun.Task;

        var stop = _world.Runtime.StopAsync(default);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _world.StartAsync("w"));
        release.SetResult();
        await stop;
        var outcome = await waiting;
        Assert.Equal(StartOutcomeKind.Pending, outcome.Kind);
        await _world.RestartAsync();

        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(outcome.ExecutionId)).Status);
        Assert.Equal(["a", "b"], _world.Calls.Select(c => c.Node));
    }

    [Fact]
    public async Task More_starts_than_have_a_place_wait_in_the_queue_and_beyond_it_are_refused()
    {
        var release = new TaskCompletionSource();
        _world.Answer = async (call, _) => { await release.Task; return call.Item; };
        _world.Save("w", Two, "start > a > b");
        await _world.RestartAsync(options: JournalWorld.QuickRetries with { ActiveExecutions = 2, QueuedExecutions = 3 });

        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add((await _world.StartAsync("w")).ExecutionId);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _world.StartAsync("w"));
        Assert.Equal(ExecutionStatus.Queued, (await _world.FindAsync(ids[4])).Status);
        release.SetResult();

        foreach (var id in ids) Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(id)).Status);
    }

    private async Task StartUntilRefusedAsync()
    {
        for (var i = 0; i < 500; i++) await _world.StartAsync("w", input: $$"""{"text":"{{new string('x', 20_000)}}"}""");
    }

    private async Task<string> RestAsync()
    {
        var id = (await _world.StartAsync("w")).ExecutionId;
        await _world.UntilAsync(id, ExecutionStatus.Waiting);
        await Task.Delay(50);
        return id;
    }

    private Task<CommandOutcome> GoAsync(string id) => _world.SendAsync(id, new SignalCommand("go", Item.Of(new ObjectValue())));

    private Task SpoilAsync(string id, string change) => _world.Store.Writer.WriteAsync(session =>
    {
        session.Execute($"UPDATE segments SET {change} WHERE execution = (SELECT number FROM executions WHERE id = x'{id.Replace("-", "", StringComparison.Ordinal)}')");
        return true;
    });
}
