using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Tests.Executions.Rules;

public sealed class ReferencesTests
{
    private const int MostBytes = 256 * 1024;

    private static GraphRun Rounds(WorkflowDefinition definition, int rounds, params string[] body)
    {
        var run = GraphRun.Of(definition, items: rounds, checks: false).Complete("start", items: rounds).Enter("loop");
        for (var round = 0; round < rounds; round++)
            foreach (var node in body) run.Complete(node);
        return run;
    }

    [Fact]
    public void Results_of_many_rounds_are_stored_in_chunks_of_1000_and_keep_their_order()
    {
        var run = Rounds(Graph.Of("start > loop; loop.loop > a > loop; loop.done > end"), 2_500, "a");

        Assert.Equal([1_000, 1_000, 500], run.Events.OfType<ReferencesStored>().Where(e => e.Level == 0).Select(e => e.Parts.Length));
        Assert.Equal((2_500, "loop.done#0x2500"), (run.Step("end").Inputs[0].Count, run.Sources("end")));
        Assert.Equal(run.Events.OfType<NodeCompleted>().Where(e => e.Node == "a").Select(e => $"{e.Seq}.main[0]"), run.Input("end").Split(' '));
    }

    [Fact]
    public void A_finished_loops_result_is_a_few_references()
    {
        var run = Rounds(Graph.Of("start > loop; loop.loop > a > loop; loop.done > end"), 40, "a");

        Assert.Single(run.Step("end").Inputs[0].Parts);
        Assert.Equal(40, run.Input("end").Split(' ').Length);
    }

    [Fact]
    public void The_state_stays_small_over_100000_rounds_with_a_sink_and_compensation_in_them()
    {
        var graph = Graph.Of("start > loop; loop.loop > a > loop; a > b; loop.done > end; undo").With("a", n => n with { CompensateWith = "undo" });
        var run = Rounds(graph, 100_000, "a", "b");

        Assert.InRange(run.Snapshot().Length, 1, MostBytes);
        Assert.Equal(100_000, run.Step("end").Inputs[0].Count);
        run.Complete("end");
        Assert.Equal(100_001, run.State.Output.Sum(p => p.Count));
    }

    [Fact]
    public void The_state_stays_small_while_500_nodes_of_nested_loops_go_round()
    {
        var text = "start > " + string.Join("; ", Enumerable.Range(0, 160).Select(i => $"loop{i}; loop{i}.loop > a{i} > loop{i}; loop{i}.loop > b{i}; loop{i}.done > {(i < 159 ? $"loop{i + 1}" : "end")}").Select((s, i) => i == 0 ? s : s[(s.IndexOf(';') + 2)..]));
        var run = GraphRun.Of(text, items: 50, checks: false).Complete("start", items: 50);
        var largest = 0;
        for (var loop = 0; loop < 160; loop++)
        {
            run.Enter($"loop{loop}");
            for (var round = 0; round < 50; round++) run.Complete($"a{loop}").Complete($"b{loop}");
            largest = Math.Max(largest, run.Snapshot().Length);
        }

        Assert.InRange(largest, 1, MostBytes);
        Assert.Equal((50, 160 * 50), (run.Step("end").Inputs[0].Count, run.State.Output.Sum(p => p.Count)));
    }

    [Fact]
    public void A_body_without_steps_yields_to_the_storing_of_its_results()
    {
        var graph = Graph.Of("start > loop; loop.loop > a, b; a > loop; b > loop; loop.done > end").With("a", n => n with { Disabled = true }).With("b", n => n with { Disabled = true });
        var run = GraphRun.Of(graph, items: 10_000, checks: false).Complete("start", items: 10_000).Enter("loop");

        Assert.Equal(20_000, run.Step("end").Inputs[0].Count);
        Assert.InRange(run.Events.OfType<ReferencesStored>().Max(e => e.Parts.Length), 1, 4_000);
        Assert.Equal(GraphRun.SnapshotOf(run.Refold()), run.Snapshot());
    }

    [Fact]
    public void Runs_to_be_undone_are_recalled_from_the_last_stored_to_the_first()
    {
        var graph = Graph.Of("start > loop; loop.loop > a > loop; loop.done > end; undo").With("a", n => n with { CompensateWith = "undo" });
        var run = Rounds(graph, 900, "a").Fail("end");
        var undone = new List<int>();

        for (; run.Ready.Any(); run.Complete("undo")) undone.Add(run.Step("undo").Compensates!.Value.Run);

        Assert.Equal(Enumerable.Range(0, 900).Reverse(), undone);
        Assert.InRange(run.Events.OfType<ReferencesRecalled>().Count(), 1, 20);
    }

    [Fact]
    public void Failed_compensations_beyond_100_are_counted()
    {
        var graph = Graph.Of("start > loop; loop.loop > a > loop; loop.done > end; undo").With("a", n => n with { CompensateWith = "undo" });
        var run = Rounds(graph, 103, "a").Fail("end");
        while (run.Ready.Any()) run.Fail("undo");

        var errors = ((ExecutionFinished)run.Events[^1]).CompensationErrors;
        Assert.Equal((100, "4 more compensations failed."), (errors.Length, errors[^1].Message));
    }

    [Fact]
    public void A_history_with_stored_references_is_folded_alike_wherever_it_is_cut()
    {
        var graph = Graph.Of("start > loop; loop.loop > a > loop; a > b; loop.done > end; undo").With("a", n => n with { CompensateWith = "undo" });
        var run = Rounds(graph, 1_100, "a", "b");
        var state = ExecutionState.Start(run.Plan, (ExecutionStarted)run.Events[0]);

        foreach (var e in run.Events.Skip(1))
        {
            if (e.Seq % 97 == 0) state = ExecutionState.ReadSnapshot(run.Plan, GraphRun.SnapshotOf(state));
            state.Apply(e);
        }

        Assert.Equal(run.Snapshot(), GraphRun.SnapshotOf(state));
    }

    [Fact]
    public void An_order_to_store_is_given_again_after_a_crash()
    {
        var run = Rounds(Graph.Of("start > loop; loop.loop > a > loop; loop.done > end"), 33, "a");
        var cut = run.Events.FindIndex(e => e is ReferencesStored);
        var state = ExecutionState.Start(run.Plan, (ExecutionStarted)run.Events[0]);
        foreach (var e in run.Events.Take(cut).Skip(1)) state.Apply(e);

        var restored = ExecutionState.ReadSnapshot(run.Plan, GraphRun.SnapshotOf(state));

        Assert.Equal(33, ((StoreReferences)restored.TakeReadySteps().Single()).Event.Parts.Length);
        Assert.Equal(33, ((StoreReferences)state.TakeReadySteps().Single()).Event.Parts.Length);
    }

    [Fact]
    public void References_that_nobody_asked_to_store_change_nothing()
    {
        var run = GraphRun.Of("start > a > loop; loop.loop > b > loop").Complete("start");

        run.Apply(new ReferencesStored { Loop = "loop", Parts = [new DataPart(2, "main", 0, 1)] }).Apply(new ReferencesStored { Parts = [] });
        run.Apply(new ReferencesRecalled { StoredSeq = 4, Compensations = [] });

        Assert.Equal(["a"], run.Ready);
    }
}
