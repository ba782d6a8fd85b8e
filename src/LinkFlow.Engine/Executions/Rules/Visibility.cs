using System.Collections.Immutable;
using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// Which run of another node <c>$('x')</c> shows (execution.md §5): with a path without back edges, the run of the
/// current round of the innermost loop around both; with a path by its back edge only, that of the round before.
/// </summary>
internal static class Visibility
{
    public static VisibleRun? Find(ExecutionState state, NodeProgress from, NodeProgress target)
    {
        var (plan, common) = (state.Plan, CommonLoops(from.Node, target.Node));
        if (!target.Node.TakesPart) return null;

        // From the body of a loop that is not around both, the way leads out through that loop.
        var on = target.Node;
        for (var depth = on.Loops.Length - 1; depth >= common; depth--)
        {
            var loop = plan.Nodes[target.Node.Loops[depth]];
            if (!LeadsBack(plan, on, loop)) return null;
            on = loop;
        }

        if (on.Index != from.Index && plan.HasForwardPath(on.Index, from.Index)) return Current(state, target);
        if (common == 0 || !LeadsBack(plan, on, plan.Nodes[from.Node.Loops[common - 1]])) return null;
        return target.Before[common - 1] is { Status: RunStatus.Success } before ? Show(state, target, before) : null;
    }

    /// <summary>How many loops are around both nodes.</summary>
    public static int CommonLoops(PlannedNode one, PlannedNode other)
    {
        var depth = 0;
        while (depth < one.Loops.Length && depth < other.Loops.Length && one.Loops[depth] == other.Loops[depth]) depth++;
        return depth;
    }

    public static VisibleRun Show(ExecutionState state, NodeProgress node, SettledRun run) =>
        new(new RunKey(node.Node.Id, run.Ordinal), run.Outputs, Merging.Describe(state, node, run.Sources));

    private static bool LeadsBack(ExecutionPlan plan, PlannedNode from, PlannedNode loop)
    {
        foreach (var edge in loop.BackEdges)
            if (edge.Source == from.Index || plan.HasForwardPath(from.Index, edge.Source)) return true;
        return false;
    }

    /// <summary>The run in the current round; for a loop around the asking node: the batch of its current round.</summary>
    private static VisibleRun? Current(ExecutionState state, NodeProgress node)
    {
        if (node.Loop is { } loop)
            return new VisibleRun(new RunKey(node.Node.Id, node.Runs), PassingOn.Only(node, node.LoopOutput, loop.Batch), Merging.Describe(state, node, Merging.Sources(state, node)));
        return node.Last is { Status: RunStatus.Success } last ? Show(state, node, last) : null;
    }
}
