using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class SkippingTests
{
    [Fact]
    public void A_node_is_skipped_when_every_connection_into_it_is_dead()
    {
        var run = GraphRun.Of("start > check; check.true > a; check.false > b; a > end; b > end");

        run.Complete("start").Complete("check", output: "true").Complete("a");

        Assert.Equal(RunStatus.Skipped, run["b"]);
        Assert.Equal(["end"], run.Ready);
    }

    [Fact]
    public void A_skipped_nodes_outputs_are_dead_down_a_chain_of_500_nodes()
    {
        var chain = string.Join(" > ", Enumerable.Range(0, 495).Select(i => $"n{i}"));
        var run = GraphRun.Of($"start > check; check.true > end; check.false > {chain}");

        run.Complete("start").Complete("check", output: "true").Complete("end");

        Assert.Equal(RunStatus.Skipped, run["n494"]);
        Assert.Equal(ExecutionStatus.Success, run.State.Status);
    }

    [Fact]
    public void A_run_that_leaves_all_outputs_empty_kills_all_connections_from_it()
    {
        var run = GraphRun.Of("start > a > b").Complete("start").Complete("a", items: 0);

        Assert.Equal(RunStatus.Skipped, run["b"]);
        Assert.Equal(ExecutionStatus.Success, run.State.Status);
    }

    [Fact]
    public void An_empty_input_skips_all_nodes_and_succeeds_with_no_output()
    {
        var run = GraphRun.Of("start > loop; loop.loop > a > loop; loop.done > end", items: 0);

        Assert.Equal(["start", "loop", "a", "end"], run.Runs.Values.Where(r => r.Status == RunStatus.Skipped).Select(r => r.Node).OrderBy(n => run.Plan.Find(n)!.Index));
        Assert.Equal((ExecutionStatus.Success, ""), (run.State.Status, run.Output));
    }

    [Fact]
    public void A_skipped_run_counts_no_attempts_and_ends_when_its_last_connection_dies()
    {
        var run = GraphRun.Of("start > check; check.true > a; check.false > b").Complete("start").Complete("check", output: "true");

        var skipped = run.Runs[new RunKey("b", 0)];
        Assert.Equal((null, 3_000L, 0), (skipped.StartedAt, skipped.FinishedAt, skipped.Attempts));
        Assert.Equal(2, run.State.NodesRun);
    }
}
