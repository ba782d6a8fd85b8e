using System.Buffers;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Orchestration;

/// <summary>What orchestrations are scheduled with.</summary>
public static class OrchestrationInputs
{
    /// <summary>For an execution that begins.</summary>
    /// <param name="events">Its first events as they are stored: the start, and what a retry took over.</param>
    /// <exception cref="StoreUnavailableException">What is large could not be put into the blob store.</exception>
    public static async ValueTask<OrchestrationInput> ForStartAsync(
        string tenant, PlannedWorkflow workflow, IReadOnlyList<ExecutionEvent> events, IBlobStore blobs, CancellationToken cancellationToken = default)
    {
        var started = (ExecutionStarted)events[0];
        var definition = await PackedText.OfAsync(tenant, PlannedDefinition.Write(workflow, started.Mode == "manual"), blobs, cancellationToken);
        var stripped = await PackedText.OfAsync(tenant, StrippedEvents.Write(events), blobs, cancellationToken);
        return new OrchestrationInput(tenant, started.ExecutionId, Generation: 1, definition, stripped, Snapshot: null, events[^1].At);
    }

    /// <summary>For an execution that is under way and whose orchestration is lost: it goes on from what is stored.</summary>
    /// <param name="state">The fold of all stored events.</param>
    /// <param name="lastAt">Of the last of them, Unix ms.</param>
    /// <param name="inboxHeard">The position up to which they hold all commands.</param>
    /// <exception cref="StoreUnavailableException">What is large could not be put into the blob store.</exception>
    public static async ValueTask<OrchestrationInput> ForStateAsync(
        string tenant, PlannedWorkflow workflow, ExecutionState state, long lastAt, long inboxHeard, IBlobStore blobs, CancellationToken cancellationToken = default)
    {
        var definition = await PackedText.OfAsync(tenant, PlannedDefinition.Write(workflow, state.Started.Mode == "manual"), blobs, cancellationToken);
        var snapshot = await PackedText.OfAsync(tenant, Snapshot(state), blobs, cancellationToken);
        return new OrchestrationInput(tenant, state.Started.ExecutionId, Generation: 1, definition, Events: null, snapshot, lastAt, inboxHeard, IsRung: true);
    }

    internal static ReadOnlyMemory<byte> Snapshot(ExecutionState state)
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using (var writer = JsonText.CreateWriter(buffer)) state.WriteSnapshot(writer);
        return buffer.WrittenMemory;
    }
}
