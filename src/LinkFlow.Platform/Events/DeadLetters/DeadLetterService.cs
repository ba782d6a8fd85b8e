using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Events.DeadLetters;

/// <summary>What can be done with dead letters.</summary>
public sealed class DeadLetterService(IDocumentStore store, LinkFlowOptions options)
{
    /// <summary>Dead letters that one purge deletes at most.</summary>
    public const int MostPurged = 1_000;

    /// <summary>Deletions of one commit, each with its event.</summary>
    private const int OfOneCommit = 40;

    /// <exception cref="ApiException">404.</exception>
    public async Task<(DeadLetter Letter, long ETag)> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(tenant, DeadLetter.Type, id, cancellationToken) ?? throw ApiException.NotFound("dead letter", id);
        return (DeadLetter.FromDocument(document.Body), document.ETag);
    }

    public ValueTask<DocumentPage> ListAsync(string tenant, DeadLetterFilter filter, int limit, string? beforeId, CancellationToken cancellationToken) =>
        store.QueryAsync(Query(tenant, filter) with { Limit = limit, BeforeId = Earlier(beforeId, filter.To) }, cancellationToken);

    /// <summary>Gives the event to the subscriber that could not handle it, and to no other, as the beginning of a new chain. The dead letter is gone with the same commit.</summary>
    /// <exception cref="ApiException">404.</exception>
    public async Task RequeueAsync(Principal principal, string id, Action<UnitOfWork>? also, CancellationToken cancellationToken)
    {
        var (letter, etag) = await GetAsync(principal.Tenant, id, cancellationToken);
        var work = new UnitOfWork(principal.Tenant).Delete(DeadLetter.Type, id, etag).Raise(letter.Requeued());
        also?.Invoke(work);
        await CommitAsync(work.Raise(EventCatalogue.DeadLetterRequeued.By(principal.Id, id, letter.Told())), id, cancellationToken);
    }

    /// <exception cref="ApiException">404, 412.</exception>
    public async Task DeleteAsync(Principal principal, string id, Action<long> check, CancellationToken cancellationToken)
    {
        var (letter, etag) = await GetAsync(principal.Tenant, id, cancellationToken);
        check(etag);
        await CommitAsync(Deleted(new UnitOfWork(principal.Tenant), principal, letter, etag), id, cancellationToken);
    }

    /// <summary>Deletes what a filter finds, oldest first.</summary>
    /// <returns>How many, and whether there may be more.</returns>
    public async Task<(int Deleted, bool HasMore)> PurgeAsync(Principal principal, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (deleted < MostPurged)
        {
            var page = await store.QueryAsync(Query(principal.Tenant, filter) with { Limit = OfOneCommit, OldestFirst = true, BeforeId = Earlier(null, filter.To) }, cancellationToken);
            if (page.Items.Count == 0) return (deleted, page.NextId is not null);
            var work = new UnitOfWork(principal.Tenant);
            foreach (var document in page.Items) Deleted(work, principal, DeadLetter.FromDocument(document.Body), document.ETag);
            try
            {
                await store.CommitAsync(work, cancellationToken);
                deleted += page.Items.Count;
            }
            catch (DocumentConflictException)
            {
                // One of them was requeued or deleted meanwhile: look at what is left.
                continue;
            }
        }

        return (deleted, true);
    }

    private static UnitOfWork Deleted(UnitOfWork work, Principal principal, DeadLetter letter, long etag) =>
        work.Delete(DeadLetter.Type, letter.Id, etag).Raise(EventCatalogue.DeadLetterDeleted.By(principal.Id, letter.Id, letter.Told()));

    private async Task CommitAsync(UnitOfWork work, string id, CancellationToken cancellationToken)
    {
        try
        {
            await store.CommitAsync(work, cancellationToken);
        }
        catch (DocumentConflictException e) when (e.Type == DeadLetter.Type)
        {
            // Someone else was faster, and a dead letter is never changed: it is gone.
            throw ApiException.NotFound("dead letter", id);
        }
    }

    private DocumentQuery Query(string tenant, DeadLetterFilter filter)
    {
        var where = new Dictionary<string, string>();
        if (filter.Subscriber is { } subscriber) where["subscriber"] = subscriber;
        if (filter.Reason is { } reason) where["reason"] = reason;
        if (filter.EventType is { } type) where["type"] = type;
        return new DocumentQuery(tenant, DeadLetter.Type) { Where = where, FromId = filter.From is { } from ? Ids.FirstAt(from) : null, ScanLimit = options.Limits.ScanDocuments };
    }

    private static string? Earlier(string? beforeId, DateTimeOffset? to) =>
        to is not { } time ? beforeId : Ids.FirstAt(time) is var bound && (beforeId is null || string.CompareOrdinal(bound, beforeId) < 0) ? bound : beforeId;
}

/// <summary>Which dead letters; what is null is not asked about.</summary>
/// <param name="From">From this time on, and before <paramref name="To"/>.</param>
public sealed record DeadLetterFilter(string? Subscriber, string? Reason, string? EventType, DateTimeOffset? From, DateTimeOffset? To);
