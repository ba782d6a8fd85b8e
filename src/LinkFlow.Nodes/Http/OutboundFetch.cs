using System.Net;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Http;

/// <summary>Requests that LinkFlow makes for itself (a token, a set of keys): guarded as all are, small, and following no redirect.</summary>
public static class OutboundFetch
{
    /// <summary>The error code of an answer that is larger than allowed.</summary>
    public const string TooLarge = HttpFaults.TooLarge;

    /// <summary>The error code of an answer that did not come in time.</summary>
    public const string TimedOut = HttpFaults.Timeout;

    /// <summary>Sends one request and reads its answer whole.</summary>
    /// <param name="body">UTF-8; null: none.</param>
    /// <param name="maxBytes">A larger answer is refused.</param>
    /// <param name="timeout">From the first connection to the answer's last byte.</param>
    /// <exception cref="NodeException">There was no whole answer. The message names the method and the URL without its query, and nothing of headers or body.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<FetchedAnswer> FetchAsync(
        this OutboundHttp http, HttpMethod method, Uri url, IReadOnlyList<KeyValuePair<string, string>> headers, byte[]? body, string? contentType, int maxBytes, TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var answer = await HttpSending.SendAsync(http, new HttpCall(method, url, headers, body, contentType, timeout, FollowRedirects: false, maxBytes), cancellationToken).ConfigureAwait(false);
        return new FetchedAnswer(answer.Status, answer.Body);
    }
}

/// <param name="Body">As it came, decompressed.</param>
public sealed record FetchedAnswer(HttpStatusCode Status, byte[] Body);
