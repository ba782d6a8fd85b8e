using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Tests.Journal;

public sealed class TimerTests : IAsyncLifetime
{
    private JournalWorld _world = null!;

    public async Task InitializeAsync() => _world = await JournalWorld.BeginAsync();
    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_wait_ends_by_itself_and_passes_its_items_on()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"duration","seconds":0.1}},"a":{"type":"call"}}""", "start > w > a");
        var id = (await _world.StartAsync("w", input: """{"n":7}""")).ExecutionId;

        Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(id)).Status);
        Assert.Equal("""[{"n":7}]""", await _world.OutputAsync(id));
        Assert.Equal(0, await _world.NumberAsync("SELECT count(*) FROM timers"));
    }

    [Fact]
    public async Task A_failed_attempt_is_made_again_after_its_delay_and_the_caller_waits_for_it()
    {
        _world.Answer = (call, _) => call.Attempt < 3 ? throw new NodeException("BUSY", "Not now.") : Task.FromResult<Value>(call.Item);
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call","retry":{"maxAttempts":3,"initialDelayMs":20}}}""", "start > a");

        var execution = await _world.RunAsync("w");

        Assert.Equal("success", execution["status"].AsString);
        Assert.Equal([1, 2, 3], _world.Calls.Select(c => c.Attempt));
        Assert.Single(_world.Calls.Select(c => c.Key).Distinct());
    }

    [Fact]
    public async Task A_workflow_has_its_time_and_no_more()
    {
        _world.Answer = async (call, stop) => { await Task.Delay(Timeout.Infinite, stop); return call.Item; };
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"}}""", "start > a", s => s with { TimeoutSeconds = 1 });

        Assert.Equal("timed_out", (await _world.RunAsync("w"))["status"].AsString);
    }

    [Fact]
    public async Task A_signal_that_does_not_come_in_time_fails_the_wait()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go","timeoutSeconds":0.1}}}""", "start > w");
        var id = (await _world.StartAsync("w")).ExecutionId;

        Assert.Equal("WAIT_TIMEOUT", (await _world.UntilEndedAsync(id)).Error!.Code);
    }

    [Fact]
    public async Task Timers_that_came_due_while_LinkFlow_was_stopped_fire_at_its_start()
    {
        _world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"duration","seconds":0.5}}}""", "start > w");
        var ids = new List<string>();
        for (var i = 0; i < 20; i++) ids.Add((await _world.StartAsync("w", AnswerWhen.Finished)).ExecutionId);

        await _world.Runtime.StopAsync(default);
        await Task.Delay(600);
        await _world.RestartAsync(cleanly: false);

        foreach (var id in ids) Assert.Equal(ExecutionStatus.Success, (await _world.UntilEndedAsync(id)).Status);
    }

    [Fact]
    public async Task A_result_that_comes_after_its_attempt_was_given_up_is_recorded_as_ignored()
    {
        var release = new TaskCompletionSource();
        _world.Answer = async (call, _) => { await release.Task; return call.Item; };
        _world.Save("w", """{"start":{"type":"start"},"a":{"type":"call","timeoutSeconds":1}}""", "start > a");
        var execution = await _world.RunAsync("w");
        Assert.Equal("TIMEOUT", execution["error"]["code"].AsString);

        release.SetResult();

        var id = execution["id"].AsString!;
        await _world.UntilAsync(() => _world.EventsAsync(id).Result[^1] is ResultIgnored);
        Assert.Equal(ExecutionStatus.Error, (await _world.FindAsync(id)).Status);
    }
}
