using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Records;

/// <summary>The client of a runtime that only notes what it is told: which instances there are, and which were rung.</summary>
internal sealed class ScheduledClient() : DurableTaskClient("test")
{
    public ConcurrentDictionary<string, OrchestrationRuntimeStatus> Instances { get; } = new();
    public ConcurrentQueue<string> Scheduled { get; } = new();
    public ConcurrentQueue<string> Rung { get; } = new();

    /// <summary>Set: no call gets through.</summary>
    public bool IsDown { get; set; }

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        RequireUp();
        var id = options!.InstanceId!;
        if (Instances.TryGetValue(id, out var status) && options.DedupeStatuses!.Contains(status.ToString())) throw new OrchestrationAlreadyExistsException(id);
        Instances[id] = OrchestrationRuntimeStatus.Running;
        Scheduled.Enqueue(id);
        return Task.FromResult(id);
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        RequireUp();
        Rung.Enqueue(instanceId);
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        RequireUp();
        return Task.FromResult(Instances.TryGetValue(instanceId, out var status) ? new OrchestrationMetadata("execution", instanceId) { RuntimeStatus = status } : null);
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();
    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();
    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();
    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();
    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw new NotSupportedException();
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void RequireUp()
    {
        if (IsDown) throw new IOException("The scheduler cannot be reached.");
    }
}
