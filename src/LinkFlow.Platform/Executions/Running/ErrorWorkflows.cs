using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>The execution of the error workflow that follows a failed one (execution.md §7).</summary>
public static class ErrorWorkflows
{
    private static readonly string[] Triggers = ["error"];

    /// <summary>True when an execution that ended so is followed by its workflow's error workflow.</summary>
    public static bool IsDue(PlannedWorkflow failed, Execution execution) =>
        failed.Settings.ErrorWorkflowId is not null && execution.Mode != "error" && execution.Status is (ExecutionStatus.Error or ExecutionStatus.TimedOut);

    /// <summary>Its first event, under a new id.</summary>
    /// <returns>Null: the error workflow is not active or has no trigger of type <c>error</c>.</returns>
    /// <exception cref="ArgumentException">The error workflow cannot be run.</exception>
    /// <exception cref="StoreUnavailableException">What it begins with cannot be read or stored now.</exception>
    public static async ValueTask<ExecutionStarted?> PrepareAsync(
        RunningHost host, string tenant, PlannedWorkflow failed, Execution execution, CancellationToken cancellationToken)
    {
        if (await host.Workflows.FindActiveAsync(tenant, failed.Settings.ErrorWorkflowId!, Triggers, cancellationToken) is not { } workflow) return null;
        var item = new ObjectValue(2)
        {
            { "execution", execution.Show() },
            { "workflow", new ObjectValue(2) { { "id", execution.WorkflowId }, { "name", failed.Version.Name } } },
        };
        item.Freeze();
        var started = await FirstEvents.OfAsync(host, tenant, workflow, Ids.Next(), "error", [Item.Of(item)], cancellationToken);
        return started.After(execution.Cause) with { StartedBy = execution.StartedBy };
    }
}
