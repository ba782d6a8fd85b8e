using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class ReadinessTests
{
    [Fact]
    public void Exactly_the_start_node_is_ready_at_first_with_the_input_as_items()
    {
        var run = GraphRun.Of("start > a; webhook > b > a", items: 3);

        Assert.Equal(["start"], run.Ready);
        Assert.Equal("1.main[0] 1.main[1] 1.main[2]", run.Input("start"));
    }

    [Fact]
    public void Connections_from_nodes_that_take_no_part_are_dead()
    {
        var run = GraphRun.Of("start > a; webhook > b > a").Complete("start");

        Assert.Equal(["a"], run.Ready);
        Assert.Null(run["b"]);
    }

    [Fact]
    public void A_node_waits_until_every_connection_into_it_is_settled()
    {
        var run = GraphRun.Of("start > a, b > end").Complete("start").Complete("b");

        Assert.DoesNotContain("end", run.Ready);
        Assert.Equal(["end"], run.Complete("a").Ready);
    }

    [Fact]
    public void Connections_into_one_input_are_joined_in_the_order_of_connections()
    {
        var run = GraphRun.Of("start > b, a; a > end; b > end").Complete("start").Complete("b", items: 2).Complete("a");

        Assert.Equal("4.main[0] 3.main[0] 3.main[1]", run.Input("end"));
        Assert.Equal("a.main#0x1 b.main#0x2", run.Sources("end"));
    }

    [Fact]
    public void A_dead_connection_adds_nothing_to_a_join()
    {
        var run = GraphRun.Of("start > check; check.true > a > end; check.false > b > end").Complete("start").Complete("check", "false").Complete("b");

        Assert.Equal("b.main#0x1", run.Sources("end"));
    }

    [Fact]
    public void A_merge_runs_when_any_input_has_items_and_sees_dead_ones_as_empty()
    {
        var run = GraphRun.Of("start > check; check.true > merge; check.false > b > merge").Complete("start").Complete("check", "false").Complete("b", items: 2);

        Assert.Equal(["input1", "input2"], run.Step("merge").Inputs.Select(i => i.Input));
        Assert.Equal([0, 2], run.Step("merge").Inputs.Select(i => i.Count));
    }

    [Fact]
    public void Ready_nodes_are_handed_out_in_the_order_of_nodes()
    {
        var definition = Graph.Of("start > c, b, a");
        var run = GraphRun.Of(definition with { Nodes = [.. definition.Nodes.Reverse()] }).Complete("start");

        Assert.Equal(["a", "b", "c"], run.Ready);
    }

    [Fact]
    public void A_step_is_handed_out_once() => Assert.Empty(GraphRun.Of("start > a").State.TakeReadySteps());

    [Fact]
    public void At_most_maxParallelNodes_external_attempts_are_in_flight()
    {
        var run = GraphRun.Of(Graph.Of("start > a:call, b:call, c:call, d").With(s => s with { MaxParallelNodes = 2 })).Complete("start");

        Assert.Equal(["a", "b", "d"], run.Ready);
        Assert.False(run.State.HasReadySteps);
        Assert.Equal(["b", "d", "c"], run.Complete("a").Ready);
    }

    [Fact]
    public void A_retry_delay_does_not_occupy_a_slot()
    {
        var run = GraphRun.Of(Graph.Of("start > a:call, b:call").With(s => s with { MaxParallelNodes = 1 })).Complete("start");

        Assert.Equal(["b"], run.FailAttempt("a", retryAt: 9_000).Ready);
    }

    [Fact]
    public void Awaited_children_do_not_occupy_a_slot()
    {
        var run = GraphRun.Of(Graph.Of("start > a:call, b:call").With(s => s with { MaxParallelNodes = 1 })).Complete("start");

        Assert.Equal(["b"], run.Call("a", children: 1).Ready);
    }

    [Fact]
    public void Only_external_steps_must_be_recorded_before_they_start()
    {
        var run = GraphRun.Of("start > a:call, b:store, c").Complete("start");

        Assert.Equal([true, false, false], new[] { "a", "b", "c" }.Select(n => run.Step(n).IsExternal));
    }

    [Fact]
    public void Now_is_the_time_of_the_event_that_released_the_attempt()
    {
        var run = GraphRun.Of("start > a, b > end").Complete("start").Complete("a").Complete("b");

        Assert.Equal(4_000, run.Step("end").Now);
    }

    [Fact]
    public void A_disabled_node_hands_the_items_of_all_inputs_on_in_input_order_without_a_step()
    {
        var graph = Graph.Of("start > b, a; a > merge; b > merge; merge > end").With("merge", n => n with { Disabled = true });
        var run = GraphRun.Of(graph).Complete("start").Complete("b").Complete("a", items: 2);

        Assert.Equal("4.main[0] 4.main[1] 3.main[0]", run.Input("end"));
        Assert.Equal((RunStatus.Success, 4), (run["merge"], run.State.NodesRun));
    }

    [Fact]
    public void A_disabled_conditions_items_leave_by_true()
    {
        var run = GraphRun.Of(Graph.Of("start > check; check.true > a; check.false > b").With("check", n => n with { Disabled = true })).Complete("start");

        Assert.Equal(["a"], run.Ready);
        Assert.Equal(RunStatus.Skipped, run["b"]);
    }

    [Fact]
    public void A_pinned_node_is_not_executed()
    {
        var graph = Graph.Of("start > a:call > end") with { PinData = new ObjectValue { { "a", new ArrayValue() } } };
        var run = GraphRun.Of(graph, isManual: true).Complete("start");

        Assert.Equal((true, false), (run.Step("a").IsPinned, run.Step("a").IsExternal));
    }

    [Fact]
    public void A_join_of_500_nodes_is_ready_after_the_last()
    {
        var run = GraphRun.Of($"start > {string.Join(", ", Enumerable.Range(0, 490).Select(i => $"n{i}"))} > end", checks: false).Complete("start");

        foreach (var node in run.Ready.Reverse().ToList()) run.Complete(node);

        Assert.Equal(490, run.Step("end").Inputs[0].Count);
        Assert.StartsWith("n0.main#0x1 n1.main", run.Sources("end"));
    }

    [Theory]
    [InlineData(500_000, null)]
    [InlineData(500_001, "TOO_MANY_ITEMS")]
    public void A_run_that_would_get_more_items_than_any_machine_holds_fails_and_gets_none(int items, string? code)
    {
        var run = GraphRun.Of("start > a, b > end").Complete("start").Complete("a", items: 500_000).Complete("b", items: items);

        var step = run.Step("end");
        Assert.Equal(code, step.FailWith?.Code);
        Assert.Equal(code is null ? 1 : 0, step.Inputs.Length);
    }
}
