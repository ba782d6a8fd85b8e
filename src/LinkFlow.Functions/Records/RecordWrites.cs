using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>Reads and replaces executions' documents; whoever replaces one must have seen it as it is.</summary>
internal sealed class RecordWrites(IDocumentStore store, TimeProvider clock, ExecutionWatch watch)
{
    public IDocumentStore Store => store;
    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <returns>Null: there is none, or it is being deleted.</returns>
    public async ValueTask<ExecutionRecord?> FindAsync(string tenant, string executionId, CancellationToken cancellationToken) =>
        await store.GetAsync(tenant, RecordTypes.Execution, executionId, cancellationToken) is { } document && ExecutionRecord.Read(document) is { IsDeleted: false } record ? record : null;

    /// <summary>Commits the document together with what else is in the work.</summary>
    /// <param name="next">With the ETag of what it replaces.</param>
    /// <returns>As it is stored now; null: someone else was faster, and nothing was written.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now; nothing was written.</exception>
    public async Task<ExecutionRecord?> TryCommitAsync(UnitOfWork work, ExecutionRecord next, CancellationToken cancellationToken)
    {
        next = next with { ChangedAt = Now };
        work.Put(RecordTypes.Execution, next.Id, next.Write(), next.Fields(), expected: next.ETag);
        try
        {
            await store.CommitAsync(work, cancellationToken);
        }
        catch (DocumentConflictException)
        {
            return null;
        }

        watch.Notify(next.Id);
        return next with { ETag = next.ETag + 1 };
    }
}
