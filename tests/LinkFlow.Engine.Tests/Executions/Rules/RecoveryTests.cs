using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class RecoveryTests
{
    [Fact]
    public void A_step_that_was_only_handed_out_is_handed_out_again()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").Crash();

        Assert.Equal((false, 2_000L), (run.Step("a").IsRecovery, run.Step("a").Now));
    }

    [Fact]
    public void An_attempt_in_flight_at_a_crash_runs_again_with_its_recorded_now()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").Begin("a").Crash();

        Assert.Equal((true, 0, 3_000L, 1), (run.Step("a").IsRecovery, run.Step("a").Recoveries, run.Step("a").Now, run.Step("a").Attempt));
        Assert.Equal(RunStatus.Success, run.Recover("a").Complete("a")["a"]);
    }

    [Fact]
    public void A_finished_external_step_is_never_handed_out_again()
    {
        var run = GraphRun.Of("start > a:call > b:call").Complete("start").Complete("a").Crash();

        Assert.Equal(["b"], run.Ready);
    }

    [Fact]
    public void The_fourth_recovery_of_one_attempt_fails_it_with_CRASHED()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").Begin("a");

        for (var i = 0; i < 3; i++) run.Crash().Recover("a");

        Assert.Equal(3, run.Crash().Step("a").Recoveries);
        Assert.Equal(("CRASHED", false, false), (run.Step("a").FailWith!.Code, run.Step("a").IsRecovery, run.Step("a").IsExternal));
    }

    [Fact]
    public void Another_attempt_counts_its_recoveries_anew()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").Begin("a").Crash().Recover("a").FailAttempt("a", 9_000).Fire("retry:a:0").Begin("a").Crash();

        Assert.Equal((2, 0), (run.Step("a").Attempt, run.Step("a").Recoveries));
    }

    [Fact]
    public void With_onCrash_fail_the_first_recovery_fails_it()
    {
        var run = GraphRun.Of(Graph.Of("start > a:call").With("a", n => n with { OnCrash = OnCrash.Fail })).Complete("start").Begin("a").Crash();

        Assert.Equal("CRASHED", run.Step("a").FailWith!.Code);
    }

    [Fact]
    public void A_pure_step_whose_start_was_recorded_is_recovered_too()
    {
        var run = GraphRun.Of("start > a").Complete("start").Begin("a").Crash();

        Assert.Equal((true, false), (run.Step("a").IsRecovery, run.Step("a").IsExternal));
    }

    [Fact]
    public void Attempts_in_flight_at_a_crash_keep_their_slots()
    {
        var run = GraphRun.Of(Graph.Of("start > a:call, b:call").With(s => s with { MaxParallelNodes = 1 })).Complete("start").Begin("a").Crash();

        Assert.Equal(["a"], run.Ready);
    }

    [Fact]
    public void Timers_that_are_open_are_ordered_again_and_those_called_off_are_not()
    {
        var run = GraphRun.Of("start > wait1, wait2").Complete("start").Rest("wait1", due: 9_000, kind: "duration").Rest("wait2", "go", timeout: 8_000).Signal("go");
        run.Orders.Clear();

        run.Crash();

        Assert.Equal([new StartTimer("wait:wait1:0", 9_000)], run.Orders);
    }

    [Fact]
    public void An_attempt_in_flight_when_the_execution_was_stopping_is_not_run_again_but_cancelled()
    {
        var run = GraphRun.Of("start > a:call, b:call").Complete("start").Begin("b").Fail("a");
        run.Orders.Clear();

        run.Crash();

        Assert.Equal([new CancelAttempt("b", 0, 1)], run.Orders);
        Assert.Empty(run.Ready);
        Assert.Equal(ExecutionStatus.Error, run.Apply(new NodeCancelled { Node = "b", Run = 0, Attempt = 1 }).State.Status);
    }

    [Fact]
    public void The_end_is_ordered_again_until_it_is_recorded()
    {
        var run = GraphRun.Of("start").WithoutFinish().Complete("start").Crash();

        Assert.Equal(2, run.Orders.OfType<FinishExecution>().Count());
        Assert.False(run.State.HasReadySteps);
    }
}
