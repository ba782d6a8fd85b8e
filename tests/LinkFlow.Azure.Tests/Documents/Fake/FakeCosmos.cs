using System.Globalization;
using System.Net;
using LinkFlow.Azure.Documents;
using LinkFlow.Engine.Values;
using Microsoft.Azure.Cosmos;
using Moq;

namespace LinkFlow.Azure.Tests.Documents.Fake;

/// <summary>
/// A container in memory, by the service's rules as they are published: hierarchical keys, batches within one full key, ETags, limits, time to live, pages.
/// Records each request with what it would cost, and fails when it is told to.
/// </summary>
internal sealed class FakeCosmos(TimeProvider clock)
{
    private const int MaxItemBytes = 2 * 1024 * 1024;
    private const int MaxBatch = 100;
    private const int MaxLevels = 128;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Key, string Id), FakeItem> _items = [];
    private int _etags;

    public List<FakeRequest> Requests { get; } = [];
    public Queue<Fault> Faults { get; } = new();

    /// <summary>How pages are cut; null: as asked.</summary>
    public Func<List<Value>, List<Value>>? Reorder { get; set; }

    /// <summary>Pages that are empty come between the others.</summary>
    public bool HasEmptyPages { get; set; }
    public double Charged => Requests.Sum(r => r.Charge);
    public int Count => _items.Count;
    public IEnumerable<Value> Items => _items.Values.Select(i => i.Json);

    public Container Container()
    {
        var container = new Mock<Container>(MockBehavior.Strict);
        container.Setup(c => c.ReadItemStreamAsync(It.IsAny<string>(), It.IsAny<PartitionKey>(), null, It.IsAny<CancellationToken>()))
            .Returns((string id, PartitionKey key, ItemRequestOptions _, CancellationToken _) => OneAsync("read", key, () => Read(Full(key), id)));
        container.Setup(c => c.CreateItemStreamAsync(It.IsAny<Stream>(), It.IsAny<PartitionKey>(), It.IsAny<ItemRequestOptions>(), default))
            .Returns((Stream item, PartitionKey key, ItemRequestOptions _, CancellationToken _) => OneAsync("create", key, () => Create(Full(key), BytesOf(item))));
        container.Setup(c => c.ReplaceItemStreamAsync(It.IsAny<Stream>(), It.IsAny<string>(), It.IsAny<PartitionKey>(), It.IsAny<ItemRequestOptions>(), default))
            .Returns((Stream item, string id, PartitionKey key, ItemRequestOptions options, CancellationToken _) => OneAsync("replace", key, () => Replace(Full(key), id, BytesOf(item), options.IfMatchEtag)));
        container.Setup(c => c.DeleteItemStreamAsync(It.IsAny<string>(), It.IsAny<PartitionKey>(), It.IsAny<ItemRequestOptions>(), default))
            .Returns((string id, PartitionKey key, ItemRequestOptions options, CancellationToken _) => OneAsync("delete", key, () => Delete(Full(key), id, options.IfMatchEtag)));
        container.Setup(c => c.CreateTransactionalBatch(It.IsAny<PartitionKey>())).Returns((PartitionKey key) => new FakeBatch(this, Full(key)));
        container.Setup(c => c.GetItemQueryStreamIterator(It.IsAny<QueryDefinition>(), It.IsAny<string>(), It.IsAny<QueryRequestOptions>()))
            .Returns((QueryDefinition query, string from, QueryRequestOptions options) => new FakePages(this, new FakeQuery(query, CosmosConnection.IndexedPaths), from, options));
        return container.Object;
    }

    /// <summary>What the service does in the background, some time after items have expired.</summary>
    public void DeleteExpired()
    {
        lock (_lock)
        {
            foreach (var (place, item) in _items.ToArray())
                if (item.Json["ttl"] is { IsNumber: true } ttl && item.WrittenAt.AddSeconds(ttl.AsNumber) <= clock.GetUtcNow()) _items.Remove(place);
        }
    }

    internal FakeAnswer Read(string key, string id) =>
        _items.TryGetValue((key, id), out var item) ? new FakeAnswer(HttpStatusCode.OK, RequestUnits.ToRead(item.Bytes), item.ETag, item.Json) : new FakeAnswer(HttpStatusCode.NotFound, 2);

    internal FakeAnswer Create(string key, byte[] bytes) => Put(key, null, bytes, null);

    internal FakeAnswer Replace(string key, string id, byte[] bytes, string? ifMatch) => Put(key, id, bytes, ifMatch);

    internal FakeAnswer Delete(string key, string id, string? ifMatch)
    {
        if (!_items.TryGetValue((key, id), out var item)) return new FakeAnswer(HttpStatusCode.NotFound, 1);
        if (ifMatch is not (null or "*") && ifMatch != item.ETag) return new FakeAnswer(HttpStatusCode.PreconditionFailed, 1);
        _items.Remove((key, id));
        return new FakeAnswer(HttpStatusCode.NoContent, RequestUnits.ToDelete(item.Bytes));
    }

    /// <summary>All of it, or nothing.</summary>
    internal FakeAnswer[] RunBatch(string key, IReadOnlyList<Func<FakeAnswer>> operations, int bytes)
    {
        if (operations.Count > MaxBatch) return [new FakeAnswer(HttpStatusCode.BadRequest, 0)];
        if (bytes > MaxItemBytes) return [new FakeAnswer(HttpStatusCode.RequestEntityTooLarge, 0)];
        var before = _items.ToDictionary();
        var answers = new List<FakeAnswer>();
        foreach (var operation in operations)
        {
            var answer = operation();
            answers.Add(answer);
            if ((int)answer.Status < 300) continue;
            _items.Clear();
            foreach (var (place, item) in before) _items.Add(place, item);
            return [.. Enumerable.Range(0, operations.Count).Select(i => i == answers.Count - 1 ? answer : new FakeAnswer(HttpStatusCode.FailedDependency, 0))];
        }

        return [.. answers];
    }

    /// <summary>Sends it, with the fault that is next: none, instead of the answer, or in front of it.</summary>
    internal T Run<T>(string operation, string key, Func<T> request, Func<T, double> chargeOf, string? text = null)
    {
        lock (_lock)
        {
            var fault = Faults.TryPeek(out var next) && next.Hits(operation) ? Faults.Dequeue() : null;
            if (fault is { IsDone: false })
            {
                Requests.Add(new FakeRequest(operation, key, 0, (int)fault.Status, text));
                fault.Throw();
            }

            var answer = request();
            Requests.Add(new FakeRequest(operation, key, chargeOf(answer), fault is null ? 200 : (int)fault.Status, text));
            fault?.Throw();
            return answer;
        }
    }

    internal List<(Value Item, int Bytes)> Find(FakeQuery query, PartitionKey? key)
    {
        // A key with the first level alone is a prefix: the brackets of both are cut off.
        var prefix = key?.ToString()[..^1] ?? "[";
        var found = _items.Where(i => i.Key.Key.StartsWith(prefix, StringComparison.Ordinal) && (i.Key.Key.Length == prefix.Length + 1 || prefix == "[" || i.Key.Key[prefix.Length] == ','))
            .Where(i => query.Matches(i.Value.Json)).OrderBy(i => query.SortOf(i.Value.Json), StringComparer.Ordinal).Select(i => (i.Value.Json, i.Value.Bytes)).ToList();
        if (query.IsDescending) found.Reverse();
        return found;
    }

    internal static byte[] BytesOf(Stream stream)
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Full(PartitionKey key)
    {
        Assert.Equal(CosmosConnection.PartitionKeyPaths.Count, JsonText.Parse(key.ToString()).AsArray!.Count);
        return key.ToString();
    }

    private FakeAnswer Put(string key, string? id, byte[] bytes, string? ifMatch)
    {
        var item = JsonText.ParseStored(bytes).AsObject!;
        var own = item["id"].AsString!;
        Assert.InRange(own.Length, 1, 1023);
        Assert.DoesNotContain(own, c => c is '/' or '\\' or '?' or '#');
        var levels = new ArrayValue([.. CosmosConnection.PartitionKeyPaths.Select(p => item[p[1..]])]);
        if (JsonText.Write(levels) != JsonText.Write(JsonText.Parse(key)) || (id is not null && own != id) || JsonText.IsDeeperThan(item, MaxLevels)) return new FakeAnswer(HttpStatusCode.BadRequest, 0);
        if (bytes.Length > MaxItemBytes) return new FakeAnswer(HttpStatusCode.RequestEntityTooLarge, 0);
        var isThere = _items.TryGetValue((key, own), out var there);
        if (id is null && isThere) return new FakeAnswer(HttpStatusCode.Conflict, 1);
        if (id is not null && !isThere) return new FakeAnswer(HttpStatusCode.NotFound, 1);
        if (ifMatch is not null && ifMatch != there!.ETag) return new FakeAnswer(HttpStatusCode.PreconditionFailed, 1);
        var etag = string.Create(CultureInfo.InvariantCulture, $"\"{++_etags}\"");
        // The service reads numbers as doubles.
        var stored = JsonText.ParseStored(bytes).AsObject!.Copy().Set("_etag", etag);
        _items[(key, own)] = new FakeItem(stored, etag, bytes.Length, clock.GetUtcNow());
        return new FakeAnswer(id is null ? HttpStatusCode.Created : HttpStatusCode.OK, id is null ? RequestUnits.ToInsert(bytes.Length) : RequestUnits.ToReplace(bytes.Length), etag);
    }

    private Task<ResponseMessage> OneAsync(string operation, PartitionKey key, Func<FakeAnswer> request)
    {
        try
        {
            return Task.FromResult(Run(operation, key.ToString(), request, a => a.Charge).ToResponse());
        }
        catch (FaultException e)
        {
            return Task.FromResult(e.Answer.ToResponse());
        }
        catch (Exception e) when (e is CosmosException or HttpRequestException)
        {
            return Task.FromException<ResponseMessage>(e);
        }
    }

    private sealed record FakeItem(Value Json, string ETag, int Bytes, DateTimeOffset WrittenAt);
}

/// <summary>A request as it was recorded.</summary>
internal sealed record FakeRequest(string Operation, string Key, double Charge, int Status, string? Text);
