using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class ChildrenTests
{
    private static GraphRun Called(int children = 3, OnError onError = OnError.Stop, int most = 10, bool wait = true, RetryPolicy? retry = null, string? undo = null)
    {
        var graph = Graph.Of("start > x:execute_workflow > a; start > b:call; undo").With("x", n => n with { OnError = onError, Retry = retry, CompensateWith = undo });
        return GraphRun.Of(graph, items: children).Complete("start", items: children).Begin("b").Call("x", children, wait, most);
    }

    private static IEnumerable<string> Started(GraphRun run) => run.Orders.OfType<StartChild>().Select(s => s.ChildId);

    [Fact]
    public void A_child_for_each_item_gets_that_item()
    {
        var starts = Called(2).Orders.OfType<StartChild>().ToList();

        Assert.Equal([("x.0.1.0", 0), ("x.0.1.1", 1)], starts.Select(s => (s.ChildId, s.Owner)));
        Assert.Equal([new DataPart(2, "main", 1, 1)], starts[1].Inputs.Single().Parts.AsEnumerable());
    }

    [Fact]
    public void A_child_for_all_gets_all_items()
    {
        var run = GraphRun.Of("start > x:execute_workflow", items: 3).Complete("start", items: 3).Call("x", 1, each: false);

        Assert.Equal((3, -1), (run.Orders.OfType<StartChild>().Single().Inputs[0].Count, run.Orders.OfType<StartChild>().Single().Owner));
    }

    [Fact]
    public void At_most_maxParallel_children_run_at_once()
    {
        var run = Called(3, most: 2);

        Assert.Equal(2, Started(run).Count());
        Assert.Equal(["x.0.1.0", "x.0.1.1", "x.0.1.2"], Started(run.ChildStarted("x.0.1.1", "x.0.1.0").ChildEnded("x.0.1.1")));
    }

    [Fact]
    public void When_all_have_ended_the_output_is_composed_in_item_order()
    {
        var run = Called(2).ChildStarted("x.0.1.0", "x.0.1.1").ChildEnded("x.0.1.1", items: 3);

        Assert.DoesNotContain("x", run.Ready);
        run.ChildEnded("x.0.1.0");
        Assert.Equal([(0, true, 1), (1, true, 3)], run.Step("x").Children.Select(c => (c.Owner, c.Succeeded, c.Count)));
        Assert.Equal((false, 8_000L), (run.Step("x").IsExternal, run.Step("x").Now));
    }

    [Fact]
    public void The_end_of_a_child_is_applied_once()
    {
        var run = Called(2).ChildEnded("x.0.1.0").ChildEnded("x.0.1.0");

        Assert.DoesNotContain("x", run.Ready);
    }

    [Fact]
    public void Children_that_are_not_awaited_are_done_once_they_have_started()
    {
        var run = Called(2, wait: false).ChildStarted("x.0.1.0");

        Assert.DoesNotContain("x", run.Ready);
        run.ChildStarted("x.0.1.1").ChildEnded("x.0.1.0");
        Assert.All(run.Step("x").Children, c => Assert.Equal((true, 0L), (c.Succeeded, c.Seq)));
    }

    [Fact]
    public void A_child_that_could_not_be_started_has_failed()
    {
        var run = Called(2, OnError.Continue, wait: false).ChildEnded("x.0.1.0", "error").ChildStarted("x.0.1.1");

        Assert.Equal([false, true], run.Step("x").Children.Select(c => c.Succeeded));
        Assert.Equal("BROKEN", run.Step("x").Children[0].Error!.Code);
    }

    [Fact]
    public void With_stop_a_failed_child_cancels_its_siblings_and_the_run_fails_after_they_ended()
    {
        var run = Called(3, most: 2).ChildStarted("x.0.1.0", "x.0.1.1").ChildEnded("x.0.1.0", "error");

        Assert.Contains(new CancelChild("x.0.1.1"), run.Orders);
        Assert.DoesNotContain("x", run.Ready);
        run.ChildEnded("x.0.1.1", "cancelled");
        Assert.Equal(["BROKEN", "CANCELLED", "CANCELLED"], run.Step("x").Children.Select(c => c.Error!.Code));
        Assert.Equal(2, Started(run).Count());
    }

    [Fact]
    public void With_continue_a_failed_child_leaves_its_siblings_alone()
    {
        var run = Called(2, OnError.Continue).ChildStarted("x.0.1.0", "x.0.1.1").ChildEnded("x.0.1.0", "error");

        Assert.DoesNotContain(run.Orders, o => o is CancelChild);
    }

    [Fact]
    public void While_attempts_are_left_a_failed_child_leaves_its_siblings_alone()
    {
        var run = Called(2, retry: new RetryPolicy { MaxAttempts = 2 }).ChildEnded("x.0.1.0", "error").ChildEnded("x.0.1.1");

        run.FailAttempt("x", 9_000, failed: [0], succeeded: 1).Fire("retry:x:0");

        Assert.Equal((2, true), (run.Step("x").Attempt, run.Step("x").Children.IsDefault));
        Assert.Equal("x.0.2.0", Started(run.Call("x", 1)).Last());
    }

    [Fact]
    public void A_call_without_children_is_composed_at_once() => Assert.Empty(Called(0 + 1).Call("b", 0).Step("b").Children);

    [Fact]
    public void Children_whose_start_was_not_recorded_are_started_again_after_a_crash()
    {
        var run = Called(3, most: 2).ChildStarted("x.0.1.1").Crash();

        Assert.Equal(["x.0.1.0", "x.0.1.1", "x.0.1.0"], Started(run));
    }

    [Fact]
    public void Cancel_reaches_awaited_children_and_their_ends_are_awaited()
    {
        var run = Called(2).ChildStarted("x.0.1.0").Cancel().Cancelled("b");

        Assert.Equal(["x.0.1.0", "x.0.1.1"], run.Orders.OfType<CancelChild>().Select(c => c.ChildId));
        Assert.Equal((ExecutionStatus.Waiting, RunStatus.Cancelled), (run.State.Status, run["x"]));
        run.Orders.Clear();
        Assert.Contains(new CancelChild("x.0.1.0"), run.Crash().Orders);
        Assert.Equal(ExecutionStatus.Cancelled, run.ChildEnded("x.0.1.0", "cancelled").State.Status);
    }

    [Fact]
    public void Children_that_are_not_awaited_are_not_cancelled()
    {
        var run = Called(2, wait: false).ChildStarted("x.0.1.0").Cancel().Cancelled("b");

        Assert.DoesNotContain(run.Orders, o => o is CancelChild);
        Assert.Equal(ExecutionStatus.Cancelled, run.State.Status);
    }

    [Fact]
    public void What_succeeded_before_the_stop_is_composed_to_be_undone()
    {
        var run = Called(2, undo: "undo").ChildStarted("x.0.1.0", "x.0.1.1").ChildEnded("x.0.1.0").Fail("b").ChildEnded("x.0.1.1", "cancelled");

        run.Fail("x", succeeded: 1);

        Assert.Equal(("b", new RunKey("x", 0)), (run.State.Error!.NodeId, run.Step("undo").Compensates));
    }

    [Fact]
    public void The_execution_waits_while_only_children_run()
    {
        var run = Called(1).Complete("b");

        Assert.Equal((ExecutionStatus.Waiting, false), (run.State.Status, run.State.IsAtRest));
    }
}
