using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>The client that functions are bound to, over the runtime of the test.</summary>
internal sealed class RuntimeClient(TaskHub hub) : DurableTaskClient("test")
{
    public override Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(hub.Start(orchestratorName.Name, hub.Payloads.Write(input, $"The input of orchestration '{orchestratorName.Name}'"), options));
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        hub.Raise(instanceId, new EventRaised(eventName, hub.Payloads.Write(eventPayload, $"Event '{eventName}'")));
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
        => WaitAsync(instanceId, i => i.Status != OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
        => WaitAsync(instanceId, i => i.HasEnded, getInputsAndOutputs, cancellation);

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        hub.Terminate(instanceId, hub.Payloads.Write(options?.Output, "The output"), options?.Recursive ?? false);
        return Task.CompletedTask;
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        hub.Suspend(instanceId);
        return Task.CompletedTask;
    }

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        hub.Resume(instanceId);
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
        => Task.FromResult(hub.Find(instanceId) is { } instance ? Describe(instance, getInputsAndOutputs) : null);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
        => new Pages([.. hub.Instances.Where(i => Matches(i, filter)).Select(i => Describe(i, filter?.FetchInputsAndOutputs ?? false))], filter?.PageSize ?? OrchestrationQuery.DefaultPageSize);

    public override Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
        => Task.FromResult(new PurgeResult(hub.Purge(i => i.Id == instanceId)));

    public override Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
        => Task.FromResult(new PurgeResult(hub.Purge(i => Matches(i, new OrchestrationQuery(filter.CreatedFrom, filter.CreatedTo, filter.Statuses)))));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool Matches(Instance instance, OrchestrationQuery? filter)
        => filter is null
           || ((filter.CreatedFrom is null || instance.CreatedAt >= filter.CreatedFrom)
               && (filter.CreatedTo is null || instance.CreatedAt <= filter.CreatedTo)
               && (filter.Statuses is null || filter.Statuses.Contains(instance.Status))
               && (filter.InstanceIdPrefix is null || instance.Id.StartsWith(filter.InstanceIdPrefix, StringComparison.Ordinal)));

    private OrchestrationMetadata Describe(Instance instance, bool withData) => new(instance.Name, instance.Id)
    {
        DataConverter = withData ? hub.Payloads : null,
        RuntimeStatus = instance.Status,
        CreatedAt = instance.CreatedAt,
        LastUpdatedAt = instance.UpdatedAt,
        SerializedInput = withData ? instance.Input : null,
        SerializedOutput = withData ? instance.Output : null,
        SerializedCustomStatus = withData ? instance.CustomStatus : null,
        FailureDetails = instance.Failure,
    };

    /// <exception cref="InvalidOperationException">There is no such instance.</exception>
    private async Task<OrchestrationMetadata> WaitAsync(string id, Func<Instance, bool> until, bool withData, CancellationToken cancellation)
    {
        while (true)
        {
            var instance = hub.Find(id) ?? throw new InvalidOperationException($"There is no instance '{id}'.");
            if (until(instance)) return Describe(instance, withData);
            await Task.Delay(5, cancellation);
        }
    }

    private sealed class Pages(IReadOnlyList<OrchestrationMetadata> all, int size) : AsyncPageable<OrchestrationMetadata>
    {
        public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = default, int? pageSizeHint = default)
        {
            await Task.CompletedTask;
            foreach (var page in all.Chunk(pageSizeHint ?? size)) yield return new Page<OrchestrationMetadata>(page);
        }
    }
}
