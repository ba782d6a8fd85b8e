using System.Globalization;
using System.Net;
using LinkFlow.Engine.Values;
using Microsoft.Azure.Cosmos;

namespace LinkFlow.Azure.Tests.Documents.Fake;

/// <summary>The pages of a query against the fake.</summary>
internal sealed class FakePages(FakeCosmos cosmos, FakeQuery query, string? from, QueryRequestOptions options) : FeedIterator
{
    private int _next = from is null ? 0 : int.Parse(from, CultureInfo.InvariantCulture);
    private bool _isOver;

    public override bool HasMoreResults => !_isOver;

    public override Task<ResponseMessage> ReadNextAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return Task.FromResult(cosmos.Run("query", options.PartitionKey?.ToString() ?? "", Page, a => a.Charge, query.Text).ToResponse());
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

    private FakeAnswer Page()
    {
        var found = cosmos.Find(query, options.PartitionKey);
        // Odd tokens are those of pages with nothing in them.
        var isEmpty = cosmos.HasEmptyPages && _next % 2 == 0;
        var start = cosmos.HasEmptyPages ? _next / 2 * options.MaxItemCount!.Value : _next * options.MaxItemCount!.Value;
        var page = isEmpty ? [] : found.Skip(start).Take(options.MaxItemCount!.Value).ToList();
        _isOver = !isEmpty && start + page.Count >= found.Count;
        _next++;
        var items = page.ConvertAll(p => (Value)query.Select(p.Item));
        if (cosmos.Reorder is { } reorder) items = reorder(items);
        var body = new ObjectValue { { "_rid", "" }, { "Documents", new ArrayValue(items) }, { "_count", items.Count } };
        return new FakeAnswer(HttpStatusCode.OK, RequestUnits.OfPage(page.Select(p => p.Bytes)), Body: body, Continuation: _isOver ? null : _next.ToString(CultureInfo.InvariantCulture));
    }
}
