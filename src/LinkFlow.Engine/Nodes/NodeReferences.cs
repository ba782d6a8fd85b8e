using System.Runtime.CompilerServices;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Nodes;

/// <summary>Which other nodes a node's expressions name; worked out once per planned node.</summary>
/// <param name="Named">Those whose items must be loaded before it runs.</param>
/// <param name="Needed">Those whose runs must be looked up: with <paramref name="Linked"/>, the chain in between too.</param>
/// <param name="Linked">Some expression follows pairings (<c>.item</c>).</param>
internal sealed record NodeReferences(IReadOnlyCollection<int> Named, IReadOnlyCollection<int> Needed, bool Linked)
{
    private static readonly NodeReferences None = new([], [], false);
    private static readonly ConditionalWeakTable<PlannedNode, NodeReferences> Cache = new();

    public bool IsEmpty => Needed.Count == 0;

    public static NodeReferences Of(ExecutionPlan plan, PlannedNode node)
    {
        if (node.Parameters.IsConstant) return None;
        if (Cache.TryGetValue(node, out var known)) return known;
        var references = Find(plan, node);
        Cache.AddOrUpdate(node, references);
        return references;
    }

    private static NodeReferences Find(ExecutionPlan plan, PlannedNode node)
    {
        var named = new SortedSet<int>();
        var (linked, dynamic) = (false, false);
        foreach (var tree in node.Parameters.Templates())
        {
            dynamic |= tree.Template!.HasDynamicReferences;
            foreach (var reference in tree.Template.References)
            {
                linked |= reference.ItemLinked;
                if (plan.FindByIdOrName(reference.Name) is { } target) named.Add(target.Index);
            }
        }

        if (named.Count == 0 && !dynamic) return None;
        var above = dynamic || linked ? Above(plan, node) : [];
        above.UnionWith(named);
        return new NodeReferences(dynamic ? above : named, above, linked || dynamic);
    }

    /// <summary>The nodes with a path to this one, back edges included; for a node without connections (a compensation) all.</summary>
    private static SortedSet<int> Above(ExecutionPlan plan, PlannedNode node)
    {
        var all = node.Incoming.IsEmpty && !node.Descriptor.IsTrigger;
        return [.. plan.Nodes.Where(n => n.TakesPart && n.Index != node.Index && (all || plan.HasPath(n.Index, node.Index))).Select(n => n.Index)];
    }
}
