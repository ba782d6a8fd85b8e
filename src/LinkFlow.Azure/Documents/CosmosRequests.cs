using System.Globalization;
using Azure.Identity;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Documents;

/// <summary>Requests to the container: counts what they cost, tries again what is worth it, and turns what remains into the port's exceptions.</summary>
internal sealed class CosmosRequests(Container container, RequestPolicy policy, CosmosMetrics metrics, TimeProvider time, ILogger log)
{
    private static readonly TransactionalBatchItemRequestOptions Quiet = new() { EnableContentResponseOnWrite = false };

    public RequestPolicy Policy => policy;

    /// <returns>Null: there is none.</returns>
    /// <exception cref="StoreUnavailableException">It cannot be read now.</exception>
    public async Task<StoredItem?> ReadAsync(string operation, ItemPlace place, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(operation, isWrite: false, async () =>
        {
            using var response = await container.ReadItemStreamAsync(place.ItemId, KeyOf(place.Tenant, place.Aggregate), null, cancellationToken);
            return await CosmosAnswer.OfAsync(response, cancellationToken);
        }, cancellationToken);
        return answer.Fate == Fate.Done ? StoredItem.Read(answer.Body) : null;
    }

    /// <summary>The pages of a query, as the service cuts them; some may be empty.</summary>
    /// <param name="key">Null: of all tenants, which only the outbox may ask for.</param>
    /// <exception cref="StoreUnavailableException">It cannot be read now.</exception>
    public async IAsyncEnumerable<(ArrayValue Items, double Charge)> QueryAsync(
        string operation, QueryDefinition query, PartitionKey? key, int pageSize, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? continuation = null;
        FeedIterator? pages = null;
        try
        {
            do
            {
                var answer = await SendAsync(operation, isWrite: false, async () =>
                {
                    // After a failure a new one goes on from where the last page ended.
                    var reading = pages ?? container.GetItemQueryStreamIterator(query, continuation, new QueryRequestOptions { PartitionKey = key, MaxItemCount = pageSize });
                    pages = null;
                    using var response = await reading.ReadNextAsync(cancellationToken);
                    var answered = await CosmosAnswer.OfAsync(response, cancellationToken);
                    if (answered.Fate == Fate.Done) pages = reading;
                    else reading.Dispose();
                    return answered;
                }, cancellationToken);
                yield return (answer.Body["Documents"].AsArray ?? new ArrayValue(), answer.Charge);
                continuation = answer.Continuation;
            }
            while (continuation is not null);
        }
        finally
        {
            pages?.Dispose();
        }
    }

    /// <summary>Writes all of it, or nothing. Not stopped once it has begun: whether it was done would not be known.</summary>
    /// <returns>Done, Conflict or NotFound; and whether an earlier try may be why.</returns>
    /// <exception cref="StoreUnavailableException">It was not done; or that is not known, and the exception says so.</exception>
    public async Task<(CosmosAnswer Answer, bool IsUnclear)> WriteAsync(string operation, string tenant, string aggregate, IReadOnlyList<ItemWrite> writes)
    {
        var isUnclear = false;
        var key = KeyOf(tenant, aggregate);
        var answer = await SendAsync(operation, isWrite: true, async () =>
        {
            var tried = await TryAsync(() => writes.Count == 1 ? WriteOneAsync(key, writes[0]) : WriteBatchAsync(key, writes));
            isUnclear |= tried.Fate == Fate.Unclear;
            return tried;
        }, CancellationToken.None);
        return (answer, isUnclear);
    }

    public static PartitionKey KeyOf(string tenant, string aggregate) => new PartitionKeyBuilder().Add(tenant).Add(aggregate).Build();

    /// <summary>Of all that a tenant has.</summary>
    public static PartitionKey KeyOf(string tenant) => new PartitionKeyBuilder().Add(tenant).Build();

    private async Task<CosmosAnswer> WriteOneAsync(PartitionKey key, ItemWrite write)
    {
        using var response = write switch
        {
            ItemWrite.Create create => await container.CreateItemStreamAsync(StreamOf(create.Item), key, new ItemRequestOptions { EnableContentResponseOnWrite = false }),
            ItemWrite.Replace replace => await container.ReplaceItemStreamAsync(
                StreamOf(replace.Item), write.ItemId, key, new ItemRequestOptions { IfMatchEtag = replace.Version, EnableContentResponseOnWrite = false }),
            ItemWrite.Delete delete => await container.DeleteItemStreamAsync(write.ItemId, key, new ItemRequestOptions { IfMatchEtag = delete.Version }),
            _ => throw new InvalidOperationException($"There is no such write: {write}."),
        };
        return await CosmosAnswer.OfAsync(response, CancellationToken.None);
    }

    private async Task<CosmosAnswer> WriteBatchAsync(PartitionKey key, IReadOnlyList<ItemWrite> writes)
    {
        var batch = container.CreateTransactionalBatch(key);
        foreach (var write in writes)
        {
            _ = write switch
            {
                ItemWrite.Create create => batch.CreateItemStream(StreamOf(create.Item), Quiet),
                ItemWrite.Replace replace => batch.ReplaceItemStream(write.ItemId, StreamOf(replace.Item), new TransactionalBatchItemRequestOptions { IfMatchEtag = replace.Version, EnableContentResponseOnWrite = false }),
                ItemWrite.Delete delete => batch.DeleteItem(write.ItemId, new TransactionalBatchItemRequestOptions { IfMatchEtag = delete.Version }),
                _ => throw new InvalidOperationException($"There is no such write: {write}."),
            };
        }

        using var response = await batch.ExecuteAsync();
        return CosmosAnswer.Of(response);
    }

    /// <returns>Done, NotFound or Conflict.</returns>
    private async Task<CosmosAnswer> SendAsync(string operation, bool isWrite, Func<Task<CosmosAnswer>> request, CancellationToken cancellationToken)
    {
        var waited = TimeSpan.Zero;
        var isUnclear = false;
        for (var tries = 1; ; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answer = await TryAsync(request);
            metrics.Answered(operation, answer);
            CosmosLog.Answered(log, operation, answer.Status, answer.Charge);
            if (answer.Fate is Fate.Done or Fate.NotFound or Fate.Conflict) return answer;
            if (answer.Fate is not (Fate.Throttled or Fate.Unclear)) throw Refused(operation, answer);
            isUnclear |= isWrite && answer.Fate == Fate.Unclear;
            var wait = policy.WaitAfter(tries, answer.RetryAfter);
            if (tries >= policy.MaxTries || waited + wait > policy.MaxWait) throw Unavailable(operation, answer, wait, isUnclear);
            CosmosLog.Again(log, operation, answer.Problem, tries + 1, wait.TotalMilliseconds, answer.Cause);
            await Task.Delay(wait, time, cancellationToken);
            waited += wait;
        }
    }

    private static async Task<CosmosAnswer> TryAsync(Func<Task<CosmosAnswer>> request)
    {
        try
        {
            return await request();
        }
        catch (CosmosException e)
        {
            return CosmosAnswer.Of(e);
        }
        catch (AuthenticationFailedException e)
        {
            // No token, so nothing was sent.
            return new CosmosAnswer(Fate.Denied, 401, 0, TimeSpan.Zero, default, [], null, "no token", e);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException)
        {
            return CosmosAnswer.None(e);
        }
    }

    private Exception Refused(string operation, CosmosAnswer answer)
    {
        if (answer.Fate == Fate.TooLarge) return new ArgumentException($"What was to be written is larger than Cosmos DB takes at once (2 MB), although large bodies are kept in blobs. Write less at once.", answer.Cause);
        if (answer.Fate == Fate.Malformed) return new InvalidOperationException($"Cosmos DB did not understand a {operation} ({answer.Problem}).", answer.Cause);
        CosmosLog.Denied(log, operation, answer.Problem, answer.Cause);
        return new StoreUnavailableException($"Cosmos DB refuses access ({answer.Problem}).", TimeSpan.FromSeconds(30), answer.Cause);
    }

    private static StoreUnavailableException Unavailable(string operation, CosmosAnswer answer, TimeSpan wait, bool isUnclear) => new(
        isUnclear
            ? string.Create(CultureInfo.InvariantCulture, $"Cosmos DB did not say whether a {operation} was done ({answer.Problem}); it may have been.")
            : answer.Fate == Fate.Throttled ? "Cosmos DB has more requests than it is provisioned for. Try again soon." : $"Cosmos DB cannot be reached now ({answer.Problem}). Try again soon.",
        TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(Math.Max(wait.TotalSeconds, answer.RetryAfter.TotalSeconds)), 1, 60)), answer.Cause) { IsOutcomeUnknown = isUnclear };

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var segment) ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false) : new MemoryStream(bytes.ToArray(), writable: false);
}
