using System.Net;
using Microsoft.Azure.Cosmos;

namespace LinkFlow.Azure.Tests.Documents.Fake;

/// <summary>A transactional batch against the fake.</summary>
internal sealed class FakeBatch(FakeCosmos cosmos, string key) : TransactionalBatch
{
    private readonly List<Func<FakeAnswer>> _operations = [];
    private int _bytes;

    public override TransactionalBatch CreateItemStream(Stream streamPayload, TransactionalBatchItemRequestOptions? requestOptions = null)
    {
        var item = Take(streamPayload);
        return Add(() => cosmos.Create(key, item));
    }

    public override TransactionalBatch ReplaceItemStream(string id, Stream streamPayload, TransactionalBatchItemRequestOptions? requestOptions = null)
    {
        var item = Take(streamPayload);
        return Add(() => cosmos.Replace(key, id, item, requestOptions?.IfMatchEtag));
    }

    public override TransactionalBatch DeleteItem(string id, TransactionalBatchItemRequestOptions? requestOptions = null) => Add(() => cosmos.Delete(key, id, requestOptions?.IfMatchEtag));

    public override Task<TransactionalBatchResponse> ExecuteAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return Task.FromResult<TransactionalBatchResponse>(new Response(cosmos.Run("batch", key, () => cosmos.RunBatch(key, _operations, _bytes), a => a.Sum(o => o.Charge))));
        }
        catch (FaultException e)
        {
            return Task.FromResult<TransactionalBatchResponse>(new Response([e.Answer]));
        }
        catch (Exception e) when (e is CosmosException or HttpRequestException)
        {
            return Task.FromException<TransactionalBatchResponse>(e);
        }
    }

    public override Task<TransactionalBatchResponse> ExecuteAsync(TransactionalBatchRequestOptions requestOptions, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    public override TransactionalBatch CreateItem<T>(T item, TransactionalBatchItemRequestOptions? requestOptions = null) => throw new NotSupportedException();
    public override TransactionalBatch ReadItem(string id, TransactionalBatchItemRequestOptions? requestOptions = null) => throw new NotSupportedException();
    public override TransactionalBatch UpsertItem<T>(T item, TransactionalBatchItemRequestOptions? requestOptions = null) => throw new NotSupportedException();
    public override TransactionalBatch UpsertItemStream(Stream streamPayload, TransactionalBatchItemRequestOptions? requestOptions = null) => throw new NotSupportedException();
    public override TransactionalBatch ReplaceItem<T>(string id, T item, TransactionalBatchItemRequestOptions? requestOptions = null) => throw new NotSupportedException();
    public override TransactionalBatch PatchItem(string id, IReadOnlyList<PatchOperation> patchOperations, TransactionalBatchPatchItemRequestOptions? requestOptions = null) => throw new NotSupportedException();

    private byte[] Take(Stream item)
    {
        var bytes = FakeCosmos.BytesOf(item);
        _bytes += bytes.Length;
        return bytes;
    }

    private FakeBatch Add(Func<FakeAnswer> operation)
    {
        _operations.Add(operation);
        return this;
    }

    private sealed class Response(FakeAnswer[] answers) : TransactionalBatchResponse
    {
        /// <summary>Of the operation that failed; the others failed with it.</summary>
        public override HttpStatusCode StatusCode => answers.FirstOrDefault(a => a.Status != HttpStatusCode.FailedDependency && (int)a.Status >= 300)?.Status ?? HttpStatusCode.OK;
        public override bool IsSuccessStatusCode => (int)StatusCode < 300;
        public override int Count => answers.Length;
        public override double RequestCharge => answers.Sum(a => a.Charge);
        public override TimeSpan? RetryAfter => answers[0].RetryAfter;
        public override Headers Headers => new();
        public override TransactionalBatchOperationResult this[int index] => new Result(answers[index]);
        public override IEnumerator<TransactionalBatchOperationResult> GetEnumerator() => answers.Select(a => (TransactionalBatchOperationResult)new Result(a)).GetEnumerator();
    }

    private sealed class Result(FakeAnswer answer) : TransactionalBatchOperationResult
    {
        public override HttpStatusCode StatusCode => answer.Status;
        public override string ETag => answer.ETag!;
    }
}
