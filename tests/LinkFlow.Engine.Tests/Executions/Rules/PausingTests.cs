using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class PausingTests
{
    [Fact]
    public void While_paused_no_new_step_starts_and_what_is_in_flight_ends()
    {
        var run = GraphRun.Of("start > a:call > b").Complete("start").Begin("a").Pause();

        Assert.Equal(ExecutionStatus.Running, run.State.Status);
        run.Complete("a");
        Assert.Equal((ExecutionStatus.Paused, false), (run.State.Status, run.State.HasReadySteps));
        Assert.Equal(["b"], run.Resume().Ready);
    }

    [Fact]
    public void Due_timers_are_recorded_and_act_at_resume_in_their_order()
    {
        var run = GraphRun.Of("start > wait > b; start > a:call").Complete("start").Rest("wait", due: 9_000, kind: "duration").FailAttempt("a", 9_500).Pause();

        run.Fire("retry:a:0").Fire("wait:wait:0").Fire("wait:wait:0");

        Assert.Equal((RunStatus.Waiting, ExecutionStatus.Paused), (run["wait"], run.State.Status));
        Assert.Equal(["b", "a"], run.Resume().Ready);
    }

    [Fact]
    public void A_timer_recorded_in_a_pause_is_not_set_again_by_a_recovery()
    {
        var run = GraphRun.Of("start > wait").Complete("start").Rest("wait", due: 9_000, kind: "duration").Pause().Fire("wait:wait:0");
        run.Orders.Clear();

        Assert.Empty(run.Crash().Orders);
        Assert.Equal(RunStatus.Success, run.Resume()["wait"]);
    }

    [Fact]
    public void A_signal_that_comes_in_a_pause_wins_over_a_timeout_recorded_in_it()
    {
        var run = GraphRun.Of("start > wait > b").Complete("start").Rest("wait", "go", timeout: 9_000).Pause().Fire("wait-timeout:wait:0").Signal("go").Resume();

        Assert.Equal(["b"], run.Ready);
    }

    [Fact]
    public void Pause_and_resume_reach_awaited_children_that_run()
    {
        var run = GraphRun.Of("start > execute_workflow", items: 2).Complete("start", items: 2).Call("execute_workflow", 2).ChildStarted("execute_workflow.0.1.0");
        run.Orders.Clear();

        run.Pause().ChildStarted("execute_workflow.0.1.1").Resume();

        string[] children = ["execute_workflow.0.1.0", "execute_workflow.0.1.1"];
        Assert.Equal([.. children.Select(c => new PauseChild(c)), .. children.Select(c => new ResumeChild(c))], run.Orders);
    }

    [Fact]
    public void Children_are_told_again_after_a_recovery()
    {
        var run = GraphRun.Of("start > execute_workflow").Complete("start").Call("execute_workflow", 1).ChildStarted("execute_workflow.0.1.0").Pause();
        run.Orders.Clear();

        Assert.Equal([new PauseChild("execute_workflow.0.1.0")], run.Crash().Orders);
        Assert.Equal([new ResumeChild("execute_workflow.0.1.0")], run.Resume().Crash().Orders.Skip(2));
    }

    [Fact]
    public void No_child_starts_while_paused()
    {
        var run = GraphRun.Of("start > execute_workflow").Complete("start").Pause().Call("execute_workflow", 1);

        Assert.Equal((ExecutionStatus.Paused, false), (run.State.Status, run.State.HasReadySteps));
        Assert.Single(run.Resume().Orders.OfType<StartChild>());
    }

    [Fact]
    public void Compensation_waits_for_the_end_of_a_pause()
    {
        var graph = Graph.Of("start > a > b:call; undo").With("a", n => n with { CompensateWith = "undo" });
        var run = GraphRun.Of(graph).Complete("start").Complete("a").Begin("b").Pause().Fail("b");

        Assert.Equal(ExecutionStatus.Paused, run.State.Status);
        Assert.Equal(["undo"], run.Resume().Ready);
    }

    [Fact]
    public void An_execution_whose_last_run_ends_in_a_pause_ends()
    {
        var run = GraphRun.Of("start > a").Complete("start").Begin("a").Pause().Complete("a");

        Assert.Equal(ExecutionStatus.Success, run.State.Status);
    }

    [Fact]
    public void Pausing_twice_or_resuming_what_runs_changes_nothing()
    {
        var run = GraphRun.Of("start > a").Resume().Pause().Pause().Resume().Complete("start");

        Assert.Equal(["a"], run.Ready);
    }
}
