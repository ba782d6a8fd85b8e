using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Ports;

/// <summary>The recorded events of executions, and the data that they refer to.</summary>
public interface IExecutionHistory
{
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
