using Microsoft.DurableTask;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>The app's orchestrators and activities, by name.</summary>
internal interface IFunctionCode
{
    Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context);

    /// <param name="input">As JSON; the result as well.</param>
    Task<string?> RunActivityAsync(string name, string? input, string instanceId);
}
