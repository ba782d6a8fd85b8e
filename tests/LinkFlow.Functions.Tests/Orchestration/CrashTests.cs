using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>Processes die: at every call of the store, and by what nodes do.</summary>
public sealed class CrashTests
{
    public static TheoryData<string, string> Shapes => new()
    {
        { """ "a":{"type":"call"},"s":{"type":"set_variable","parameters":{"fields":{"x":"{{ Math.random() }}"}}},"b":{"type":"call"} """, "start > a > s > b" },
        { """ "a":{"type":"call"},"b":{"type":"call"},"m":{"type":"merge"},"z":{"type":"call"} """, "start > a > m.input1; start > b > m.input2; m > z" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_process_may_die_at_any_call_of_the_store_and_only_the_attempt_in_flight_is_made_again(string nodes, string edges)
    {
        var killed = 0;
        for (var call = 0; call <= killed; call++)
        {
            foreach (var afterEffect in (bool[])[false, true])
            {
                await using var world = await DurableWorld.BeginAsync(seed: call);
                world.Save("w", $$"""{"start":{"type":"start"},{{nodes}}}""", edges);
                world.Save("child", """{"start":{"type":"subworkflow"},"a":{"type":"call"}}""", "start > a");
                var id = await world.StartAsync("w", """[{"n":1},{"n":2}]""");
                world.Store.DieAt(call, afterEffect);
                await world.SettleAsync();

                world.Store.Revive();
                var execution = await world.FindAsync(id);
                Assert.True(execution.Status == ExecutionStatus.Success, $"killed at call {call}: {execution.Status} {execution.Error}");
                Assert.Empty(world.Hub.Violations);
                var again = world.Calls.GroupBy(c => c.Key).Where(g => g.Count() > 1).Select(g => g.First().Node).Distinct().ToList();
                Assert.True(again.Count <= 1, $"killed at call {call}, {afterEffect}: {string.Join(' ', world.Calls.Select(c => c.Node))}");
                Assert.All(world.Calls.GroupBy(c => c.Key), g => Assert.Single(g.Select(c => JsonText.Write(c.Item)).Distinct()));
                if (world.Restarts > 0) killed = call + 1;
            }
        }

        Assert.True(killed > 10, $"The process was killed {killed} times only.");
    }

    [Theory]
    [InlineData(1, "Success")]
    [InlineData(3, "Success")]
    [InlineData(4, "Error")]
    public async Task An_attempt_that_kills_its_process_runs_again_three_times(int kills, string status)
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"z":{"type":"no_op"}}""", "start > a > z");
        world.Answer = (call, _) =>
        {
            if (kills-- > 0) world.Store.DieAt(0, afterEffect: false);
            return Task.FromResult(Value.From(call.Item));
        };

        var execution = await world.RunAsync("w");

        Assert.Equal(status, execution.Status.ToString());
        Assert.Equal(status == "Error" ? "CRASHED" : null, execution.Error?.Code);
        Assert.InRange(world.Calls.Count, 2, 4);
        Assert.Contains(await world.EventsAsync(execution.Id), e => e is AttemptRecovered);
    }

    [Fact]
    public async Task An_attempt_whose_node_says_so_is_made_at_most_once()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"a":{"type":"call","onCrash":"fail"}}""", "start > a");
        world.Answer = (call, _) =>
        {
            world.Store.DieAt(0, afterEffect: false);
            return Task.FromResult(Value.From(call.Item));
        };

        var execution = await world.RunAsync("w");

        Assert.Equal("CRASHED", execution.Error?.Code);
        Assert.Single(world.Calls);
    }

    [Theory]
    [InlineData(2, "Success")]
    [InlineData(100, "Error")]
    public async Task A_pure_node_cannot_kill_processes_for_ever(int kills, string status)
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Kills = kills;
        world.Save("w", """{"start":{"type":"start"},"a":{"type":"no_op"},"k":{"type":"kill"},"z":{"type":"no_op"}}""", "start > a > k > z");

        var execution = await world.RunAsync("w");

        Assert.Equal(status, execution.Status.ToString());
        Assert.Equal(status == "Error" ? "k" : null, execution.Error?.NodeId);
    }

    [Fact]
    public async Task An_execution_whose_orchestration_is_lost_goes_on_from_its_events()
    {
        for (var seed = 1; seed <= 12; seed++)
        {
            await using var world = await DurableWorld.BeginAsync(seed: seed);
            world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"b":{"type":"call"},"c":{"type":"call"},"m":{"type":"merge"},"z":{"type":"call"}}""", "start > a > c > m.input1; start > b > m.input2; m > z");
            var id = await world.StartAsync("w");
            world.Simulation.Outside.Enqueue(() => Task.CompletedTask);
            world.Simulation.Outside.Enqueue(() =>
            {
                world.Hub.Terminate(id, null, recursive: false);
                return Task.CompletedTask;
            });
            await world.Simulation.RunAsync();

            await world.RestartAllAsync();
            await world.SettleAsync();

            var execution = await world.FindAsync(id);
            Assert.True(execution.Status == ExecutionStatus.Success && execution.NodesRun == 6, $"seed {seed}: {execution.Status} {execution.Error} {string.Join(' ', world.Calls.Select(c => c.Node))}");
            Assert.Empty(world.Hub.Violations);
        }
    }

    [Fact]
    public async Task A_history_that_cannot_be_read_parks_the_execution_with_an_error_that_says_so()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"w":{"type":"wait","parameters":{"for":"duration","seconds":60}},"a":{"type":"call"}}""", "start > w > a");
        var id = await world.StartAsync("w");
        world.Workflows.Forget("w");
        world.Restart();

        await world.SettleAsync();

        var execution = await world.FindAsync(id);
        Assert.Equal("HISTORY_UNREADABLE", execution.Error?.Code);
        Assert.Equal(ExecutionStatus.Error, execution.Status);
    }
}
