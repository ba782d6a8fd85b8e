using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Tests.Journal;

public sealed class CommandTests : IAsyncLifetime
{
    private const string Waits = """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}},"a":{"type":"call"}}""";
    private const string Calls = """{"start":{"type":"start"},"a":{"type":"call"},"b":{"type":"call"}}""";

    private JournalWorld _world = null!;

    public async Task InitializeAsync() => _world = await JournalWorld.BeginAsync(JournalWorld.QuickRetries with { UnmatchedSignals = 5 });
    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_signal_wakes_the_wait_and_its_body_becomes_the_item()
    {
        var id = await RestAsync();

        Assert.Equal(CommandOutcome.Accepted, await _world.SendAsync(id, Signal("go", """{"ok":true}""")));

        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(id)).Status);
        Assert.Equal("""{"ok":true}""", JsonText.Write(_world.Calls.Single().Item));
    }

    [Fact]
    public async Task A_signal_of_another_name_is_kept_and_does_not_wake_it()
    {
        var id = await RestAsync();

        await _world.SendAsync(id, Signal("Go"));
        await _world.UntilAsync(id, e => e.UnmatchedSignals == 1);

        Assert.Equal(ExecutionStatus.Waiting, (await _world.FindAsync(id)).Status);
    }

    [Fact]
    public async Task More_unmatched_signals_than_allowed_are_refused()
    {
        var id = await RestAsync();
        for (var i = 0; i < 5; i++) Assert.Equal(CommandOutcome.Accepted, await _world.SendAsync(id, Signal("other")));

        Assert.Equal(CommandOutcome.TooManySignals, await _world.SendAsync(id, Signal("go")));
        Assert.Equal(CommandOutcome.Accepted, await _world.SendAsync(id, new CancelCommand(Compensate: false)));
    }

    [Fact]
    public async Task A_signal_with_an_id_counts_once()
    {
        var id = await RestAsync();

        for (var i = 0; i < 3; i++)
        {
            await _world.SendAsync(id, new SignalCommand("other", Item.Of(new ObjectValue()), Id: "same"));
            await _world.UntilAsync(() => _world.NumberAsync("SELECT count(*) FROM inbox").Result == 0);
        }

        Assert.Single((await _world.EventsAsync(id)).OfType<SignalReceived>());
    }

    [Fact]
    public async Task A_large_signal_goes_by_claim_check()
    {
        var id = await RestAsync();
        var text = new string('x', 100_000);

        await _world.SendAsync(id, Signal("go", $$"""{"text":"{{text}}"}"""));

        await _world.UntilEndedAsync(id);
        Assert.Equal(text, _world.Calls.Single().Item["text"].AsString);
        Assert.NotNull((await _world.EventsAsync(id)).OfType<SignalReceived>().Single().Body.Blob);
    }

    [Fact]
    public async Task Pause_lets_the_attempt_in_flight_end_and_starts_nothing_more_until_resume()
    {
        var release = new TaskCompletionSource();
        _world.Answer = async (call, _) => { if (call.Node == "a") await release.Task; return call.Item; };
        _world.Save("w", Calls, "start > a > b");
        var id = (await _world.StartAsync("w")).ExecutionId;
        await _world.UntilAsync(() => _world.Calls.Count == 1);

        await _world.SendAsync(id, new PauseCommand());
        await _world.UntilAsync(() => _world.NumberAsync("SELECT count(*) FROM inbox").Result == 0);
        release.SetResult();
        await _world.UntilAsync(id, ExecutionStatus.Paused);
        Assert.Single(_world.Calls);
        await _world.SendAsync(id, new ResumeCommand());

        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(id)).Status);
        Assert.Equal(["a", "b"], _world.Calls.Select(c => c.Node));
    }

    [Fact]
    public async Task Cancel_tells_the_running_attempt_to_stop()
    {
        _world.Answer = async (call, stop) => { await Task.Delay(Timeout.Infinite, stop); return call.Item; };
        _world.Save("w", Calls, "start > a > b");
        var id = (await _world.StartAsync("w")).ExecutionId;
        await _world.UntilAsync(() => _world.Calls.Count == 1);

        await _world.SendAsync(id, new CancelCommand(Compensate: false));

        Assert.Equal(ExecutionStatus.Cancelled, (await _world.UntilEndedAsync(id)).Status);
        Assert.Contains(await _world.EventsAsync(id), e => e is NodeCancelled { Node: "a" });
    }

    [Theory]
    [InlineData(true, new[] { "a", "undo" })]
    [InlineData(false, new[] { "a" })]
    public async Task Cancel_compensates_only_when_asked(bool compensate, string[] called)
    {
        _world.Save(
            "w", """{"start":{"type":"start"},"a":{"type":"call","compensateWith":"undo"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}},"undo":{"type":"call"}}""", "start > a > w");
        var id = (await _world.StartAsync("w")).ExecutionId;
        await _world.UntilAsync(id, ExecutionStatus.Waiting);

        await _world.SendAsync(id, new CancelCommand(compensate));

        await _world.UntilEndedAsync(id);
        Assert.Equal(called, _world.Calls.Select(c => c.Node));
    }

    [Fact]
    public async Task A_command_for_nobody_or_for_a_finished_execution_is_told_so()
    {
        _world.Save("w", """{"start":{"type":"start"}}""", "");
        var id = (await _world.StartAsync("w", AnswerWhen.Finished)).ExecutionId;

        Assert.Equal(CommandOutcome.AlreadyFinished, await _world.SendAsync(id, new PauseCommand()));
        Assert.Equal(CommandOutcome.NotFound, await _world.SendAsync(Ids.Next(), new PauseCommand()));
        Assert.Equal(CommandOutcome.NotFound, await _world.Runtime.SendAsync("another", id, new PauseCommand()));
    }

    private async Task<string> RestAsync()
    {
        _world.Save("w", Waits, "start > w > a");
        var id = (await _world.StartAsync("w")).ExecutionId;
        await _world.UntilAsync(id, ExecutionStatus.Waiting);
        return id;
    }

    private static SignalCommand Signal(string name, string json = "{}") => new(name, Item.Of(JsonText.Parse(json)));
}
