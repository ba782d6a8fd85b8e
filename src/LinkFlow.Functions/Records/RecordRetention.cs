using LinkFlow.Engine.Executions;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Records;

/// <summary>Deletes executions that ended longer ago than they are kept, the oldest first, some in each round.</summary>
public sealed class RecordRetention(ExecutionRecords records, RecordDeletion deletion, DurableLimits limits, TimeProvider clock, ILogger<RecordRetention> log)
{
    /// <summary>Executions that one round deletes.</summary>
    private const int MaxDeletes = 500;

    private static readonly ExecutionStatus[] Finished = [ExecutionStatus.Success, ExecutionStatus.Error, ExecutionStatus.Cancelled, ExecutionStatus.TimedOut];

    /// <returns>How many were deleted; as many as a round may: there are more.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be read or written now.</exception>
    public async Task<int> RunAsync(string tenant, CancellationToken cancellationToken = default)
    {
        var before = clock.GetUtcNow() - limits.Retention;
        var deleted = 0;
        foreach (var status in Finished)
        {
            // What began later cannot have ended before.
            var old = new DocumentQuery(tenant, RecordTypes.Execution)
            {
                Where = new Dictionary<string, string> { ["status"] = status.Word() }, OldestFirst = true, BeforeId = Ids.FirstAt(before), Filter = body => body["execution"]["finishedAt"].AsNumber < before.ToUnixTimeMilliseconds(),
            };
            await foreach (var document in records.Store.ReadAllAsync(old, cancellationToken: cancellationToken))
            {
                if (deleted == MaxDeletes) break;
                if (await records.Store.GetAsync(tenant, RecordTypes.News, RecordTypes.Only(document.Id), cancellationToken) is not null) continue;
                if (await deletion.DeleteAsync(tenant, document.Id, cancellationToken)) deleted++;
            }
        }

        if (deleted > 0) RecordLog.Deleted(log, deleted);
        return deleted;
    }
}
