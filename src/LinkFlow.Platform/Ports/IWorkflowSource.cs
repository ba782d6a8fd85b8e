using LinkFlow.Engine.Definitions;

namespace LinkFlow.Platform.Ports;

/// <summary>Finds saved workflow versions for whoever runs them. Saved versions never change, so answers may be cached by version.</summary>
public interface IWorkflowSource
{
    /// <summary>One saved version, whatever the workflow's status is now.</summary>
    /// <returns>Null when there is no such workflow or version in the tenant.</returns>
    ValueTask<WorkflowVersion?> FindAsync(string tenant, string workflowId, int version, CancellationToken cancellationToken = default);

    /// <summary>The version that triggers run now.</summary>
    /// <returns>Null when there is no such workflow in the tenant, or it is not active.</returns>
    ValueTask<WorkflowVersion?> FindActiveAsync(string tenant, string workflowId, CancellationToken cancellationToken = default);
}

/// <summary>A saved version of a workflow: what an execution runs.</summary>
/// <param name="Name">The workflow's name, for <c>$workflow.name</c> and messages.</param>
public sealed record WorkflowVersion(string WorkflowId, string Name, int Version, WorkflowDefinition Definition);
