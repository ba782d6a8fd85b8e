using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class FinishingTests
{
    [Fact]
    public void The_output_is_the_sinks_items_in_the_order_of_nodes()
    {
        var run = GraphRun.Of("start > a, b").Complete("start").Complete("b").Complete("a", items: 2);

        Assert.Equal("4.main[0] 4.main[1] 3.main[0]", run.Output);
    }

    [Fact]
    public void A_sinks_outputs_come_in_the_descriptors_order_with_error_last()
    {
        var run = GraphRun.Of(Graph.Of("start > check").With("check", n => n with { OnError = OnError.ErrorOutput })).Complete("start");

        run.CompleteWith("check", ("error", 1), ("false", 1), ("true", 1));

        Assert.Equal("3.true[0] 3.false[0] 3.error[0]", run.Output);
    }

    [Fact]
    public void A_sink_in_a_loop_counts_round_by_round()
    {
        var run = GraphRun.Of("start > loop; loop.loop > a > loop; loop.loop > check; loop.done > b", items: 2).Complete("start", items: 2).Enter("loop");

        run.Complete("a").Complete("check", "false").Complete("a").CompleteWith("check", ("true", 1), ("false", 1)).Complete("b");

        Assert.Equal("5.false[0] 7.true[0] 7.false[0] 8.main[0]", run.Output);
    }

    [Fact]
    public void A_loop_with_nothing_at_done_is_a_sink_with_its_results()
    {
        var run = GraphRun.Of("start > loop; loop.loop > a > loop", items: 2).Complete("start", items: 2).Enter("loop").Complete("a").Complete("a");

        Assert.Equal("4.main[0] 5.main[0]", run.Output);
    }

    [Fact]
    public void A_disabled_sink_hands_its_items_to_the_output()
    {
        var run = GraphRun.Of(Graph.Of("start > a").With("a", n => n with { Disabled = true })).Complete("start");

        Assert.Equal("2.main[0]", run.Output);
    }

    [Fact]
    public void Nodes_that_did_not_run_add_nothing()
    {
        var run = GraphRun.Of("start > check; check.true > a; check.false > b; webhook > c").Complete("start").Complete("check", "true").Complete("a");

        Assert.Equal("4.main[0]", run.Output);
    }

    [Fact]
    public void Where_there_is_a_respond_the_output_is_the_items_of_the_first()
    {
        var run = GraphRun.Of("start > respond1 > a; start > respond2").Complete("start").Respond("respond2", items: 2).Respond("respond1").Complete("a");

        Assert.Equal(("3.main[0] 3.main[1]", 3), (run.Output, run.State.ResponseSeq));
    }

    [Fact]
    public void The_end_is_ordered_once_all_nodes_are_settled()
    {
        var run = GraphRun.Of("start > a").WithoutFinish().Complete("start").Complete("a");

        Assert.Equal([ExecutionStatus.Success], run.Orders.Cast<FinishExecution>().Select(f => f.Event.Status));
        Assert.Equal((ExecutionStatus.Running, false), (run.State.Status, run.State.IsFinished));
    }

    [Fact]
    public void Usage_counts_runs_that_were_not_skipped_and_the_bytes_of_all_events()
    {
        var run = GraphRun.Of("start > check; check.true > a; check.false > b").Complete("start", items: 3).Complete("check", "true").Complete("a");

        Assert.Equal((3, 10 + 30 + 10 + 10), (run.State.NodesRun, run.State.PayloadBytes));
    }
}
