using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>A node whose connections are all dead is skipped, and its outputs are dead (execution.md §2, §3).</summary>
internal static class Skipping
{
    public static void Skip(ExecutionState state, NodeProgress node)
    {
        if (node.Node.IsLoop) SkipRegion(state, node);
        Settling.End(state, node, RunStatus.Skipped, []);
    }

    /// <summary>A loop makes no round: each node of its region, nested ones too, is skipped once.</summary>
    public static void SkipRegion(ExecutionState state, NodeProgress loop)
    {
        foreach (var index in LoopMembers.Of(state.Plan, loop.Index))
        {
            var member = state.Nodes[index];
            member.Last = new SettledRun(member.Runs++, RunStatus.Skipped, [], []);
            state.Report(member, member.Last.Ordinal, RunStatus.Skipped, null, 0, null);
        }
    }
}
