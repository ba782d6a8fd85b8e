using System.Runtime.CompilerServices;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Nodes;

/// <summary>Which other nodes expressions name, and what of them must be at hand before these run.</summary>
/// <param name="Shown">Those whose runs must be looked up.</param>
/// <param name="Items">Those of which all items must be loaded.</param>
/// <param name="Linked">Those that items are followed back to.</param>
/// <param name="AnyItem">Any item of the input may be followed back, not only the current one.</param>
/// <param name="IsDynamic">A name is known only when it runs, so all that can be named counts.</param>
internal sealed record NodeReferences(
    IReadOnlyCollection<int> Shown, IReadOnlyCollection<int> Items, IReadOnlyCollection<int> Linked, bool AnyItem, bool IsDynamic)
{
    private static readonly NodeReferences None = new([], [], [], AnyItem: false, IsDynamic: false);
    private static readonly ConditionalWeakTable<PlannedNode, NodeReferences> Cache = new();

    public bool IsEmpty => Shown.Count == 0;

    /// <summary>Those of a node's parameters; worked out once per planned node.</summary>
    public static NodeReferences Of(ExecutionPlan plan, PlannedNode node)
    {
        if (node.Parameters.IsConstant) return None;
        if (Cache.TryGetValue(node, out var known)) return known;
        var references = Of(plan, node, node.Parameters.Templates().Select(t => t.Template!));
        Cache.AddOrUpdate(node, references);
        return references;
    }

    /// <param name="node">The node whose place in the workflow the expressions have.</param>
    public static NodeReferences Of(ExecutionPlan plan, PlannedNode node, IEnumerable<Template> templates)
    {
        var (shown, items, linked) = (new SortedSet<int>(), new SortedSet<int>(), new SortedSet<int>());
        var (any, dynamic) = (NodeUse.None, false);
        foreach (var template in templates)
        {
            dynamic |= template.HasDynamicReferences;
            foreach (var reference in template.References)
            {
                if (plan.FindByIdOrName(reference.Name) is not { } target) continue;
                any |= reference.Use;
                shown.Add(target.Index);
                if (reference.Use.HasFlag(NodeUse.Items)) items.Add(target.Index);
                if (reference.Use.HasFlag(NodeUse.Item)) linked.Add(target.Index);
            }
        }

        if (!dynamic) return shown.Count == 0 ? None : new NodeReferences(shown, items, linked, any.HasFlag(NodeUse.AnyItem), IsDynamic: false);
        var above = Above(plan, node);
        shown.UnionWith(above);
        return new NodeReferences(shown, shown, shown, AnyItem: true, IsDynamic: true);
    }

    /// <summary>The nodes with a path to this one, back edges included; for a node without connections (a compensation) all.</summary>
    private static SortedSet<int> Above(ExecutionPlan plan, PlannedNode node)
    {
        var all = node.Incoming.IsEmpty && !node.Descriptor.IsTrigger;
        return [.. plan.Nodes.Where(n => n.TakesPart && n.Index != node.Index && (all || plan.HasPath(n.Index, node.Index))).Select(n => n.Index)];
    }
}
