using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class CompensationTests
{
    private static WorkflowDefinition Undoable(string graph, params string[] nodes) =>
        nodes.Aggregate(Graph.Of(graph), (g, n) => g.With(n, d => d with { CompensateWith = "undo" }));

    private static string Undoes(GraphRun run) => $"{run.Step("undo").Compensates!.Value.Node}#{run.Step("undo").Compensates!.Value.Run} {run.Input("undo")}";

    [Fact]
    public void Runs_are_undone_one_by_one_in_reverse_order_of_completion_with_their_output()
    {
        var run = GraphRun.Of(Undoable("start > a:call, b:call > c; undo:call", "a", "b")).Complete("start").Complete("b", items: 2).Complete("a").Fail("c");

        Assert.Equal("a#0 6.main[0]", Undoes(run));
        Assert.Equal(["undo"], run.Ready);
        Assert.Equal("b#0 4.main[0] 4.main[1]", Undoes(run.Complete("undo")));
        Assert.Equal(ExecutionStatus.Error, run.Complete("undo").State.Status);
    }

    [Fact]
    public void Compensations_have_ordinals_of_their_own_and_are_external_like_any_node()
    {
        var run = GraphRun.Of(Undoable("start > a > b > c; undo:call", "a", "b")).Complete("start").Complete("a").Complete("b").Fail("c");

        Assert.Equal((0, true, "b.main#0x1"), (run.Step("undo").Run, run.Step("undo").IsExternal, run.Sources("undo")));
        Assert.Equal(1, run.Complete("undo").Step("undo").Run);
    }

    [Fact]
    public void What_ends_in_flight_after_the_stop_is_undone_too()
    {
        var run = GraphRun.Of(Undoable("start > a:call, b:call; undo", "a")).Complete("start").Begin("a").Fail("b");

        Assert.Equal("a#0 6.main[0]", Undoes(run.Complete("a")));
    }

    [Fact]
    public void A_failed_run_is_undone_with_its_successful_items()
    {
        var run = GraphRun.Of(Undoable("start > a; undo", "a"), items: 3).Complete("start", items: 3).Fail("a", succeeded: 2);

        Assert.Equal("a#0 3.main[0] 3.main[1]", Undoes(run));
    }

    [Fact]
    public void A_failed_run_without_successful_items_is_not_undone()
    {
        var run = GraphRun.Of(Undoable("start > a; undo", "a")).Complete("start").Fail("a");

        Assert.Equal((ExecutionStatus.Error, null), (run.State.Status, run["undo"]));
    }

    [Fact]
    public void Items_that_went_to_error_are_not_undone()
    {
        var graph = Undoable("start > a; a.main > b; a.error > c; undo", "a").With("a", n => n with { OnError = OnError.ErrorOutput });
        var run = GraphRun.Of(graph, items: 2).Complete("start", items: 2).CompleteWith("a", ("main", 1), ("error", 1)).Complete("c").Fail("b");

        Assert.Equal("a#0 3.main[0]", Undoes(run));
    }

    [Fact]
    public void A_run_all_of_whose_items_went_to_error_is_not_undone()
    {
        var graph = Undoable("start > a; a.error > b; undo", "a").With("a", n => n with { OnError = OnError.ErrorOutput });
        var run = GraphRun.Of(graph).Complete("start").Complete("a", "error").Fail("b");

        Assert.Equal(ExecutionStatus.Error, run.State.Status);
    }

    [Fact]
    public void A_run_that_put_nothing_out_is_undone_with_nothing()
    {
        var run = GraphRun.Of(Undoable("start > a, b; undo", "a")).Complete("start").Complete("a", items: 0).Fail("b");

        Assert.Equal("a#0 ", Undoes(run));
    }

    [Fact]
    public void A_disabled_or_pinned_or_skipped_node_is_never_undone()
    {
        var graph = Undoable("start > a > b > check; check.true > d; check.false > c; undo", "a", "b", "c").With("a", n => n with { Disabled = true })
            with { PinData = new ObjectValue { { "b", new ArrayValue() } } };
        var run = GraphRun.Of(graph, isManual: true).Complete("start").Complete("b").Complete("check", "true").Fail("d");

        Assert.Equal((ExecutionStatus.Error, RunStatus.Skipped), (run.State.Status, run["c"]));
    }

    [Fact]
    public void A_disabled_compensation_undoes_nothing()
    {
        var run = GraphRun.Of(Undoable("start > a > b; undo", "a").With("undo", n => n with { Disabled = true })).Complete("start").Complete("a").Fail("b");

        Assert.Equal((ExecutionStatus.Error, null), (run.State.Status, run["undo"]));
    }

    [Fact]
    public void Every_round_of_a_loop_is_undone()
    {
        var run = GraphRun.Of(Undoable("start > loop; loop.loop > a > loop; loop.done > b; undo", "a"), items: 2).Complete("start", items: 2).Enter("loop").Complete("a").Complete("a").Fail("b");

        Assert.Equal("a#1 5.main[0]", Undoes(run));
        Assert.Equal("a#0 4.main[0]", Undoes(run.Complete("undo")));
    }

    [Fact]
    public void A_copied_run_is_undone_like_any_other()
    {
        var run = GraphRun.Of(Undoable("start > a > b; undo", "a")).Complete("start");
        run.Apply(new NodeCompleted { Node = "a", Run = 0, Attempt = 3, CopiedFrom = "y", Outputs = [new OutputData("main", new Payload(1, 2, default, "blob"))] });

        run.Apply(new NodeFailed { Node = "b", Run = 0, Attempt = 1, Error = new ExecutionError("It broke.", "BROKEN", "b", 1) });

        Assert.Equal(new RunKey("a", 0), run.Step("undo").Compensates);
    }

    [Fact]
    public void One_that_fails_is_listed_and_the_rest_go_on()
    {
        var run = GraphRun.Of(Undoable("start > a > b > c; undo", "a", "b")).Complete("start").Complete("a").Complete("b").Fail("c").Fail("undo").Complete("undo");

        var end = (ExecutionFinished)run.Events[^1];
        Assert.Equal((ExecutionStatus.Error, "c", "undo"), (end.Status, end.Error!.NodeId, end.CompensationErrors.Single().NodeId));
    }

    [Fact]
    public void One_that_is_stopped_is_listed_too()
    {
        var run = GraphRun.Of(Undoable("start > a > b; undo", "a")).Complete("start").Complete("a").Fail("b").Cancelled("undo");

        Assert.Equal("CANCELLED", ((ExecutionFinished)run.Events[^1]).CompensationErrors.Single().Code);
    }

    [Fact]
    public void A_compensation_is_tried_again_like_any_node()
    {
        var run = GraphRun.Of(Undoable("start > a > b; undo:call", "a")).Complete("start").Complete("a").Fail("b").FailAttempt("undo", 20_000, failed: [0], succeeded: 1);

        Assert.Equal(20_000, run.Timers["retry:undo:0"]);
        Assert.Equal((2, new RunKey("a", 0)), (run.Fire("retry:undo:0").Step("undo").Attempt, run.Step("undo").Compensates));
        Assert.Equal(ExecutionStatus.Error, run.Complete("undo").State.Status);
    }

    [Fact]
    public void A_compensation_in_flight_at_a_crash_is_recovered()
    {
        var run = GraphRun.Of(Undoable("start > a > b; undo:call", "a")).Complete("start").Complete("a").Fail("b").Begin("undo").Crash();

        Assert.Equal((true, new RunKey("a", 0)), (run.Step("undo").IsRecovery, run.Step("undo").Compensates));
        Assert.Equal(ExecutionStatus.Error, run.Complete("undo").State.Status);
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("loop")]
    [InlineData("children")]
    public void A_compensation_may_wait_loop_or_call(string kind)
    {
        var type = kind == "loop" ? "loop" : "step";
        var run = GraphRun.Of(Undoable($"start > a > b; undo:{type}", "a")).Complete("start").Complete("a").Fail("b");

        _ = kind switch
        {
            "wait" => run.Rest("undo", "go").Signal("go"),
            "loop" => run.Enter("undo"),
            _ => run.Call("undo", 1).ChildStarted("undo.0.1.0").ChildEnded("undo.0.1.0").Complete("undo"),
        };

        Assert.Equal((ExecutionStatus.Error, RunStatus.Success), (run.State.Status, run["undo"]));
    }

    [Fact]
    public void The_output_does_not_include_compensation()
    {
        var run = GraphRun.Of(Undoable("start > a, b, c; undo", "a")).Complete("start").Complete("a").Complete("c").Fail("b").Complete("undo");

        Assert.Equal("3.main[0] 4.main[0]", run.Output);
    }

    [Fact]
    public void A_start_node_may_also_be_the_compensation()
    {
        var run = GraphRun.Of(Undoable("undo > a > b", "a"), start: "undo").Complete("undo").Complete("a").Fail("b");

        Assert.Equal(("a#0 3.main[0]", 1), (Undoes(run), run.Step("undo").Run));
    }

    [Fact]
    public void What_succeeded_before_a_retry_that_the_stop_prevents_is_composed_and_undone()
    {
        var run = GraphRun.Of(Undoable("start > a:call, b:call; undo", "a"), items: 2).Complete("start", items: 2).FailAttempt("a", 9_000, failed: [1], succeeded: 1).Fail("b");

        Assert.Equal(("CANCELLED", false), (run.Step("a").FailWith!.Code, run.Step("a").IsExternal));
        Assert.Equal("b", run.Fail("a", succeeded: 1).State.Error!.NodeId);
        Assert.Equal(new RunKey("a", 0), run.Step("undo").Compensates);
    }

    [Fact]
    public void What_succeeded_before_an_attempt_that_the_stop_ended_is_composed_and_undone()
    {
        var run = GraphRun.Of(Undoable("start > a:call, b:call; undo", "a"), items: 2).Complete("start", items: 2);

        run.FailAttempt("a", 9_000, failed: [1], succeeded: 1).Fire("retry:a:0").Begin("a").Fail("b").Cancelled("a");

        Assert.Equal("CANCELLED", run.Step("a").FailWith!.Code);
    }

    [Fact]
    public void An_attempt_that_fails_after_the_stop_is_not_tried_again()
    {
        var run = GraphRun.Of("start > a:call, b:call").Complete("start").Begin("a").Fail("b").FailAttempt("a", 9_000);

        Assert.Equal((RunStatus.Cancelled, ExecutionStatus.Error), (run["a"], run.State.Status));
    }

    [Fact]
    public void A_compensation_sees_the_run_that_it_undoes_and_what_that_saw()
    {
        var graph = Undoable("start > loop; loop.loop > a > b > loop; loop.done > c; undo", "b").With("undo", new ObjectValue { { "x", "{{ $('a').first() }}" } });
        var run = GraphRun.Of(graph, items: 2).Complete("start", items: 2).Enter("loop").Complete("a").Complete("b").Complete("a").Complete("b").Fail("c").Complete("undo");

        Assert.Equal(new RunKey("b", 0), run.Step("undo").Compensates);
        Assert.Equal((0, 0, 0, null), (run.Sees("undo", "b"), run.Sees("undo", "a"), run.Sees("undo", "start"), run.Sees("undo", "c")));
    }

    [Fact]
    public void A_compensation_sees_the_batch_of_the_round_that_it_undoes()
    {
        var graph = Undoable("start > loop; loop.loop > a > loop; loop.done > c; undo", "a").With("undo", new ObjectValue { { "x", "{{ $('loop').first() }}" } });
        var run = GraphRun.Of(graph, items: 2).Complete("start", items: 2).Enter("loop").Complete("a").Fail("a", succeeded: 1).Complete("undo");

        Assert.Equal(new DataPart(2, "main", 0, 1), run.Visible("undo", "loop")!.Outputs[0].Single());
    }

    [Fact]
    public void A_compensation_that_calls_a_workflow_has_it_started()
    {
        var run = GraphRun.Of(Undoable("start > a > b; undo", "a")).Complete("start").Complete("a").Fail("b").Call("undo", 1);

        Assert.Equal(["undo.0.1.0"], run.Orders.OfType<StartChild>().Select(s => s.ChildId));
    }

    [Fact]
    public void Outside_of_loops_a_compensation_sees_all_before_the_run_that_it_undoes()
    {
        var run = GraphRun.Of(Undoable("start > a > b > c; undo", "b")).Complete("start").Complete("a").Complete("b").Fail("c");

        Assert.Equal((0, 0, null), (run.Sees("undo", "a"), run.Sees("undo", "b"), run.Sees("undo", "c")));
        Assert.Equal("a", run.Visible("undo", "b")!.Inputs.Single().Sources.Single().Node);
    }
}
