using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class LoopingTests
{
    private const string Simple = "start > loop; loop.loop > a > loop; loop.done > end";
    private const string Nested = "start > loop1; loop1.loop > loop2; loop2.loop > a > loop2; loop2.done > b > loop1; loop1.done > end";

    [Fact]
    public void Each_round_gets_the_next_batch()
    {
        var run = GraphRun.Of(Simple, items: 3).Complete("start", items: 3).Enter("loop", batchSize: 2);

        Assert.Equal(("2.main[0] 2.main[1]", "loop.loop#0x2"), (run.Input("a"), run.Sources("a")));
        Assert.Equal("2.main[2]", run.Complete("a").Input("a"));
    }

    [Fact]
    public void A_batch_may_span_what_came_over_several_connections()
    {
        var run = GraphRun.Of("start > b, c > loop; loop.loop > a > loop; loop.done > end").Complete("start").Complete("b", items: 2).Complete("c", items: 3);

        run.Enter("loop", batchSize: 3);

        Assert.Equal("3.main[0] 3.main[1] 4.main[0]", run.Input("a"));
        Assert.Equal("4.main[1] 4.main[2]", run.Complete("a").Input("a"));
    }

    [Fact]
    public void Done_gives_all_rounds_results_in_order_once()
    {
        var run = GraphRun.Of(Simple, items: 2).Complete("start", items: 2).Enter("loop").Complete("a", items: 2);

        Assert.DoesNotContain("end", run.Ready);
        Assert.Equal("4.main[0] 4.main[1] 5.main[0]", run.Complete("a").Input("end"));
        Assert.Equal("loop.done#0x3", run.Sources("end"));
    }

    [Fact]
    public void A_loop_has_one_run_per_entry_and_its_body_one_per_round()
    {
        var run = GraphRun.Of(Simple, items: 2).Complete("start", items: 2).Enter("loop").Complete("a").Complete("a").Complete("end");

        Assert.Equal(["a#0", "a#1", "end#0", "loop#0", "start#0"], run.Runs.Keys.Select(k => $"{k.Node}#{k.Run}").Order());
        Assert.Equal(RunStatus.Success, run["loop"]);
    }

    [Fact]
    public void A_round_whose_back_edges_are_dead_adds_nothing_and_is_no_skip()
    {
        var run = GraphRun.Of("start > loop; loop.loop > check; check.true > loop; check.false > a; loop.done > end", items: 2).Complete("start", items: 2).Enter("loop");

        run.Complete("check", "false").Complete("a").Complete("check", "true");

        Assert.Equal("6.true[0]", run.Input("end"));
        Assert.Equal((RunStatus.Success, RunStatus.Skipped), (run["a", 0], run["a", 1]));
    }

    [Fact]
    public void A_round_ends_only_when_every_run_of_the_region_is_settled()
    {
        var run = GraphRun.Of("start > loop; loop.loop > a, b; a > loop; loop.done > end", items: 2).Complete("start", items: 2).Enter("loop").Complete("a");

        Assert.Equal(["b"], run.Ready);
        Assert.Equal(["a", "b"], run.Complete("b").Ready);
    }

    [Fact]
    public void Back_edges_are_joined_in_the_order_of_connections()
    {
        var run = GraphRun.Of("start > loop; loop.loop > a, b; b > loop; a > loop; loop.done > end").Complete("start").Enter("loop").Complete("a").Complete("b");

        Assert.Equal("5.main[0] 4.main[0]", run.Input("end"));
    }

    [Fact]
    public void An_empty_result_leaves_done_dead()
    {
        var run = GraphRun.Of(Simple).Complete("start").Enter("loop").Complete("a", items: 0);

        Assert.Equal((RunStatus.Skipped, ExecutionStatus.Success), (run["end"], run.State.Status));
    }

    [Fact]
    public void With_alwaysOutput_an_empty_result_becomes_one_empty_item()
    {
        var run = GraphRun.Of(Graph.Of(Simple).With("loop", n => n with { AlwaysOutput = true })).Complete("start").Enter("loop").Complete("a", items: 0);

        Assert.Equal("0.done[0]", run.Input("end"));
    }

    [Fact]
    public void A_skipped_loop_skips_its_region_once_nested_ones_too()
    {
        var run = GraphRun.Of("start > check; check.true > x; check.false > loop1; " + Nested[(Nested.IndexOf(';') + 1)..]).Complete("start").Complete("check", "true");

        Assert.All(["loop1", "loop2", "a", "b", "end"], node => Assert.Equal(RunStatus.Skipped, run[node, 0]));
    }

    [Fact]
    public void A_disabled_loop_passes_its_input_to_done_and_skips_its_region()
    {
        var run = GraphRun.Of(Graph.Of(Simple).With("loop", n => n with { Disabled = true }), items: 2).Complete("start", items: 2);

        Assert.Equal((RunStatus.Success, RunStatus.Skipped), (run["loop"], run["a"]));
        Assert.Equal("2.main[0] 2.main[1]", run.Input("end"));
    }

    [Fact]
    public void A_loop_that_is_not_entered_because_of_its_limit_skips_its_region_once()
    {
        var run = GraphRun.Of(Graph.Of(Simple).With("loop", n => n with { OnError = OnError.Continue }), items: 2).Complete("start", items: 2).Complete("loop", "done", items: 2);

        Assert.Equal((RunStatus.Success, RunStatus.Skipped), (run["loop"], run["a"]));
        Assert.Equal("3.done[0] 3.done[1]", run.Input("end"));
    }

    [Fact]
    public void A_pinned_loop_makes_no_round()
    {
        var graph = Graph.Of(Simple) with { PinData = new ObjectValue { { "loop", new ArrayValue() } } };
        var run = GraphRun.Of(graph, isManual: true).Complete("start").Complete("loop", "done");

        Assert.Equal(["end"], run.Ready);
        Assert.Equal(RunStatus.Skipped, run["a"]);
    }

    [Fact]
    public void An_inner_loop_is_entered_anew_in_each_outer_round()
    {
        var run = GraphRun.Of(Nested, items: 2).Complete("start", items: 2).Enter("loop1").Enter("loop2").Complete("a").Complete("b").Enter("loop2");

        Assert.Equal((1, 1), (run.Step("a").Run, run.State.FindVisible(new RunKey("a", 1), run.Plan.Find("loop2")!.Index)!.Key.Run));
        Assert.Equal(["end"], run.Complete("a").Complete("b").Ready);
    }

    [Fact]
    public void Ordinals_count_skipped_runs()
    {
        var run = GraphRun.Of("start > loop; loop.loop > check; check.true > a > loop; check.false > b > loop; loop.done > end", items: 2).Complete("start", items: 2).Enter("loop");

        run.Complete("check", "true").Complete("a").Complete("check", "false");

        Assert.Equal((1, RunStatus.Skipped), (run.Step("b").Run, run["b", 0]));
    }

    [Fact]
    public void A_run_knows_the_path_of_rounds_around_it()
    {
        var run = GraphRun.Of(Nested, items: 2).Complete("start", items: 2).Enter("loop1").Enter("loop2").Complete("a").Complete("b").Enter("loop2").Complete("a");

        Assert.Equal<int>([1, 0], run.Runs[new RunKey("a", 1)].Rounds);
        Assert.Empty(run.Runs[new RunKey("start", 0)].Rounds);
    }

    [Fact]
    public void A_start_node_may_be_a_loop()
    {
        var run = GraphRun.Of("webhook > loop; loop.loop > a > loop; loop.done > end", items: 2, start: "loop").Enter("loop");

        Assert.Equal("1.main[0]", run.Input("a"));
        Assert.Equal(["end"], run.Complete("a").Complete("a").Ready);
    }

    [Fact]
    public void A_body_of_disabled_nodes_takes_no_step()
    {
        var graph = Graph.Of("start > loop; loop.loop > a, b; a > loop; b > loop; loop.done > end").With("a", n => n with { Disabled = true }).With("b", n => n with { Disabled = true });
        var run = GraphRun.Of(graph, items: 3).Complete("start", items: 3).Enter("loop");

        Assert.Equal("2.main[0] 2.main[0] 2.main[1] 2.main[1] 2.main[2] 2.main[2]", run.Input("end"));
    }

    [Fact]
    public void A_loop_cannot_be_entered_with_batches_of_nothing() =>
        Assert.Throws<InvalidOperationException>(() => GraphRun.Of(Simple).Complete("start").Enter("loop", batchSize: 0));
}
