using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Orchestration;
using LinkFlow.Functions.Records;
using LinkFlow.Functions.Tests.Records;
using LinkFlow.Nodes;
using LinkFlow.Platform.Executions.Running;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>Events of batches get their places in the history, and what they refer to moves with them.</summary>
public sealed class RebasingTests
{
    [Fact]
    public void What_the_batch_knew_stays_and_what_it_made_moves()
    {
        var rebasing = new Rebasing(batchBase: 10, firstSeq: 15, lastAt: 1_000);
        var made = Completed("a", 11, 900, refersTo: 10);
        var behind = Completed("b", 12, 1_100, refersTo: 11);

        var (first, second) = ((NodeCompleted)rebasing.Place(made), (NodeCompleted)rebasing.Place(behind));

        Assert.Equal((15L, 1_000L, 10L), (first.Seq, first.At, first.Inputs[0].Recorded[0].Seq));
        Assert.Equal((16L, 1_100L, 15L), (second.Seq, second.At, second.Inputs[0].Recorded[0].Seq));
    }

    [Fact]
    public void Stored_references_recalled_runs_and_signals_handed_out_move_too()
    {
        var rebasing = new Rebasing(batchBase: 1, firstSeq: 11, lastAt: 0);
        var part = new DataPart(2, "main", 0, 1) { By = 3 };
        var run = new CompensableRun("a", 0, [part]) { Seen = [new VisibleRun(new RunKey("a", 0), [[part]], [])] };

        var stored = (ReferencesStored)rebasing.Place(new ReferencesStored { Seq = 2, Parts = [part], Compensations = [run] });
        var recalled = (ReferencesRecalled)rebasing.Place(new ReferencesRecalled { Seq = 3, StoredSeq = 2, Compensations = [run] });

        Assert.Equal(part with { Seq = 11, By = 12 }, stored.Parts[0]);
        Assert.Equal(stored.Parts[0], recalled.Compensations[0].Seen[0].Outputs[0][0]);
        Assert.Equal((11L, 11L), (recalled.StoredSeq, recalled.Compensations[0].Output[0].Seq));
    }

    [Fact]
    public void An_event_that_is_not_the_next_one_is_refused()
    {
        var rebasing = new Rebasing(batchBase: 10, firstSeq: 15, lastAt: 0);

        Assert.Throws<FormatException>(() => rebasing.Place(Completed("a", 12, 0, refersTo: 1)));
    }

    /// <summary>Four branches, each an external node and two pure ones behind it, in every order in which their batches can come back.</summary>
    [Fact]
    public void In_whatever_order_batches_come_back_the_fold_is_that_of_the_journal()
    {
        var plan = Plan();
        var journal = Fold(plan, [0, 1, 2, 3]);

        foreach (var order in Orders([0, 1, 2, 3]))
        {
            var state = Fold(plan, order);
            Assert.Equal(journal.NodesRun, state.NodesRun);
            Assert.Equal(journal.PayloadBytes, state.PayloadBytes);
            Assert.Equal(["join"], state.TakeReadySteps().OfType<RunNode>().Select(s => s.Node));
            Assert.Equal(Sources(journal), Sources(state));
        }
    }

    /// <summary>What the join would get, by who made it: the numbers differ, the branches must not.</summary>
    private static string Sources(ExecutionState state)
    {
        var copy = ExecutionState.ReadSnapshot(state.Plan, OrchestrationInputs.Snapshot(state));
        return string.Join(' ', copy.TakeReadySteps().OfType<RunNode>().Single().Inputs.Select(i => $"{i.Input}:{string.Join(',', i.Sources.Select(s => $"{s.Node}.{s.Output}#{s.Run}×{s.Count}"))}"));
    }

    private static ExecutionState Fold(ExecutionPlan plan, int[] order)
    {
        var state = ExecutionState.Start(plan, Started(plan));
        state.Apply(Completed("start", 2, 1, refersTo: 1));
        state.TakeReadySteps();
        for (var i = 0; i < 4; i++) state.Apply(new NodeStarted { Seq = 3 + i, At = 1, Node = $"e{i}", Run = 0, Attempt = 1 });
        var known = state.LastSeq;
        foreach (var branch in order)
        {
            var rebasing = new Rebasing(known, state.LastSeq + 1, 1);
            ExecutionEvent[] batch = [Completed($"e{branch}", known + 1, 2, 2), Completed($"p{branch}", known + 2, 2, known + 1), Completed($"q{branch}", known + 3, 2, known + 2)];
            foreach (var @event in batch)
            {
                Assert.True(state.Takes(@event));
                var placed = (NodeCompleted)rebasing.Place(@event);
                Assert.Equal(@event == batch[0] ? 2 : placed.Seq - 1, placed.Inputs[0].Recorded[0].Seq);
                state.Apply(placed);
            }
        }

        return state;
    }

    private static NodeCompleted Completed(string node, long seq, long at, long refersTo) => new()
    {
        Seq = seq, At = at, Node = node, Run = 0, Attempt = 1,
        Inputs = [new InputSources("main", [new InputSource("before", "main", 0, 1) { Seq = refersTo }])],
        Outputs = [new OutputData("main", Payload.Of([Item.Of(new ObjectValue())]))],
    };

    private static ExecutionStarted Started(ExecutionPlan plan) => new()
    {
        Seq = 1, At = 1, ExecutionId = "x", WorkflowId = "w", WorkflowVersion = 1, RulesVersion = ExecutionState.CurrentRulesVersion,
        Seed = new string('0', 32), Mode = "api", StartNode = plan.StartNode.Id, Input = Payload.Of([Item.Of(new ObjectValue())]),
    };

    private static ExecutionPlan Plan()
    {
        var workflows = new SavedWorkflows();
        var nodes = string.Join(',', Enumerable.Range(0, 4).Select(i => $$$"""
            "e{{{i}}}":{"type":"http_request","parameters":{"url":"https://example.org"}},"p{{{i}}}":{"type":"no_op"},"q{{{i}}}":{"type":"no_op"}
            """));
        workflows.Save(
            "w", $$$$"""{"start":{"type":"start"},{{{{nodes}}}},"join":{"type":"merge","parameters":{"inputs":4}}}""",
            string.Join("; ", Enumerable.Range(0, 4).Select(i => $"start > e{i} > p{i} > q{i} > join.input{i + 1}")), s => s with { MaxParallelNodes = 4 });
        var version = workflows.FindAsync("t", "w", 1).AsTask().GetAwaiter().GetResult()!;
        return PlannedWorkflow.Build(version, BuiltInNodes.All(), "start", isManual: false).Plan;
    }

    private static IEnumerable<int[]> Orders(ImmutableArray<int> left) =>
        left.Length == 0 ? [[]] : left.SelectMany(first => Orders(left.Remove(first)).Select(rest => (int[])[first, .. rest]));
}
