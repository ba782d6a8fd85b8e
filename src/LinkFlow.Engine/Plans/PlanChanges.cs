using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Plans;

/// <summary>What two versions of a workflow differ in, as far as running is concerned.</summary>
internal static class PlanChanges
{
    /// <summary>True when the node, or what is connected into it, is not as it was. Notes and positions do not count.</summary>
    public static bool IsChanged(ExecutionPlan before, ExecutionPlan after, PlannedNode node) =>
        before.Find(node.Id) is not { TakesPart: true } old
        || !AreSame(old.Definition, node.Definition)
        || !Sources(before, old).SequenceEqual(Sources(after, node));

    private static IEnumerable<(string Source, string Output, string Input)> Sources(ExecutionPlan plan, PlannedNode node) =>
        node.Incoming.Concat(node.BackEdges).Select(c => (plan.Nodes[c.Source].Id, plan.Nodes[c.Source].Outputs[c.SourceOutput], node.Inputs[c.TargetInput]));

    private static bool AreSame(NodeDefinition a, NodeDefinition b) =>
        Plain(a) == Plain(b)
        && Value.From(a.Parameters) == Value.From(b.Parameters)
        && a.Credentials.Count == b.Credentials.Count
        && a.Credentials.All(c => b.Credentials.TryGetValue(c.Key, out var id) && id == c.Value);

    /// <summary>The node without what is compared on its own and what does not count.</summary>
    private static NodeDefinition Plain(NodeDefinition node) => node with { Parameters = Nothing, Credentials = NoCredentials, Notes = null, Position = default };

    private static readonly ObjectValue Nothing = new();
    private static readonly Dictionary<string, string> NoCredentials = [];
}
