using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Expressions;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>What an express workflow, which lives in memory and within a request, cannot do (execution.md §6).</summary>
internal static class ExpressMode
{
    private static readonly HashSet<string> StartingTypes = new(StringComparer.Ordinal) { "start", "webhook", "subworkflow" };

    /// <param name="modeOf">The mode of another workflow by id, or null when it is not known.</param>
    public static void Check(WorkflowGraph graph, Func<string, ExecutionMode?> modeOf, Findings findings)
    {
        if (graph.Definition.Settings.Mode is not ExecutionMode.Express) return;
        for (var i = 0; i < graph.Count; i++)
        {
            var node = graph[i];
            if (node.Disabled) continue;
            if (node.Type == "wait")
                findings.Error("EXPRESS_WAITS", $"Node '{node.Id}' waits, which an express workflow cannot: it lives in memory only. Set the workflow's mode to durable.", node.Id, $"/nodes/{i}/type");
            else if (node.Type == "webhook" && Responses.ModeOf(node) == Responses.Immediately)
                findings.Error("EXPRESS_ANSWERS_IMMEDIATELY", $"Webhook '{node.Id}' answers immediately, which an express workflow cannot. Set its responseMode to lastNode or respondNode, or the workflow's mode to durable.", node.Id, $"/nodes/{i}/parameters/responseMode");
            else if (graph.IsTrigger(i) && !StartingTypes.Contains(node.Type))
                findings.Error("EXPRESS_TRIGGER", $"Trigger '{node.Id}' is of type {node.Type}, which cannot start an express workflow: only webhook, start with wait, and subworkflow can. Set the workflow's mode to durable.", node.Id, $"/nodes/{i}/type");
            else if (AwaitedWorkflow(node) is { } workflow && modeOf(workflow) is ExecutionMode.Durable)
                findings.Error("EXPRESS_AWAITS_DURABLE", $"Node '{node.Id}' awaits workflow '{workflow}', which is durable; an express workflow may await only express ones. Set wait to false, or one of the modes.", node.Id, $"/nodes/{i}/parameters/workflowId");
        }
    }

    private static string? AwaitedWorkflow(NodeDefinition node) =>
        node.Type == "execute_workflow" && node.Parameters["wait"] != false && node.Parameters["workflowId"].AsString is { } id && !Template.IsTemplate(id) ? id : null;
}
