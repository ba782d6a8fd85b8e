namespace LinkFlow.Azure.Live;

/// <summary>The groups of those who follow one execution or workflow. The tenant is in the name, so that no id reaches across tenants.</summary>
internal static class LiveGroups
{
    public static string OfExecution(string tenant, string executionId) => $"{tenant}.execution.{executionId}";
    public static string OfWorkflow(string tenant, string workflowId) => $"{tenant}.workflow.{workflowId}";
}
