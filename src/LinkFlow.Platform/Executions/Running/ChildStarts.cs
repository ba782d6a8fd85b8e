using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>How a sub-workflow begins, or why it cannot (execution.md §9).</summary>
public static class ChildStarts
{
    private static readonly string[] Triggers = ["subworkflow", "start"];

    /// <param name="parent">The parent's first event.</param>
    /// <param name="maxDepth">How many parents an execution may have above it.</param>
    /// <returns>What to start, or why it cannot be started.</returns>
    /// <exception cref="StoreUnavailableException">What it begins with cannot be read or stored now.</exception>
    public static async ValueTask<(PlannedWorkflow? Workflow, ExecutionStarted? Started, ExecutionError? Refusal)> PrepareAsync(
        RunningHost host, string tenant, ExecutionStarted parent, StartChild child, IReadOnlyList<Item> input, int maxDepth, CancellationToken cancellationToken)
    {
        if (parent.Depth >= maxDepth) return Refused("DEPTH_LIMIT", $"Sub-workflows call each other more than {maxDepth} deep.", child);
        PlannedWorkflow? workflow;
        try
        {
            workflow = await host.Workflows.FindActiveAsync(tenant, child.WorkflowId, Triggers, cancellationToken);
        }
        catch (ArgumentException e)
        {
            return Refused("WORKFLOW_INVALID", e.Message, child);
        }

        if (workflow is null)
            return Refused("WORKFLOW_NOT_ACTIVE", $"The workflow '{child.WorkflowId}' is not active, or has no trigger of type 'subworkflow' or 'start'.", child);
        var first = await FirstEvents.OfAsync(host, tenant, workflow, child.ChildId, "subworkflow", input, cancellationToken);
        var started = first.After(parent.Cause()) with
        {
            ParentExecutionId = parent.ExecutionId, Depth = parent.Depth + 1, IsAwaited = child.Wait, StartedBy = parent.StartedBy,
        };
        return (workflow, started, null);
    }

    /// <summary>Why an express workflow cannot wait for this child.</summary>
    public static ExecutionError DurableUnderExpress(StartChild child) =>
        Refusal("EXPRESS_CHILD_DURABLE", $"An express workflow may wait for express workflows only, and '{child.WorkflowId}' is durable.", child);

    private static (PlannedWorkflow?, ExecutionStarted?, ExecutionError?) Refused(string code, string message, StartChild child) =>
        (null, null, Refusal(code, message, child));

    private static ExecutionError Refusal(string code, string message, StartChild child) => new(message, code, child.Node, 1);
}
