using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;

namespace LinkFlow.Platform.Ports;

/// <summary>The recorded events of executions, and the data that they refer to.</summary>
public interface IExecutionHistory
{
    /// <summary>Where an execution stands, as last committed.</summary>
    /// <returns>Null when there is none, or it is another tenant's.</returns>
    ValueTask<Execution?> FindAsync(string tenant, string executionId, CancellationToken cancellationToken = default);

    /// <summary>Executions, newest first by id. A page may be short or empty and yet have a next one.</summary>
    ValueTask<ExecutionList> ListAsync(ExecutionSearch search, CancellationToken cancellationToken = default);

    /// <summary>Events after a sequence number, in order; at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<ExecutionEvent>> ReadAsync(string tenant, string executionId, long afterSeq, int limit, CancellationToken cancellationToken = default);

    /// <summary>The items that references stand for, in order. Items whose data is gone (retention, saveData) end it with a <see cref="DataMissingException"/>.</summary>
    ValueTask<IReadOnlyList<Item>> LoadAsync(string tenant, string executionId, IReadOnlyList<DataPart> parts, CancellationToken cancellationToken = default);

    /// <summary>Returns once the execution has events after that number, has ended, or the time is over.</summary>
    Task WaitForEventsAsync(string tenant, string executionId, long afterSeq, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Deletes a finished execution with its events and data.</summary>
    /// <returns>False: it is not finished.</returns>
    Task<bool> DeleteAsync(string tenant, string executionId, CancellationToken cancellationToken = default);
}

/// <summary>Recorded data was not kept: retention or the workflow's saveData.</summary>
public sealed class DataMissingException(string message) : Exception(message);

/// <summary>Which executions to list; what is null is not asked about.</summary>
public sealed record ExecutionSearch(string Tenant)
{
    public string? WorkflowId { get; init; }
    public ExecutionStatus? Status { get; init; }
    public string? Mode { get; init; }

    /// <summary>Ids from this one on (inclusive), and before that one (exclusive).</summary>
    public string? FromId { get; init; }
    public string? BeforeId { get; init; }

    /// <summary>1 to 200.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>How many are looked at per page where no index fits.</summary>
    public int ScanLimit { get; init; } = 10_000;
}

/// <param name="NextId">Pass it as BeforeId for the next page; null: there is none.</param>
public sealed record ExecutionList(IReadOnlyList<Execution> Items, string? NextId);
