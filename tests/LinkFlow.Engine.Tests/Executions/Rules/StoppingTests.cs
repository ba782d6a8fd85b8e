using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class StoppingTests
{
    [Fact]
    public void Cancel_ends_as_cancelled_without_compensation()
    {
        var run = GraphRun.Of(Graph.Of("start > a > b:call; undo").With("a", n => n with { CompensateWith = "undo" })).Complete("start").Complete("a").Begin("b");

        run.Cancel().Cancelled("b");

        Assert.Equal((ExecutionStatus.Cancelled, null), (run.State.Status, run["undo"]));
        Assert.Null(run.State.Error);
    }

    [Fact]
    public void Cancel_compensates_if_asked_to()
    {
        var run = GraphRun.Of(Graph.Of("start > a > b:call; undo").With("a", n => n with { CompensateWith = "undo" })).Complete("start").Complete("a").Begin("b");

        run.Cancel(compensate: true).Cancelled("b");

        Assert.Equal(["undo"], run.Ready);
        Assert.Equal(ExecutionStatus.Cancelled, run.Complete("undo").State.Status);
    }

    [Fact]
    public void Cancel_acts_while_paused()
    {
        var run = GraphRun.Of("start > a").Pause().Complete("start").Cancel();

        Assert.Equal(ExecutionStatus.Cancelled, run.State.Status);
    }

    [Fact]
    public void A_timer_recorded_in_a_pause_is_overtaken_by_a_cancel()
    {
        var run = GraphRun.Of("start > wait > a").Complete("start").Rest("wait", due: 9_000, kind: "duration").Pause().Fire("wait:wait:0").Cancel();

        Assert.Equal((ExecutionStatus.Cancelled, RunStatus.Cancelled), (run.State.Status, run["wait"]));
    }

    [Fact]
    public void The_first_reason_to_stop_counts()
    {
        var run = GraphRun.Of("start > a:call, b:call").Complete("start").Begin("a").Begin("b").Cancel().Fail("a").Cancelled("b");

        Assert.Equal((ExecutionStatus.Cancelled, "a"), (run.State.Status, run.State.Error!.NodeId));
    }

    [Fact]
    public void The_workflows_timeout_counts_from_the_start()
    {
        var run = GraphRun.Of(Graph.Of("start > a:call").With(s => s with { TimeoutSeconds = 30 }));

        Assert.Equal(31_000, run.Timers["workflow"]);
        Assert.Null(run.State.WaitingUntil);
    }

    [Fact]
    public void An_express_workflow_times_out_after_60_s_by_default()
    {
        var run = GraphRun.Of(Graph.Of("start > a").With(s => s with { Mode = ExecutionMode.Express }));

        Assert.Equal(61_000, run.Timers["workflow"]);
    }

    [Fact]
    public void The_timeout_stops_with_compensation_and_an_error()
    {
        var graph = Graph.Of("start > a > b:call; undo").With("a", n => n with { CompensateWith = "undo" }).With(s => s with { TimeoutSeconds = 30 });
        var run = GraphRun.Of(graph).Complete("start").Complete("a").Begin("b").Fire("workflow").Cancelled("b").Complete("undo");

        Assert.Equal((ExecutionStatus.TimedOut, "TIMEOUT", null), (run.State.Status, run.State.Error!.Code, run.State.Error.NodeId));
    }

    [Fact]
    public void The_timeout_acts_while_paused()
    {
        var run = GraphRun.Of(Graph.Of("start > a").With(s => s with { TimeoutSeconds = 30 })).Pause().Complete("start").Fire("workflow");

        Assert.Equal(ExecutionStatus.TimedOut, run.State.Status);
    }

    [Fact]
    public void The_timeout_does_not_apply_once_the_execution_stops_or_ends()
    {
        var graph = Graph.Of("start > a; undo").With("start", n => n with { CompensateWith = "undo" }).With(s => s with { TimeoutSeconds = 30 });
        var run = GraphRun.Of(graph).Complete("start").Fail("a");

        Assert.Contains(new CancelTimer("workflow"), run.Orders);
        Assert.Equal(ExecutionStatus.Error, run.Fire("workflow").Complete("undo").State.Status);
    }

    [Fact]
    public void The_timer_of_an_execution_that_ended_in_time_is_called_off()
    {
        var run = GraphRun.Of(Graph.Of("start").With(s => s with { TimeoutSeconds = 30 })).Complete("start");

        Assert.Equal([new StartTimer("workflow", 31_000), new CancelTimer("workflow")], run.Orders.Where(o => o is StartTimer or CancelTimer));
    }

    [Fact]
    public void After_the_end_nothing_changes_the_execution()
    {
        var run = GraphRun.Of("start").Complete("start").Cancel().Signal("late").Pause();

        Assert.Equal((ExecutionStatus.Success, 0, null), (run.State.Status, run.State.UnmatchedSignals, run.State.WaitingUntil));
        Assert.Empty(run.State.TakeReadySteps());
    }
}
