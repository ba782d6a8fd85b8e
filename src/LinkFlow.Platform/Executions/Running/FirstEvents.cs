using System.Security.Cryptography;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>How executions begin, whoever asked for them.</summary>
public static class FirstEvents
{
    /// <summary>The first event of an execution, with a new seed.</summary>
    /// <exception cref="StoreUnavailableException">The variables that it pins could not be stored.</exception>
    public static async ValueTask<ExecutionStarted> OfAsync(
        RunningHost host, string tenant, PlannedWorkflow workflow, string executionId, string mode, IReadOnlyList<Item> input, CancellationToken cancellationToken) => new()
    {
        Seq = 1,
        At = host.Now,
        ExecutionId = executionId,
        WorkflowId = workflow.Version.WorkflowId,
        WorkflowVersion = workflow.Version.Version,
        RulesVersion = ExecutionState.CurrentRulesVersion,
        VariablesVersion = await host.PinVariablesAsync(tenant, workflow, cancellationToken),
        Environment = host.EnvironmentName,
        Seed = RandomNumberGenerator.GetHexString(32, lowercase: true),
        Mode = mode,
        StartNode = workflow.Plan.StartNode.Id,
        Input = Payload.Of(input),
    };
}
