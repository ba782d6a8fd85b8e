using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Deletes executions with all that belongs to them. An execution that is being deleted is seen no more from its first
/// commit on; a deletion that is cut off is carried on by the sweep.
/// </summary>
public sealed class RecordDeletion(ExecutionRecords records)
{
    /// <summary>A batch has at most 100 writes, and outgoing events count too.</summary>
    private const int MaxDeletes = 90;

    private static readonly DocumentType[] Parts = [RecordTypes.Events, RecordTypes.Inbox, RecordTypes.Result, RecordTypes.Snapshot, RecordTypes.Answer, RecordTypes.News, RecordTypes.Unpublished];

    /// <returns>False: it is not finished.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    public async Task<bool> DeleteAsync(string tenant, string executionId, CancellationToken cancellationToken)
    {
        var contention = new Contention();
        while (true)
        {
            if (await records.Store.GetAsync(tenant, RecordTypes.Execution, executionId, cancellationToken) is not { } document) return true;
            var record = ExecutionRecord.Read(document);
            if (!record.IsFinished) return false;
            var parts = await FindAsync(record, cancellationToken);
            var work = new UnitOfWork(tenant);
            foreach (var (type, id) in parts.Take(MaxDeletes)) work.Delete(type, id);
            try
            {
                if (parts.Count > MaxDeletes)
                {
                    var marked = record with { IsDeleted = true };
                    work.Put(RecordTypes.Execution, executionId, marked.Write(), marked.Fields(), expected: record.ETag);
                }
                else
                {
                    work.Delete(RecordTypes.Execution, executionId, expected: record.ETag);
                }

                await records.Store.CommitAsync(work, cancellationToken);
                if (parts.Count <= MaxDeletes) return true;
            }
            catch (DocumentConflictException)
            {
                // Someone else deletes it too, or adds a note to it: look again.
                await contention.PauseAsync(cancellationToken);
            }
        }
    }

    /// <summary>What an execution may have besides its document; more than one batch takes is found in rounds.</summary>
    private async ValueTask<List<(DocumentType Type, string Id)>> FindAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        var found = new List<(DocumentType, string)>();
        foreach (var type in Parts)
        {
            // What an execution never had need not be looked for: each look costs.
            if (type == RecordTypes.Inbox && record.InboxLast == 0) continue;
            if (type == RecordTypes.Snapshot && record.SnapshotSeq == 0) continue;
            if (type == RecordTypes.Answer && record.Execution.HasData) continue;
            var page = await records.Store.QueryAsync(new DocumentQuery(record.Tenant, type) { Within = record.Id, Limit = MaxDeletes + 1 }, cancellationToken);
            found.AddRange(page.Items.Select(d => (type, d.Id)));
            if (found.Count > MaxDeletes) break;
        }

        return found;
    }
}
