using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Ports;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Orchestration.Activities;

/// <summary>What an orchestration has done outside of itself. Each may run more than once, and does its work once.</summary>
/// <remarks>Those that may start or wake other orchestrations lend their client to what they call.</remarks>
public sealed class ExecutionActivities(
    BatchRunner batches, HistoryUpkeep upkeep, ChildActivities children, ExecutionRecords records, ExecutionCommits commits, IBlobStore blobs, CurrentDurableClient current)
{
    [Function(Orchestrations.RunBatch)]
    public async Task<BatchResult> RunBatchAsync([ActivityTrigger] BatchInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        using var lent = current.Use(client);
        return await batches.RunAsync(input, cancellationToken);
    }

    [Function(Orchestrations.Append)]
    public async Task<AppendOutput> AppendAsync([ActivityTrigger] AppendInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        using var lent = current.Use(client);
        return await upkeep.AppendAsync(input, cancellationToken);
    }

    [Function(Orchestrations.ReadInbox)]
    public Task<InboxOutput> ReadInboxAsync([ActivityTrigger] InboxInput input, CancellationToken cancellationToken) => upkeep.ReadInboxAsync(input, cancellationToken);

    [Function(Orchestrations.StartChildren)]
    public async Task<ChildrenOutput> StartChildrenAsync([ActivityTrigger] ChildrenInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        using var lent = current.Use(client);
        return await children.StartAsync(input, cancellationToken);
    }

    [Function(Orchestrations.TellChildren)]
    public async Task<AppendOutput> TellChildrenAsync([ActivityTrigger] TellInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        using var lent = current.Use(client);
        return await children.TellAsync(input, cancellationToken);
    }

    [Function(Orchestrations.StopAttempts)]
    public async Task<bool> StopAttemptsAsync([ActivityTrigger] StopInput input, CancellationToken cancellationToken)
    {
        await records.StopAsync(input.Tenant, input.ExecutionId, input.Attempts, cancellationToken);
        return true;
    }

    /// <summary>A piece of a blob, in base 64.</summary>
    [Function(Orchestrations.Load)]
    public async Task<string> LoadAsync([ActivityTrigger] LoadInput input, CancellationToken cancellationToken)
    {
        var blob = await blobs.GetAsync(input.Tenant, input.Blob, cancellationToken)
            ?? throw new HistoryUnreadableException($"The blob '{input.Blob}' of the orchestration is gone.");
        var from = input.Piece * PackedText.PieceBytes;
        return Convert.ToBase64String(blob.Slice(from, Math.Min(PackedText.PieceBytes, blob.Length - from)).Span);
    }

    [Function(Orchestrations.Park)]
    public async Task<bool> ParkAsync([ActivityTrigger] ParkInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        using var lent = current.Use(client);
        var error = new ExecutionError(input.Message, input.Code, null, 0);
        await commits.ParkAsync(input.Tenant, input.ExecutionId, error, new HistoryUnreadableException(input.Message), cancellationToken);
        return true;
    }
}
