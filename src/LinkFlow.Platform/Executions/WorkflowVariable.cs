using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions;

/// <summary><c>$workflow</c>.</summary>
public static class WorkflowVariable
{
    /// <param name="isActive">Whether the workflow was active when the execution began.</param>
    /// <returns>Frozen.</returns>
    public static ObjectValue Of(WorkflowVersion version, bool isActive)
    {
        var variable = new ObjectValue(3) { { "id", version.WorkflowId }, { "name", version.Name }, { "active", isActive } };
        variable.Freeze();
        return variable;
    }
}
