using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class RetryingTests
{
    [Fact]
    public void The_next_attempt_comes_when_its_timer_fires()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").FailAttempt("a", retryAt: 9_000);

        Assert.Equal(9_000, run.Timers["retry:a:0"]);
        Assert.Empty(run.Ready);
        Assert.Equal(2, run.Fire("retry:a:0").Step("a").Attempt);
    }

    [Fact]
    public void The_next_attempt_gets_only_the_items_that_failed_and_where_the_others_results_are()
    {
        var run = GraphRun.Of("start > a:call", items: 5).Complete("start", items: 5).FailAttempt("a", 9_000, failed: [1, 2, 4], succeeded: 2).Fire("retry:a:0");

        run.FailAttempt("a", 20_000, failed: [4], succeeded: 2).Fire("retry:a:0");

        Assert.Equal<int>([4], run.Step("a").Pending);
        Assert.Equal<long>([4L, 7L], run.Step("a").EarlierAttempts);
        Assert.Equal(5, run.Step("a").Inputs[0].Count);
    }

    [Fact]
    public void An_attempt_without_results_is_not_among_the_earlier_ones()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").FailAttempt("a", 9_000).Fire("retry:a:0");

        Assert.Empty(run.Step("a").EarlierAttempts);
    }

    [Fact]
    public void A_new_attempt_has_a_new_now()
    {
        var run = GraphRun.Of("start > a:call").Complete("start");

        Assert.Equal(2_000, run.Step("a").Now);
        Assert.Equal(5_000, run.FailAttempt("a", 9_000).Fire("retry:a:0").Step("a").Now);
    }

    [Fact]
    public void A_run_counts_its_attempts_and_began_with_the_first()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").FailAttempt("a", 9_000).Fire("retry:a:0").Complete("a");

        Assert.Equal((2, 3_000L, 7_000L), (run.Runs[new RunKey("a", 0)].Attempts, run.Runs[new RunKey("a", 0)].StartedAt, run.Runs[new RunKey("a", 0)].FinishedAt));
    }

    [Fact]
    public void A_late_result_of_an_earlier_attempt_changes_nothing()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").FailAttempt("a", 9_000);
        var late = new NodeCompleted { Node = "a", Run = 0, Attempt = 1 };

        run.Apply(late).Fire("retry:a:0").Apply(late);

        Assert.Equal(2, run.Step("a").Attempt);
        Assert.Equal(ExecutionStatus.Running, run.State.Status);
    }

    [Fact]
    public void While_a_retry_is_due_later_the_execution_waits_and_is_not_at_rest()
    {
        var run = GraphRun.Of("start > a:call").Complete("start").FailAttempt("a", 9_000);

        Assert.Equal((ExecutionStatus.Waiting, false, 9_000L), (run.State.Status, run.State.IsAtRest, run.State.WaitingUntil));
        Assert.Equal(RunStatus.Waiting, run["a"]);
    }

    [Fact]
    public void A_timer_that_no_run_waits_for_changes_nothing()
    {
        var run = GraphRun.Of("start > a").Complete("start").Fire("retry:a:0").Fire("nonsense");

        Assert.Equal(1, run.Step("a").Attempt);
    }
}
