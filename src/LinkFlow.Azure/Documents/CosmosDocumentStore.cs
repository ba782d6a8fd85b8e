using LinkFlow.Platform.Ports;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Documents;

/// <summary>
/// Documents in one container of Cosmos DB, by the hierarchical key tenant, aggregate. A unit of work is one batch. A version that is believed to be there is
/// the precondition of each write, so that neither an outdated belief nor a repeated request can do harm.
/// </summary>
public sealed class CosmosDocumentStore : IDocumentStore
{
    private const string GetOperation = "get";
    private const string CommitOperation = "commit";

    /// <summary>Tries of one unit against versions that others keep changing.</summary>
    private const int MaxTries = 20;

    private readonly CosmosRequests _requests;
    private readonly CosmosLists _lists;
    private readonly KnownVersions _known = new();
    private readonly IBlobStore _blobs;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    internal CosmosDocumentStore(CosmosRequests requests, CosmosOutbox outbox, IBlobStore blobs, CosmosMetrics metrics, TimeProvider time, ILogger log)
    {
        _requests = requests;
        _lists = new CosmosLists(requests, _known, blobs, metrics, time, log);
        Outbox = outbox;
        _blobs = blobs;
        _time = time;
        _log = log;
    }

    /// <summary>The events of what is committed here.</summary>
    public CosmosOutbox Outbox { get; }

    /// <exception cref="StoreUnavailableException">It cannot be read now.</exception>
    public async ValueTask<Document?> GetAsync(string tenant, DocumentType type, string id, CancellationToken cancellationToken = default)
    {
        var place = new ItemPlace(tenant, type.AggregateOf(id), ItemNames.ItemId(type.Name, id));
        if (await _requests.ReadAsync(GetOperation, place, cancellationToken) is not { } item)
        {
            _known.Forget(place);
            return null;
        }

        _known.See(place, KnownVersion.Of(item));
        return item.IsThere(_time.GetUtcNow()) ? new Document(tenant, type, id, item.ETag, await item.Body.GetAsync(tenant, _blobs, cancellationToken)) : null;
    }

    /// <exception cref="ArgumentException">As <see cref="DocumentQuery.RequireValid"/> says.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be read now.</exception>
    public ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken = default)
    {
        query.RequireValid();
        return _lists.ReadAsync(query, cancellationToken);
    }

    public async Task CommitAsync(UnitOfWork work, CancellationToken cancellationToken = default)
    {
        var unit = await PreparedUnit.OfAsync(work, _blobs, _time.GetUtcNow(), cancellationToken);
        await CommitAsync(unit, cancellationToken);
        foreach (var later in unit.Later) await DeleteAsync(later);
        if (unit.Events.Count > 0) await Outbox.PublishAsync([.. unit.Events.Select(e => e.Event)]);
    }

    /// <summary>The commit stands, whatever becomes of what it leaves behind.</summary>
    private async Task DeleteAsync(PreparedUnit later)
    {
        try
        {
            await CommitAsync(later, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            CosmosLog.LeftBehind(_log, later.Documents.Count, e);
        }
    }

    private async Task CommitAsync(PreparedUnit unit, CancellationToken cancellationToken)
    {
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            try
            {
                // What this process saw last is good enough for a first try.
                if (await TryAsync(unit, isFresh: tries > 1, cancellationToken)) return;
            }
            catch (StoreUnavailableException e) when (e.IsOutcomeUnknown || unit.IsUnclear)
            {
                Forget(unit);
                if (await WasMadeAsync(unit, e)) return;
                throw e.IsOutcomeUnknown ? e : new StoreUnavailableException(e.Message, e.RetryAfter, e) { IsOutcomeUnknown = true };
            }

            Forget(unit);
            if (tries > 1) await Task.Delay(_requests.Policy.WaitAfter(Math.Min(tries - 1, 4), TimeSpan.Zero), _time, cancellationToken);
        }

        throw new StoreUnavailableException("Too many change the same documents at once. Try again soon.", TimeSpan.FromSeconds(1));
    }

    /// <returns>False: the documents were not what they were believed to be.</returns>
    private async Task<bool> TryAsync(PreparedUnit unit, bool isFresh, CancellationToken cancellationToken)
    {
        var plan = CommitPlan.Of(unit, await LookAsync(unit, isFresh, cancellationToken), _time.GetUtcNow());
        if (plan.Refused is not null)
        {
            if (!isFresh) return false;
            if (unit.IsUnclear && await WasMadeAsync(unit)) return true;
            throw new DocumentConflictException(plan.Refused.Type, plan.Refused.Id);
        }

        if (plan.Writes.Count == 0) return true;
        var (answer, isUnclear) = await _requests.WriteAsync(CommitOperation, unit.Tenant, unit.Aggregate, plan.Writes);
        unit.IsUnclear |= isUnclear;
        if (answer.Fate == Fate.Done)
        {
            Remember(plan, answer.Versions);
            return true;
        }

        // A try whose answer never came may be what stands in the way of this one.
        return unit.IsUnclear && await WasMadeAsync(unit);
    }

    /// <summary>The versions to work with. Where nothing may be there as yet, nothing is looked for at first: creating tells.</summary>
    private async Task<IReadOnlyDictionary<ItemPlace, KnownVersion>> LookAsync(PreparedUnit unit, bool isFresh, CancellationToken cancellationToken)
    {
        var known = new Dictionary<ItemPlace, KnownVersion>();
        var missing = new List<ItemPlace>();
        foreach (var (place, writes) in unit.Documents)
        {
            if (!isFresh && _known.Find(place) is { } seen) known.Add(place, seen);
            else if (isFresh || writes[0].Expected != 0) missing.Add(place);
        }

        var found = await Task.WhenAll(missing.Select(place => _requests.ReadAsync(CommitOperation, place, cancellationToken)));
        for (var i = 0; i < missing.Count; i++)
            if (found[i] is { } item) known.Add(missing[i], KnownVersion.Of(item));
        return known;
    }

    /// <summary>Finds out whether a commit was made whose answer never came: what it wrote bears its mark, what it deleted is gone.</summary>
    /// <param name="failure">Why it is asked now; thrown where it cannot be found out.</param>
    private async Task<bool> WasMadeAsync(PreparedUnit unit, StoreUnavailableException? failure = null)
    {
        try
        {
            var wasMade = await IsMarkedAsync(unit);
            CosmosLog.FoundOut(_log, wasMade);
            return wasMade;
        }
        catch (StoreUnavailableException e)
        {
            throw new StoreUnavailableException((failure ?? e).Message, e.RetryAfter, failure ?? e) { IsOutcomeUnknown = true };
        }
    }

    private async Task<bool> IsMarkedAsync(PreparedUnit unit)
    {
        // What was written together can be told by one of it.
        if (unit.Documents.FirstOrDefault(d => !d.Value[^1].IsDelete) is { Value: not null } put)
            return await _requests.ReadAsync(CommitOperation, put.Key, CancellationToken.None) is { } item && item.Commits.Contains(unit.Commit);
        if (unit.Events.Count > 0)
            return await _requests.ReadAsync(CommitOperation, new ItemPlace(unit.Tenant, unit.Aggregate, unit.Events[0].ItemId), CancellationToken.None) is not null;
        foreach (var place in unit.Documents.Keys)
            if (await _requests.ReadAsync(CommitOperation, place, CancellationToken.None) is not null) return false;
        return true;
    }

    private void Remember(CommitPlan plan, IReadOnlyList<string> versions)
    {
        var places = plan.After.Keys.ToDictionary(p => p.ItemId);
        for (var i = 0; i < plan.Writes.Count; i++)
        {
            if (places.TryGetValue(plan.Writes[i].ItemId, out var place)) _known.See(place, plan.After[place] with { Version = versions[i] });
        }

        foreach (var place in plan.Deleted) _known.Forget(place);
    }

    private void Forget(PreparedUnit unit)
    {
        foreach (var place in unit.Documents.Keys) _known.Forget(place);
    }
}
