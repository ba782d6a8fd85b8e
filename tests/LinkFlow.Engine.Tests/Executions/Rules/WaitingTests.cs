using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class WaitingTests
{
    private const string Both = "start > wait; wait.main > a; wait.timeout > b";

    [Fact]
    public void A_time_wait_passes_its_input_on_when_its_time_has_come()
    {
        var run = GraphRun.Of(Both).Complete("start", items: 2).Rest("wait", due: 9_000, kind: "duration");

        Assert.Equal((9_000, ExecutionStatus.Waiting, true), (run.Timers["wait:wait:0"], run.State.Status, run.State.IsAtRest));
        Assert.Equal("2.main[0] 2.main[1]", run.Fire("wait:wait:0").Input("a"));
        Assert.Equal(RunStatus.Skipped, run["b"]);
    }

    [Fact]
    public void A_signals_body_becomes_the_item()
    {
        var run = GraphRun.Of(Both).Complete("start", items: 2).Rest("wait", "go").Signal("go");

        Assert.Equal(("4.main[0]", "wait.main#0x1"), (run.Input("a"), run.Sources("a")));
    }

    [Fact]
    public void Names_of_signals_are_case_sensitive()
    {
        var run = GraphRun.Of(Both).Complete("start").Rest("wait", "go").Signal("Go");

        Assert.Equal((RunStatus.Waiting, 1), (run["wait"], run.State.UnmatchedSignals));
    }

    [Fact]
    public void One_signal_wakes_the_oldest_wait_for_it()
    {
        var run = GraphRun.Of("start > wait1, wait2, wait3").Complete("start").Rest("wait3", "other").Rest("wait2", "go").Rest("wait1", "go").Signal("go");

        Assert.Equal((RunStatus.Waiting, RunStatus.Success, RunStatus.Waiting), (run["wait1"], run["wait2"], run["wait3"]));
        Assert.Equal(RunStatus.Success, run.Signal("go")["wait1"]);
    }

    [Fact]
    public void Signals_that_no_wait_takes_are_kept_in_order_for_later_ones()
    {
        var run = GraphRun.Of("start > wait1 > wait2 > a").Signal("go").Signal("go").Complete("start");

        Assert.Equal(2, run.State.UnmatchedSignals);
        run.Rest("wait1", "go").Rest("wait2", "go");
        Assert.Equal(("3.main[0]", 0), (run.Input("a"), run.State.UnmatchedSignals));
    }

    [Theory]
    [InlineData("""{"approved":true}""", "yes")]
    [InlineData("""{"approved":false}""", "no")]
    [InlineData("""{"approved":"true"}""", "no")]
    [InlineData("{}", "no")]
    public void An_approval_goes_by_what_its_answer_says(string answer, string then)
    {
        var graph = Graph.Of("start > wait").With("wait", new ObjectValue { { "for", "approval" } });
        graph = graph with { Nodes = [.. graph.Nodes, .. Graph.Of("yes > no").Nodes], Connections = [.. graph.Connections, new("wait", "yes", "approved"), new("wait", "no", "rejected")] };

        var run = GraphRun.Of(graph).Complete("start").Rest("wait", "approval:wait:0", kind: "approval").Signal("approval:wait:0", answer);

        Assert.Equal([then], run.Ready);
    }

    [Fact]
    public void An_answer_that_is_stored_elsewhere_does_not_approve()
    {
        var graph = Graph.Of("start > wait").With("wait", new ObjectValue { { "for", "approval" } });
        var run = GraphRun.Of(graph).Complete("start").Rest("wait", "ask", kind: "approval").Apply(new SignalReceived { Name = "ask", Body = new Payload(1, 99_999, default, "blob") });

        Assert.Equal("rejected", run.Runs[new RunKey("wait", 0)].Outputs.Single().Output);
    }

    [Theory]
    [InlineData("continue", "a")]
    [InlineData("timeoutOutput", "b")]
    public void On_a_timeout_the_input_goes_on_where_onTimeout_says(string onTimeout, string then)
    {
        var run = GraphRun.Of(Both).Complete("start").Rest("wait", "go", timeout: 9_000, onTimeout: onTimeout).Fire("wait-timeout:wait:0");

        Assert.Equal([then], run.Ready);
        Assert.Equal("2.main[0]", run.Input(then));
    }

    [Fact]
    public void An_approval_that_times_out_with_continue_is_not_taken_as_approved()
    {
        var graph = Graph.Of("start > wait").With("wait", new ObjectValue { { "for", "approval" } });
        var run = GraphRun.Of(graph).Complete("start").Rest("wait", "ask", timeout: 9_000, onTimeout: "continue", kind: "approval").Fire("wait-timeout:wait:0");

        Assert.Equal("timeout", run.Runs[new RunKey("wait", 0)].Outputs.Single().Output);
    }

    [Fact]
    public void A_timeout_that_is_an_error_is_composed_by_a_step_of_its_own()
    {
        var run = GraphRun.Of(Both).Complete("start").Rest("wait", "go", timeout: 9_000).Fire("wait-timeout:wait:0");

        Assert.Equal(("WAIT_TIMEOUT", false), (run.Step("wait").FailWith!.Code, run.Step("wait").IsExternal));
        Assert.Equal(1, run.Signal("go").State.UnmatchedSignals);
        Assert.Equal(ExecutionStatus.Error, run.Fail("wait").State.Status);
    }

    [Fact]
    public void A_wait_that_ended_calls_its_timers_off()
    {
        var run = GraphRun.Of(Both).Complete("start").Rest("wait", "go", timeout: 9_000).Signal("go");

        Assert.Contains(new CancelTimer("wait-timeout:wait:0"), run.Orders);
        Assert.Equal(["a"], run.Fire("wait-timeout:wait:0").Ready);
    }

    [Fact]
    public void WaitingUntil_is_when_the_earliest_wait_ends_by_itself()
    {
        var run = GraphRun.Of("start > wait1, wait2, wait3").Complete("start").Rest("wait1", "go").Rest("wait2", due: 90_000, kind: "duration").Rest("wait3", "go", timeout: 50_000);

        Assert.Equal(50_000, run.State.WaitingUntil);
        Assert.Null(GraphRun.Of("start > wait").Complete("start").Rest("wait", "go").State.WaitingUntil);
    }

    [Fact]
    public void An_execution_is_at_rest_only_when_nothing_else_goes_on()
    {
        var run = GraphRun.Of("start > wait, a:call").Complete("start").Rest("wait", "go");

        Assert.False(run.State.IsAtRest);
        Assert.False(run.FailAttempt("a", 9_000).State.IsAtRest);
        Assert.True(run.Fire("retry:a:0").Complete("a").State.IsAtRest);
    }

    [Fact]
    public void A_wait_in_a_loop_rests_anew_in_each_round()
    {
        var run = GraphRun.Of("start > loop; loop.loop > wait > loop; loop.done > a", items: 2).Complete("start", items: 2).Enter("loop");

        run.Rest("wait", "go").Signal("go").Signal("go").Rest("wait", "go");

        Assert.Equal("5.main[0] 6.main[0]", run.Input("a"));
    }
}
