using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class VisibilityTests
{
    private const string Loop = "start > loop; loop.loop > a > b > loop; loop.done > end";
    private const string Nested = "start > loop1; loop1.loop > x > loop2; loop2.loop > a > b > loop2; loop2.done > c > loop1; loop1.done > end";

    [Fact]
    public void A_node_sees_what_has_a_path_to_it_and_nothing_else()
    {
        var run = GraphRun.Of("start > a > b; start > c").Complete("start").Complete("c").Complete("a");

        Assert.Equal((0, 0, null, null), (run.Sees("b", "start"), run.Sees("b", "a"), run.Sees("b", "c"), run.Sees("b", "b")));
    }

    [Fact]
    public void A_skipped_node_counts_as_not_executed()
    {
        var run = GraphRun.Of("start > check; check.true > a > end; check.false > b > end").Complete("start").Complete("check", "true").Complete("a");

        Assert.Equal((0, null), (run.Sees("end", "a"), run.Sees("end", "b")));
    }

    [Fact]
    public void A_node_that_takes_no_part_is_not_seen() => Assert.Null(GraphRun.Of("start > a; webhook > a").Complete("start").Sees("a", "webhook"));

    [Fact]
    public void A_run_shows_its_outputs_and_the_sources_of_its_inputs()
    {
        var visible = GraphRun.Of("start > check; check.true > a").Complete("start", items: 2).CompleteWith("check", ("true", 2)).Visible("a", "check")!;

        Assert.Equal([[new DataPart(3, "true", 0, 2)], []], visible.Outputs.Select(o => o.ToArray()));
        Assert.Equal(new InputSource("start", "main", 0, 2), visible.Inputs.Single().Sources.Single());
    }

    [Fact]
    public void In_a_loop_the_run_of_the_current_round_is_seen()
    {
        var run = GraphRun.Of(Loop, items: 2).Complete("start", items: 2).Enter("loop").Complete("a").Complete("b").Complete("a");

        Assert.Equal((1, 0), (run.Sees("b", "a"), run.Sees("b", "start")));
    }

    [Fact]
    public void Skipped_in_the_current_round_it_is_not_executed_whatever_earlier_rounds_did()
    {
        var run = GraphRun.Of("start > loop; loop.loop > check; check.true > a > b; check.false > b > loop; loop.done > end", items: 2).Complete("start", items: 2).Enter("loop");

        run.Complete("check", "true").Complete("a").Complete("b").Complete("check", "false");

        Assert.Null(run.Sees("b", "a"));
        Assert.Null(run.Complete("b").Sees("end", "a"));
    }

    [Fact]
    public void By_a_back_edge_only_the_round_before_is_seen()
    {
        var run = GraphRun.Of(Loop, items: 3).Complete("start", items: 3).Enter("loop");

        Assert.Null(run.Sees("a", "b"));
        Assert.Equal((0, 0), (run.Complete("a").Complete("b").Sees("a", "b"), run.Sees("a", "a")));
        Assert.Equal(1, run.Complete("a").Complete("b").Sees("a", "b"));
    }

    [Fact]
    public void The_round_before_does_not_reach_into_another_entry_of_the_loop()
    {
        var run = GraphRun.Of(Nested, items: 2).Complete("start", items: 2).Enter("loop1").Complete("x").Enter("loop2").Complete("a").Complete("b").Complete("c").Complete("x").Enter("loop2");

        Assert.Null(run.Sees("a", "b"));
        Assert.Equal((1, 0), (run.Sees("a", "x"), run.Sees("a", "c")));
    }

    [Fact]
    public void From_behind_a_loop_its_last_round_is_seen()
    {
        var run = GraphRun.Of(Loop, items: 2).Complete("start", items: 2).Enter("loop").Complete("a").Complete("b").Complete("a").Complete("b");

        Assert.Equal((1, 1, 0), (run.Sees("end", "a"), run.Sees("end", "b"), run.Sees("end", "loop")));
    }

    [Fact]
    public void From_behind_nested_loops_the_last_round_of_the_last_round_is_seen()
    {
        var run = GraphRun.Of(Nested, items: 2).Complete("start", items: 2).Enter("loop1");
        for (var round = 0; round < 2; round++) run.Complete("x", items: 2).Enter("loop2").Complete("a").Complete("b").Complete("a").Complete("b").Complete("c");

        Assert.Equal((3, 1), (run.Sees("end", "b"), run.Sees("end", "c")));
    }

    [Fact]
    public void A_node_of_a_body_with_no_way_back_is_not_seen_from_behind()
    {
        var run = GraphRun.Of("start > loop; loop.loop > a > loop; loop.loop > b; loop.done > end").Complete("start").Enter("loop").Complete("b").Complete("a");

        Assert.Equal((0, null), (run.Sees("end", "a"), run.Sees("end", "b")));
    }

    [Fact]
    public void A_body_without_rounds_is_not_seen_from_behind()
    {
        var run = GraphRun.Of(Graph.Of(Loop).With("loop", n => n with { Disabled = true })).Complete("start");

        Assert.Equal((null, 0), (run.Sees("end", "a"), run.Sees("end", "loop")));
    }

    [Fact]
    public void The_body_sees_the_batch_of_its_round_on_loop()
    {
        var run = GraphRun.Of(Loop, items: 2).Complete("start", items: 2).Enter("loop").Complete("a").Complete("b");

        Assert.Equal([[new DataPart(2, "main", 1, 1)], []], run.Visible("a", "loop")!.Outputs.Select(o => o.ToArray()));
        Assert.Equal("start", run.Visible("a", "loop")!.Inputs.Single().Sources.Single().Node);
    }

    [Fact]
    public void A_loop_sees_its_own_body_only_in_the_round_before_of_the_loop_around()
    {
        var run = GraphRun.Of(Nested, items: 2).Complete("start", items: 2).Enter("loop1").Complete("x");

        Assert.Null(run.Sees("loop2", "b"));
        Assert.Equal(0, run.Enter("loop2").Complete("a").Complete("b").Complete("c").Complete("x").Sees("loop2", "b"));
    }

    [Fact]
    public void A_recovered_run_sees_what_it_saw_before_the_crash()
    {
        var run = GraphRun.Of("start > loop; loop.loop > a > b:call > loop; loop.done > end", items: 2).Complete("start", items: 2).Enter("loop").Complete("a").Complete("b").Complete("a").Begin("b");

        Assert.Equal((1, 0), (run.Crash().Sees("b", "a"), run.Sees("b", "b")));
    }

    [Fact]
    public void A_failed_run_is_not_seen()
    {
        var run = GraphRun.Of("start > a:call, b:call > c:call").Complete("start").Begin("b").Fail("a", succeeded: 1);

        Assert.Null(run.State.FindVisible(new RunKey("c", 0), run.Plan.Find("a")!.Index));
    }
}
