using System.Collections.Immutable;
using LinkFlow.Engine.Executions.Rules;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Text;

namespace LinkFlow.Engine.Executions;

/// <summary>
/// Retry and fork (execution.md §10): what of a finished execution a new one takes over, so that it goes on from a
/// point. A pure function of the old history; it starts nothing and loads nothing.
/// </summary>
public static class Fork
{
    public const string FromFailed = "failed";
    public const string FromStart = "start";

    /// <summary>Takes over every run that is done and not downstream of the point.</summary>
    /// <param name="history">All events of the old execution.</param>
    /// <param name="oldPlan">The plan that it ran by.</param>
    /// <param name="newPlan">The plan that the new one will run by, from the same start node.</param>
    /// <param name="from"><see cref="FromFailed"/>, <see cref="FromStart"/>, or a node's id.</param>
    /// <param name="useLatestWorkflow">The new plan is of another version: nodes whose definition or ancestors changed run again.</param>
    public static ForkOutcome Of(IReadOnlyList<ExecutionEvent> history, ExecutionPlan oldPlan, ExecutionPlan newPlan, string from, bool useLatestWorkflow)
    {
        var started = (ExecutionStarted)history[0];
        if (history.OfType<ExecutionFinished>().FirstOrDefault() is not { } finished)
            return new ForkRefused(ForkRefused.NotFinished, "The execution has not ended yet. Cancel it, or wait for its end, and retry it then.");
        if (IsGone(started.Input)) return Missing("its input");

        var runs = FinishedRuns.Of(history, oldPlan);
        if (Refusal(newPlan, runs, from, finished) is { } refused) return refused;
        if (from == FromStart) return new Forked([], started.StartNode, started.Input);

        var again = RunAgain(oldPlan, newPlan, runs, from, useLatestWorkflow);
        var kept = runs.Copies.Where(c => newPlan.Find(c.Node) is { TakesPart: true } node && !again.Contains(Outermost(node))).ToList();
        return kept.FirstOrDefault(c => HasLostData(c.Event)).Node is { } lost
            ? Missing($"what '{lost}' put out")
            : new Forked(WithStoredReferences(newPlan, started, kept.Select(c => c.Event)), started.StartNode, started.Input);
    }

    /// <summary>Folds the copies as the new execution will, and puts in where that stores references. Their seqs are the new execution's.</summary>
    private static ImmutableArray<ExecutionEvent> WithStoredReferences(ExecutionPlan plan, ExecutionStarted started, IEnumerable<ExecutionEvent> copies)
    {
        var all = ImmutableArray.CreateBuilder<ExecutionEvent>();
        var state = ExecutionState.Start(plan, started with { RulesVersion = ExecutionState.CurrentRulesVersion });
        foreach (var copy in copies)
        {
            Add(copy);
            foreach (var store in state.TakeReadySteps().OfType<StoreReferences>()) Add(store.Event);
        }

        return all.DrainToImmutable();

        void Add(ExecutionEvent old)
        {
            var copy = WithSourcesOf(state, old);
            state.Apply(copy with { Seq = state.LastSeq + 1, At = started.At });
            all.Add(copy);
        }
    }

    /// <summary>The copied run got the same items, which are recorded elsewhere now.</summary>
    private static ExecutionEvent WithSourcesOf(ExecutionState state, ExecutionEvent copy) => copy switch
    {
        NodeCompleted e => e with { Inputs = SourcesOf(state, e.Node) },
        WaitStarted e => e with { Inputs = SourcesOf(state, e.Node) },
        LoopEntered e => e with { Inputs = SourcesOf(state, e.Node) },
        _ => copy,
    };

    private static ImmutableArray<InputSources> SourcesOf(ExecutionState state, string node) =>
        [.. Merging.Inputs(state, state.Node(node)).Select(InputSources.Of)];

    private static ForkRefused? Refusal(ExecutionPlan plan, FinishedRuns runs, string from, ExecutionFinished finished)
    {
        if (from == FromStart) return null;
        if (from == FromFailed)
        {
            return finished.Status == ExecutionStatus.Success
                ? new ForkRefused(ForkRefused.NothingFailed, "Nothing failed in this execution. Retry it from 'start', or from a node.")
                : null;
        }

        if (plan.Find(from) is not { } node)
        {
            var guess = DidYouMean.Suggestion(from, plan.Nodes.Select(n => n.Id));
            return new ForkRefused(ForkRefused.UnknownNode, $"The workflow has no node '{from}'.{guess} 'failed' and 'start' are possible too.");
        }

        return node.TakesPart && runs.Ran(from)
            ? null
            : new ForkRefused(ForkRefused.NodeNotRun, $"The node '{from}' took no part in this execution, so nothing can go on from it. Retry it from 'failed', from 'start', or from a node that ran.");
    }

    /// <summary>The nodes outside of all loops that run again: the point, what was not done or has changed, and all behind them.</summary>
    private static HashSet<int> RunAgain(ExecutionPlan oldPlan, ExecutionPlan plan, FinishedRuns runs, string from, bool useLatestWorkflow)
    {
        var again = new HashSet<int>();
        foreach (var node in plan.Nodes.Where(n => n.TakesPart))
        {
            var isDone = node.Loops.IsEmpty ? runs.IsDone(node.Id) : !runs.IsUndone(node.Id);
            if (node.Id == from || !isDone || (useLatestWorkflow && PlanChanges.IsChanged(oldPlan, plan, node))) again.Add(Outermost(node));
        }

        for (var before = -1; before != again.Count;)
        {
            before = again.Count;
            foreach (var node in plan.Nodes)
                if (node.TakesPart && node.Incoming.Any(c => again.Contains(Outermost(plan.Nodes[c.Source])))) again.Add(Outermost(node));
        }

        return again;
    }

    /// <summary>The outermost loop around a node, or the node itself.</summary>
    private static int Outermost(PlannedNode node) => node.Loops.IsEmpty ? node.Index : node.Loops[0];

    private static bool HasLostData(ExecutionEvent copied) => copied switch
    {
        NodeCompleted e => e.Outputs.Any(o => IsGone(o.Items)) || (e.Response is { } response && IsGone(response)),
        SignalReceived e => IsGone(e.Body),
        _ => false,
    };

    private static bool IsGone(Payload payload) => payload.Blob is null && payload.Inline.IsEmpty && payload.Bytes > 0;

    private static ForkRefused Missing(string what) =>
        new(ForkRefused.DataMissing, $"The data of this execution was not kept: {what} is gone. Start the workflow anew instead.");
}
