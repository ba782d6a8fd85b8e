using System.Runtime.CompilerServices;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>All nodes in a loop's region, those of nested loops too. Found once per plan.</summary>
internal static class LoopMembers
{
    private static readonly ConditionalWeakTable<ExecutionPlan, int[][]> Known = new();

    /// <summary>Indexes, ascending; of nodes that take part.</summary>
    public static int[] Of(ExecutionPlan plan, int loop) => Known.GetValue(plan, Find)[loop];

    private static int[][] Find(ExecutionPlan plan)
    {
        var members = new List<int>[plan.Nodes.Length];
        for (var i = 0; i < members.Length; i++) members[i] = [];
        foreach (var node in plan.Nodes)
            if (node.TakesPart)
                foreach (var loop in node.Loops) members[loop].Add(node.Index);
        return [.. members.Select(m => m.ToArray())];
    }
}
