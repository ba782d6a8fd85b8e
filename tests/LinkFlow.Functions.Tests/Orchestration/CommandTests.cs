using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Tests.Runtime;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>Commands, waits and times reach an orchestration, whatever it is at.</summary>
public sealed class CommandTests
{
    private const string Waiting = """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}},"z":{"type":"call"}}""";

    [Fact]
    public async Task A_signal_wakes_a_wait_days_later()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", Waiting, "start > w > z");
        var id = await world.StartAsync("w");
        await world.SettleAsync();
        Assert.Equal(ExecutionStatus.Waiting, (await world.FindAsync(id)).Status);

        world.Moved!.Advance(TimeSpan.FromDays(9));
        await world.SendAsync(id, new SignalCommand("go", Item.Of(JsonText.Parse("""{"said":"yes"}"""))));
        await world.SettleAsync();

        var execution = await world.FindAsync(id);
        Assert.Equal("""[{"said":"yes"}]""", await world.OutputAsync(execution));
    }

    [Fact]
    public async Task A_signal_whose_doorbell_is_lost_is_found_by_the_sweep()
    {
        await using var world = await DurableWorld.BeginAsync(new RuntimeFaults { EventsLost = 0.7 });
        world.Save("w", Waiting, "start > w > z");
        var id = await world.StartAsync("w");
        await world.SettleAsync();

        await world.SendAsync(id, new SignalCommand("go", Item.Of(new ObjectValue())));
        await world.SettleAsync();

        Assert.Equal(ExecutionStatus.Success, (await world.FindAsync(id)).Status);
    }

    [Theory]
    [InlineData(false, "Cancelled")]
    [InlineData(true, "Cancelled")]
    public async Task A_cancel_ends_what_waits_and_undoes_it_when_asked(bool compensate, string status)
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"a":{"type":"call","compensateWith":"ua"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}},"ua":{"type":"call"}}""", "start > a > w");
        var id = await world.StartAsync("w");
        await world.SettleAsync();

        await world.SendAsync(id, new CancelCommand(compensate));
        await world.SettleAsync();

        Assert.Equal(status, (await world.FindAsync(id)).Status.ToString());
        Assert.Equal(compensate ? ["a", "ua"] : ["a"], world.Calls.Select(c => c.Node));
        Assert.Equal(CommandOutcome.AlreadyFinished, await world.SendAsync(id, new PauseCommand()));
    }

    [Theory]
    [InlineData(""" "a":{"type":"call"} """, "start > a")]
    [InlineData(""" "a":{"type":"call"},"b":{"type":"wait","parameters":{"for":"signal","name":"go"}} """, "start > a; start > b")]
    public async Task A_cancel_reaches_an_attempt_that_runs(string nodes, string edges)
    {
        await using var world = await DurableWorld.BeginAsync(isLive: true);
        await using var pump = new LivePump(world.Hub);
        var began = new TaskCompletionSource();
        world.Answer = async (call, stop) =>
        {
            began.TrySetResult();
            await Task.Delay(Timeout.Infinite, stop);
            return call.Item;
        };
        world.Save("w", $$"""{"start":{"type":"start"},{{nodes}}}""", edges);
        var id = await world.StartAsync("w");
        await began.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await world.SendAsync(id, new CancelCommand(Compensate: false));

        Assert.Equal(ExecutionStatus.Cancelled, (await world.UntilEndedAsync(id)).Status);
    }

    [Fact]
    public async Task A_pause_lets_the_attempt_end_and_begins_nothing_until_it_is_resumed()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"s":{"type":"no_op"},"b":{"type":"call"}}""", "start > a > s > b");
        world.Answer = async (call, _) =>
        {
            if (call.Node == "a") await world.SendAsync(call.ExecutionId, new PauseCommand());
            return call.Item;
        };
        var id = await world.StartAsync("w");
        await world.SettleAsync();

        Assert.Equal(ExecutionStatus.Paused, (await world.FindAsync(id)).Status);
        Assert.DoesNotContain(await world.EventsAsync(id), e => e is NodeCompleted { Node: "s" });
        await world.SendAsync(id, new ResumeCommand());
        await world.SettleAsync();
        Assert.Equal(ExecutionStatus.Success, (await world.FindAsync(id)).Status);
        Assert.Equal(["a", "b"], world.Calls.Select(c => c.Node));
    }

    [Fact]
    public async Task The_time_of_a_workflow_ends_a_wait()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", Waiting, "start > w > z", s => s with { TimeoutSeconds = 3_600 });

        var execution = await world.RunAsync("w");

        Assert.Equal(ExecutionStatus.TimedOut, execution.Status);
        Assert.Equal(execution.StartedAt + 3_600_000, execution.FinishedAt!.Value, tolerance: 10_000.0);
    }

    [Fact]
    public async Task The_time_of_a_workflow_ends_an_attempt_that_runs_alone()
    {
        await using var world = await DurableWorld.BeginAsync(isLive: true);
        await using var pump = new LivePump(world.Hub);
        world.Answer = async (call, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return call.Item;
        };
        world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"}}""", "start > a", s => s with { TimeoutSeconds = 1 });

        Assert.Equal(ExecutionStatus.TimedOut, (await world.UntilEndedAsync(await world.StartAsync("w"))).Status);
    }

    [Fact]
    public async Task A_cancelled_parent_takes_its_children_with_it()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"c":{"type":"execute_workflow","parameters":{"workflowId":"child"}}}""", "start > c");
        world.Save("child", """{"start":{"type":"subworkflow"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}}}""", "start > w");
        var id = await world.StartAsync("w");
        await world.SettleAsync();
        var child = (await world.EventsAsync(id)).OfType<ChildStarted>().Single().ChildId;

        await world.SendAsync(id, new CancelCommand(Compensate: false));
        await world.SettleAsync();

        Assert.Equal(ExecutionStatus.Cancelled, (await world.FindAsync(child)).Status);
        Assert.Equal(ExecutionStatus.Cancelled, (await world.FindAsync(id)).Status);
    }

    [Fact]
    public async Task Signals_find_a_loop_that_goes_on_anew_again_and_again()
    {
        await using var world = await DurableWorld.BeginAsync(RuntimeFaults.All, seed: 7);
        world.Save("w", """{"start":{"type":"start"},"l":{"type":"loop","parameters":{"batchSize":1}},"a":{"type":"call"},"w":{"type":"wait","parameters":{"for":"signal","name":"go"}},"m":{"type":"merge"}}""", "start > l; l.loop > a > l; l.done > m.input1; start > w > m.input2");
        var id = await world.StartAsync("w", $"[{string.Join(',', Enumerable.Repeat("{}", 300))}]");
        world.Simulation.Outside.Enqueue(() => world.SendAsync(id, new SignalCommand("go", Item.Of(new ObjectValue()))));

        await world.SettleAsync();

        var execution = await world.FindAsync(id);
        Assert.Equal(ExecutionStatus.Success, execution.Status);
        Assert.True(world.Hub.Find(id)!.Generation > 1);
        Assert.Empty(world.Hub.Violations);
    }
}
