using System.Globalization;
using LinkFlow.Engine.Values;
using Microsoft.Azure.Cosmos;

namespace LinkFlow.Azure.Documents;

/// <summary>What the service said, without the objects that it came in.</summary>
/// <param name="Body">Undefined: there was none.</param>
/// <param name="Versions">Of a write: the new <c>_etag</c> of each item, in the order of the writes; empty for a deletion.</param>
/// <param name="Problem">In the service's words; never with content.</param>
internal sealed record CosmosAnswer(Fate Fate, int Status, double Charge, TimeSpan RetryAfter, Value Body, IReadOnlyList<string> Versions, string? Continuation, string Problem, Exception? Cause = null)
{
    private const string RetryAfterHeader = "x-ms-retry-after-ms";
    private const string SubStatusHeader = "x-ms-substatus";

    public static async Task<CosmosAnswer> OfAsync(ResponseMessage response, CancellationToken cancellationToken)
    {
        var fate = Fates.Of(response.StatusCode);
        var body = default(Value);
        if (fate == Fate.Done && response.Content is { } content)
        {
            using var bytes = new MemoryStream(content.CanSeek ? (int)content.Length : 4096);
            await content.CopyToAsync(bytes, cancellationToken);
            if (bytes.Length > 0) body = JsonText.ParseStored(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }

        return new CosmosAnswer(fate, (int)response.StatusCode, response.Headers.RequestCharge, RetryAfterOf(response.Headers), body,
            [response.Headers.ETag ?? ""], response.ContinuationToken, ProblemOf((int)response.StatusCode, response.Headers));
    }

    public static CosmosAnswer Of(TransactionalBatchResponse response)
    {
        var versions = new List<string>(response.Count);
        if (response.IsSuccessStatusCode)
        {
            for (var i = 0; i < response.Count; i++) versions.Add(response[i].ETag ?? "");
        }

        return new CosmosAnswer(Fates.Of(response.StatusCode), (int)response.StatusCode, response.RequestCharge, response.RetryAfter ?? TimeSpan.Zero, default,
            versions, null, ProblemOf((int)response.StatusCode, response.Headers));
    }

    public static CosmosAnswer Of(CosmosException e) =>
        new(Fates.Of(e.StatusCode), (int)e.StatusCode, e.RequestCharge, e.RetryAfter ?? TimeSpan.Zero, default, [], null, ProblemOf((int)e.StatusCode, e.Headers), e);

    /// <summary>No answer came.</summary>
    public static CosmosAnswer None(Exception cause) => new(Fate.Unclear, 0, 0, TimeSpan.Zero, default, [], null, cause.GetType().Name, cause);

    private static TimeSpan RetryAfterOf(Headers headers) =>
        double.TryParse(headers.GetValueOrDefault(RetryAfterHeader), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.Zero;

    private static string ProblemOf(int status, Headers? headers) =>
        headers?.GetValueOrDefault(SubStatusHeader) is { Length: > 0 } detail && detail != "0" ? $"{status}/{detail}" : status.ToString(CultureInfo.InvariantCulture);
}
