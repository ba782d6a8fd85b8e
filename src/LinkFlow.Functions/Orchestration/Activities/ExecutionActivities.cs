using LinkFlow.Functions.Records;
using LinkFlow.Platform.Ports;
using Microsoft.Azure.Functions.Worker;

namespace LinkFlow.Functions.Orchestration.Activities;

/// <summary>What an orchestration has done outside of itself. Each may run more than once, and does its work once.</summary>
public sealed class ExecutionActivities
{
    private readonly BatchRunner _batches;
    private readonly HistoryUpkeep _upkeep;
    private readonly ChildActivities _children;
    private readonly ExecutionRecords _records;
    private readonly ExecutionCommits _commits;
    private readonly IBlobStore _blobs;

    internal ExecutionActivities(BatchRunner batches, HistoryUpkeep upkeep, ChildActivities children, ExecutionRecords records, ExecutionCommits commits, IBlobStore blobs)
    {
        _batches = batches;
        _upkeep = upkeep;
        _children = children;
        _records = records;
        _commits = commits;
        _blobs = blobs;
    }

    [Function(Orchestrations.RunBatch)]
    public Task<BatchResult> RunBatchAsync([ActivityTrigger] BatchInput input, CancellationToken cancellationToken) => _batches.RunAsync(input, cancellationToken);

    [Function(Orchestrations.Append)]
    public Task<AppendOutput> AppendAsync([ActivityTrigger] AppendInput input, CancellationToken cancellationToken) => _upkeep.AppendAsync(input, cancellationToken);

    [Function(Orchestrations.ReadInbox)]
    public Task<InboxOutput> ReadInboxAsync([ActivityTrigger] InboxInput input, CancellationToken cancellationToken) => _upkeep.ReadInboxAsync(input, cancellationToken);

    [Function(Orchestrations.StartChildren)]
    public Task<ChildrenOutput> StartChildrenAsync([ActivityTrigger] ChildrenInput input, CancellationToken cancellationToken) => _children.StartAsync(input, cancellationToken);

    [Function(Orchestrations.TellChildren)]
    public Task<AppendOutput> TellChildrenAsync([ActivityTrigger] TellInput input, CancellationToken cancellationToken) => _children.TellAsync(input, cancellationToken);

    [Function(Orchestrations.StopAttempts)]
    public async Task<bool> StopAttemptsAsync([ActivityTrigger] StopInput input, CancellationToken cancellationToken)
    {
        await _records.StopAsync(input.Tenant, input.ExecutionId, input.Attempts, cancellationToken);
        return true;
    }

    /// <summary>A piece of a blob, in base 64.</summary>
    [Function(Orchestrations.Load)]
    public async Task<string> LoadAsync([ActivityTrigger] LoadInput input, CancellationToken cancellationToken)
    {
        var blob = await _blobs.GetAsync(input.Tenant, input.Blob, cancellationToken)
            ?? throw new HistoryUnreadableException($"The blob '{input.Blob}' of the orchestration is gone.");
        return Convert.ToBase64String(blob.Slice(input.Piece * PackedText.PieceBytes, Math.Min(PackedText.PieceBytes, blob.Length - (input.Piece * PackedText.PieceBytes))).Span);
    }

    [Function(Orchestrations.Park)]
    public async Task<bool> ParkAsync([ActivityTrigger] ParkInput input, CancellationToken cancellationToken)
    {
        var error = new Engine.Executions.ExecutionError(input.Message, input.Code, null, 0);
        await _commits.ParkAsync(input.Tenant, input.ExecutionId, error, new HistoryUnreadableException(input.Message), cancellationToken);
        return true;
    }
}
