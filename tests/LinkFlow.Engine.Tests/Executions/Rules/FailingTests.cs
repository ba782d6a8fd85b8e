using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class FailingTests
{
    [Fact]
    public void A_failed_run_fails_the_execution_and_no_new_step_starts()
    {
        var run = GraphRun.Of("start > a:call > b").Complete("start").Fail("a");

        Assert.Equal((ExecutionStatus.Error, RunStatus.Error), (run.State.Status, run["a"]));
        Assert.Equal(("BROKEN", "a"), (run.State.Error!.Code, run.State.Error.NodeId));
        Assert.Null(run["b"]);
    }

    [Fact]
    public void The_first_failure_in_the_history_is_the_error()
    {
        var run = GraphRun.Of("start > a:call, b:call").Complete("start").Fail("b").Fail("a");

        Assert.Equal("b", run.State.Error!.NodeId);
        Assert.Equal("b", ((ExecutionFinished)run.Events[^1]).Error!.NodeId);
    }

    [Fact]
    public void Attempts_in_flight_are_told_to_stop_and_their_ends_awaited()
    {
        var run = GraphRun.Of("start > a:call, b:call > c").Complete("start").Begin("b").Fail("a");

        Assert.Contains(new CancelAttempt("b", 0, 1), run.Orders);
        Assert.Equal(ExecutionStatus.Running, run.State.Status);
        Assert.Equal(ExecutionStatus.Error, run.Complete("b").State.Status);
        Assert.Equal(RunStatus.Success, run["b"]);
    }

    [Fact]
    public void An_attempt_that_stopped_as_told_is_cancelled()
    {
        var run = GraphRun.Of("start > a:call, b:call").Complete("start").Begin("b").Fail("a").Cancelled("b");

        Assert.Equal((ExecutionStatus.Error, RunStatus.Cancelled), (run.State.Status, run["b"]));
    }

    [Fact]
    public void A_step_that_was_handed_out_and_not_started_is_given_back_as_cancelled()
    {
        var run = GraphRun.Of("start > a:call, b:call").Complete("start").Fail("a");

        Assert.Contains(new CancelAttempt("b", 0, 1), run.Orders);
        Assert.Equal(ExecutionStatus.Error, run.Apply(new NodeCancelled { Node = "b", Run = 0, Attempt = 1 }).State.Status);
    }

    [Fact]
    public void An_attempt_that_is_given_back_without_a_stop_is_ready_again()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").Begin("a").Cancelled("a");

        Assert.Equal((1, false), (run.Step("a").Attempt, run.Step("a").IsRecovery));
    }

    [Fact]
    public void Runs_that_rest_when_the_execution_stops_are_cancelled()
    {
        var run = GraphRun.Of("start > a, wait, b:call").Complete("start").Rest("wait", "go", timeout: 90_000).FailAttempt("b", retryAt: 80_000).Fail("a");

        Assert.Equal((RunStatus.Cancelled, RunStatus.Cancelled, ExecutionStatus.Error), (run["wait"], run["b"], run.State.Status));
        Assert.Empty(run.Timers);
    }

    [Fact]
    public void A_loop_whose_rounds_are_cut_short_is_cancelled()
    {
        var run = GraphRun.Of("start > loop; loop.loop > a > loop; loop.done > end", items: 2).Complete("start", items: 2).Enter("loop").Fail("a");

        Assert.Equal((RunStatus.Cancelled, RunStatus.Error), (run["loop"], run["a"]));
        Assert.Null(run["end"]);
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("loop")]
    [InlineData("children")]
    public void What_asks_for_more_after_the_stop_is_cancelled(string asked)
    {
        var run = GraphRun.Of("start > a, loop; loop.loop > b > loop").Complete("start").Fail("a");

        _ = asked switch { "wait" => run.Rest("loop", "go"), "loop" => run.Enter("loop"), _ => run.Call("loop", 2) };

        Assert.Equal((RunStatus.Cancelled, ExecutionStatus.Error), (run["loop"], run.State.Status));
    }

    [Fact]
    public void A_run_whose_failed_items_were_handled_is_a_success()
    {
        var handled = new ExecutionError("It broke.", "BROKEN", "a", 1);
        var run = GraphRun.Of(Graph.Of("start > a; a.error > b").With("a", n => n with { OnError = OnError.ErrorOutput })).Complete("start");

        run.Apply(new NodeCompleted { Node = "a", Run = 0, Attempt = 1, Outputs = [new OutputData("error", new Payload(1, 2, default))], HandledError = handled });

        Assert.Equal((RunStatus.Success, handled), (run["a"], run.Runs[new RunKey("a", 0)].Error));
        Assert.Contains("b", run.Ready);
        Assert.Null(run.State.Error);
    }

    [Fact]
    public void A_result_that_comes_after_its_run_ended_changes_nothing()
    {
        var run = GraphRun.Of("start > a:call > b").Complete("start").Complete("a");

        run.Apply(new NodeFailed { Node = "a", Run = 0, Attempt = 1, Error = new ExecutionError("Late.", "LATE", "a", 1) });
        run.Apply(new ResultIgnored { Node = "a", Run = 0, Attempt = 1, Reason = "late" });

        Assert.Equal((RunStatus.Success, ExecutionStatus.Running), (run["a"], run.State.Status));
    }
}
