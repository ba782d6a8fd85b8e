using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes.Linking;

/// <summary>What following items back reads: each run on the way once, whatever the number of items, and nothing beside the way.</summary>
public sealed class LinkCostTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(200)]
    public async Task Each_run_on_the_way_is_read_once_for_all_items(int items)
    {
        var shell = await RunAsync("start > a > b > c > d > e > it", items, "a");

        Assert.Equal(["e", "d", "c", "b", "a"], Read(shell));
        Assert.Equal(5, shell.EventsRead);
    }

    [Fact]
    public async Task Branches_that_the_target_does_not_lead_into_are_not_read()
    {
        var shell = await RunAsync("start > a > b > merge1 > it; start > x > y > merge1", 3, "a");

        Assert.Equal(["merge1", "b", "a"], Read(shell));
    }

    [Fact]
    public async Task In_a_round_only_that_rounds_runs_are_read()
    {
        var shell = await RunAsync("start > a > loop1; loop1.loop > b > it > loop1; loop1.done > end", 50, "b");

        Assert.Equal(50, Read(shell).Count);
        Assert.Equal(50, shell.EventsRead);
    }

    [Fact]
    public async Task Behind_a_loop_each_round_is_read_once()
    {
        var shell = await RunAsync("start > a > loop1; loop1.loop > b > c > loop1; loop1.done > it", 50, "a");

        Assert.Equal(102, shell.EventsRead); // one of them stored the references to the rounds
        Assert.Equal(101, shell.Loads.Distinct().Count());
    }

    [Fact]
    public async Task Ways_that_fork_and_join_again_and_again_are_followed_once_each()
    {
        var diamonds = string.Join("; ", Enumerable.Range(1, 40).Select(i => $"m{i - 1}:merge > x{i}, y{i} > m{i}:merge"));
        var shell = await RunAsync("start > m0:merge; " + diamonds + "; m40:merge > it", 2, "m0");

        Assert.Equal("m0#0.0 m0#0.1", shell.Saw("it", "m0"));
        Assert.Equal(121, shell.EventsRead);
    }

    /// <summary>The nodes whose outputs were loaded, in order.</summary>
    private static List<string> Read(LinkShell shell) => [.. shell.Loads.Select(p => ((NodeCompleted)shell.Events[(int)p.Seq - 1]).Node)];

    /// <summary>Only <c>it</c> asks, and only for the target.</summary>
    private static Task<LinkShell> RunAsync(string graph, int items, string target)
    {
        var definition = Graph.Of(graph);
        return LinkShell.Asking(definition with { Nodes = [.. definition.Nodes.Select(n => n.Type == "merge" ? n with { Parameters = n.Parameters.Copy().Set("do", "position") } : n)] }, items, "it", target).RunAsync();
    }
}
