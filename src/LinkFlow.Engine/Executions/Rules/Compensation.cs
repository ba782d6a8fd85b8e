using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// After a failure or a time-out (after a cancel if asked for) what was done is undone: run by run in reverse order of
/// completion, each with that run's output as input, one at a time; one that fails is listed and the rest go on (execution.md §7).
/// </summary>
internal static class Compensation
{
    /// <summary>Failures beyond this number are only counted.</summary>
    private const int MostErrors = 100;

    /// <summary>The node that undoes a node's runs, or null: it has none, is pinned or disabled, or the other one is disabled.</summary>
    public static PlannedNode? NodeFor(ExecutionState state, NodeProgress node)
    {
        var definition = node.Node.Definition;
        if (definition.CompensateWith is not { } id || definition.Disabled || node.Node.IsPinned) return null;
        return state.Plan.Find(id) is { Definition.Disabled: false } undo ? undo : null;
    }

    /// <summary>Notes a run that can be undone. A failed one only with its successful items; without any there is nothing to undo.</summary>
    public static void Remember(ExecutionState state, NodeProgress node, SettledRun run)
    {
        if (run.Status is not (RunStatus.Success or RunStatus.Error) || NodeFor(state, node) is not { } undo) return;
        var parts = Successful(node, run.Outputs).SelectMany(o => o.Parts).ToImmutableArray();
        var hasFailedItems = run.Status == RunStatus.Error || run.Outputs.Sum(o => o.Length) > parts.Length;
        if (hasFailedItems && parts.IsEmpty && !node.Node.IsLoop) return;
        state.Compensations.Add(new CompensableRun(node.Node.Id, run.Ordinal, parts) { Seen = Seen(state, node, run, undo) });
        References.KeepShort(state, state.Compensations);
    }

    /// <summary>Nothing runs any more and nothing that was called off is still awaited, so that the next compensation, or the end, may come.</summary>
    public static bool IsQuiet(ExecutionState state) =>
        state.Undoing < 0
        && state.Ready is { InFlight: 0, Count: 0 }
        && state.AwaitedChildren.Count == 0
        && state.CountOf(RunPhase.Children) == 0
        && state.Compensations.Reserved == 0;

    /// <summary>
    /// Makes the next compensation ready. It is not part of the fold but derived whenever steps are taken: only its
    /// events make it a fact, so that a history is folded alike wherever it is cut.
    /// </summary>
    public static void Prepare(ExecutionState state)
    {
        if (state.Stop is not { Compensates: true } || !IsQuiet(state)) return;
        var log = state.Compensations;
        if (log.Runs.Count > 0) Begin(state, log.Runs[^1]);
        else if (log.Stored.Count > 0 && !state.IsRecalling)
        {
            state.IsRecalling = true;
            state.Outbox.Put(RecallKey, new RecallReferences(log.Stored[^1]));
        }
    }

    public static void Recalled(ExecutionState state, ReferencesRecalled recalled)
    {
        var log = state.Compensations;
        state.IsRecalling = false;
        state.Outbox.Withdraw(RecallKey);
        if (log.Stored.Count == 0 || log.Stored[^1] != recalled.StoredSeq) return;
        log.Stored.RemoveAt(log.Stored.Count - 1);
        foreach (var run in recalled.Compensations) log.Add(run);
    }

    /// <summary>An event speaks of a compensation that this fold has not begun: the last run that can be undone, by that node.</summary>
    public static bool Expect(ExecutionState state, NodeProgress node, RunKey? compensates)
    {
        if (state.Stop is not { Compensates: true } || state.Undoing >= 0 || state.Compensations.Runs.Count == 0) return false;
        var last = state.Compensations.Runs[^1];
        if (state.Plan.Find(last.Node)!.Definition.CompensateWith != node.Node.Id) return false;
        if (compensates is { } key && key != new RunKey(last.Node, last.Run)) return false;
        Begin(state, last);
        return true;
    }

    public static void Ended(ExecutionState state, NodeProgress node, CompensableRun undone, RunStatus status, ExecutionError? error)
    {
        state.Compensations.RemoveLast();
        state.Undoing = -1;
        if (status == RunStatus.Success) return;
        error ??= new ExecutionError($"The compensation of run {undone.Run} of '{undone.Node}' was stopped.", NodeErrorCodes.Cancelled, node.Node.Id, 1);
        state.FailedCompensations++;
        if (state.CompensationErrors.Count < MostErrors) state.CompensationErrors.Add(error);
        else state.CompensationErrors[^1] = new ExecutionError($"{state.FailedCompensations - MostErrors + 1} more compensations failed.", error.Code, NodeId: null, Attempt: 0);
    }

    /// <summary>The run's successful items, joined output by output.</summary>
    public static ImmutableArray<StepInput> Inputs(ExecutionState state, NodeProgress node, CompensableRun undone)
    {
        var source = state.Node(undone.Node);
        var sources = Successful(source, Shown(state, undone).Outputs).Select(o => new InputSource(undone.Node, source.Node.Outputs[o.Output], undone.Run, Merging.CountOf(o.Parts)));
        var names = Merging.InputNames(node);
        return [new StepInput(names[0], undone.Output, [.. sources]), .. names.Skip(1).Select(n => new StepInput(n, [], []))];
    }

    /// <summary>What a compensation sees: the run that it undoes, and what that run saw.</summary>
    public static VisibleRun? FindVisible(ExecutionState state, CompensableRun undone, NodeProgress target)
    {
        if (target.Node.Id == undone.Node) return Shown(state, undone);
        var node = state.Node(undone.Node);
        return IsCoveredUp(node, target)
            ? undone.Seen.FirstOrDefault(s => s.Key.Node == target.Node.Id)
            : Visibility.Find(state, node, target);
    }

    private const string RecallKey = "recall";

    private static void Begin(ExecutionState state, CompensableRun run)
    {
        var node = state.Node(state.Plan.Find(run.Node)!.Definition.CompensateWith!);
        state.Undoing = node.Index;
        Readiness.Release(state, node, undoes: run, at: state.LastAt);
    }

    private static VisibleRun Shown(ExecutionState state, CompensableRun undone) =>
        undone.Seen.Length > 0 ? undone.Seen[0] : Visibility.Show(state, state.Node(undone.Node), state.Node(undone.Node).Last!);

    private static IEnumerable<(int Output, ImmutableArray<DataPart> Parts)> Successful(NodeProgress node, ImmutableArray<ImmutableArray<DataPart>> outputs)
    {
        var error = node.Node.Definition.OnError == OnError.ErrorOutput ? node.Node.Outputs.Length - 1 : -1;
        for (var i = 0; i < outputs.Length; i++)
            if (i != error && i != node.LoopOutput && !outputs[i].IsEmpty) yield return (i, outputs[i]);
    }

    /// <summary>Whether later rounds change what a node sees of another: one in a loop around it, or such a loop.</summary>
    private static bool IsCoveredUp(NodeProgress node, NodeProgress target) =>
        Visibility.CommonLoops(node.Node, target.Node) > 0 || node.Node.Loops.Contains(target.Index);

    /// <summary>Later rounds cover up what a run in a loop saw, so it is kept with the run; outside of loops it stays in the state.</summary>
    private static ImmutableArray<VisibleRun> Seen(ExecutionState state, NodeProgress node, SettledRun run, PlannedNode undo)
    {
        if (node.Node.Loops.IsEmpty) return [];
        var seen = ImmutableArray.CreateBuilder<VisibleRun>();
        seen.Add(Visibility.Show(state, node, run));
        foreach (var index in NodeRunner.ReferencedNodes(state.Plan, undo))
            if (index != node.Index && IsCoveredUp(node, state.Nodes[index]) && Visibility.Find(state, node, state.Nodes[index]) is { } visible)
                seen.Add(visible);
        return seen.DrainToImmutable();
    }
}
