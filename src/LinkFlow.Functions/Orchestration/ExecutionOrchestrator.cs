using LinkFlow.Platform.Ports;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace LinkFlow.Functions.Orchestration;

/// <summary>The orchestration of one execution. Its instance id is the execution's id.</summary>
public sealed class ExecutionOrchestrator(OrchestrationPlans plans)
{
    /// <returns>How the execution ended; null: a new generation goes on.</returns>
    [Function(Orchestrations.Name)]
    public Task<string?> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context) => ExecutionRun.RunAsync(
        context,
        context.GetInput<OrchestrationInput>() ?? throw new HistoryUnreadableException($"The orchestration '{context.InstanceId}' was scheduled without an input."),
        plans);
}
