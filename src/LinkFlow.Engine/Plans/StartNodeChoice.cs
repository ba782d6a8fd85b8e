using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Text;

namespace LinkFlow.Engine.Plans;

/// <summary>Which node an execution starts at (execution.md §1).</summary>
/// <param name="NodeId">Null when there is an error.</param>
/// <param name="Error">Why there is none, naming the triggers to choose from; its pointer is <c>/startNodeId</c>.</param>
public sealed record StartNodeChoice(string? NodeId, PlanError? Error)
{
    /// <summary>
    /// The node asked for; else the trigger that fired; else the only enabled trigger of the preferred type; else the
    /// only enabled trigger. A node in a loop's body and a disabled trigger cannot start an execution.
    /// </summary>
    /// <param name="startNodeId">What the caller asked for, or null.</param>
    /// <param name="firedTrigger">The id of the trigger that fired, or null.</param>
    /// <param name="preferredType">For a manual run <c>start</c>, for a child <c>subworkflow</c>, for an error workflow <c>error</c>; or null.</param>
    public static StartNodeChoice Of(WorkflowDefinition definition, NodeRegistry registry, string? startNodeId, string? firedTrigger, string? preferredType)
    {
        if ((startNodeId ?? firedTrigger) is { } wanted) return Named(definition, registry, wanted);

        var triggers = definition.Nodes.Where(n => registry.Describe(n.Type) is { IsTrigger: true }).ToList();
        var enabled = triggers.Where(t => !t.Disabled).ToList();
        var preferred = enabled.Where(t => t.Type == preferredType).ToList();
        if (preferred.Count == 1) return new StartNodeChoice(preferred[0].Id, null);
        if (enabled.Count == 1) return new StartNodeChoice(enabled[0].Id, null);
        if (enabled.Count > 1) return Refused("START_NODE_AMBIGUOUS", $"The workflow has {enabled.Count} triggers. Choose one by startNodeId: {Names(enabled)}.", null);
        return triggers.Count > 0
            ? Refused("START_TRIGGER_DISABLED", $"All triggers of the workflow are disabled: {Names(triggers)}. Enable one.", null)
            : Refused("NO_TRIGGER", "The workflow has no trigger. Add one, e.g. a node of type start, or name a startNodeId.", null);
    }

    private static StartNodeChoice Named(WorkflowDefinition definition, NodeRegistry registry, string id)
    {
        if (definition.Nodes.FirstOrDefault(n => n.Id == id) is not { } node)
            return Refused("START_NODE_UNKNOWN", $"The start node '{id}' is not in the workflow.{DidYouMean.Suggestion(id, definition.Nodes.Select(n => n.Id))}", null);
        if (registry.Describe(node.Type) is { IsTrigger: true })
            return node.Disabled ? Refused("START_TRIGGER_DISABLED", $"The trigger '{id}' is disabled and cannot start an execution.", id) : new StartNodeChoice(id, null);

        var graph = WorkflowGraph.Of(definition, registry);
        var regions = LoopRegions.Of(graph);
        var loops = regions.Loops.Where(l => regions[l].Contains(graph.IndexOf(id))).ToList();
        return loops.Count > 0
            ? Refused("START_NODE_IN_LOOP", $"The start node '{id}' is in the body of loop '{graph[loops.MaxBy(l => regions[l].Count)].Id}'. Start at the loop.", id)
            : new StartNodeChoice(id, null);
    }

    private static string Names(IEnumerable<NodeDefinition> nodes) => string.Join(", ", nodes.Select(n => $"'{n.Id}' ({n.Type})"));

    private static StartNodeChoice Refused(string code, string message, string? node) => new(null, new PlanError(code, message, node, "/startNodeId"));
}
