using LinkFlow.Engine.Executions;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>What runs in which activity, and how many there are.</summary>
public sealed class BatchTests
{
    [Fact]
    public async Task Pure_nodes_behind_the_start_run_in_one_activity_that_also_ends_the_execution()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"a":{"type":"set_variable","parameters":{"fields":{"x":1}}},"b":{"type":"set_variable","parameters":{"fields":{"y":2}}}}""", "start > a > b");

        var execution = await world.RunAsync("w");

        Assert.Equal(ExecutionStatus.Success, execution.Status);
        Assert.Equal("""[{"x":1,"y":2}]""", await world.OutputAsync(execution));
        Assert.Equal(1, world.ActivitiesOf(execution.Id));
        Assert.Empty(world.Hub.Violations);
    }

    /// <summary>An end that a batch commits by itself is no event to the orchestration.</summary>
    [Theory]
    [InlineData("start > a", "success")]
    [InlineData("start > a > b", "error")]
    public async Task The_runtimes_own_tools_show_how_it_ended(string edges, string status)
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"b":{"type":"stop_and_error","parameters":{"message":"No."}}}""", edges);

        var execution = await world.RunAsync("w");

        var instance = world.Hub.Find(execution.Id)!;
        Assert.Equal($"\"{status}\"", instance.Output);
        Assert.Equal($$"""{"Status":"{{status}}","NodesRun":{{execution.NodesRun}},"WaitingUntil":null}""", instance.CustomStatus);
    }

    [Fact]
    public async Task Each_external_node_takes_one_activity()
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"a":{"type":"call"},"b":{"type":"call"}}""", "start > a > b");

        var execution = await world.RunAsync("w");

        Assert.Equal(ExecutionStatus.Success, execution.Status);
        Assert.Equal(3, world.ActivitiesOf(execution.Id));
        Assert.Equal(["a", "b"], world.Calls.Select(c => c.Node));
        Assert.Empty(world.Hub.Violations);
    }
}
