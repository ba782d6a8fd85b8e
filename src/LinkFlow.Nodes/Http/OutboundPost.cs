using System.Net;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Http;

/// <summary>Messages that LinkFlow sends to a receiver whose answer is of no use but for its status: guarded as all requests are, and following no redirect.</summary>
public static class OutboundPost
{
    /// <summary>Sends one message. The status decides; what follows it is read as far as it comes, up to a limit, and cannot make a failure of it.</summary>
    /// <param name="excerptBytes">Of the answer's body, decompressed; what is beyond it is not read.</param>
    /// <param name="timeout">From the first connection to the last byte that is read.</param>
    /// <exception cref="NodeException">There was no answer. The message names the URL without its query, and nothing of headers or body.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<PostedAnswer> PostAsync(
        this OutboundHttp http, Uri url, IReadOnlyList<KeyValuePair<string, string>> headers, byte[] body, string contentType, int excerptBytes, TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        using var tooLate = new CancellationTokenSource(timeout, http.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, tooLate.Token);
        var call = new HttpCall(HttpMethod.Post, url, headers, body, contentType, timeout, FollowRedirects: false, excerptBytes);
        using var request = new HttpRequestMessage(call.Method, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw HttpFaults.Explain(call, e, tooLate.IsCancellationRequested);
        }

        using (response)
        {
            var after = HttpSending.RetryAfterMs(response, http.Clock) is { } ms ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
            return new PostedAnswer(response.StatusCode, await ReadAsync(response.Content, excerptBytes, either.Token, cancellationToken).ConfigureAwait(false), after);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, int most, CancellationToken either, CancellationToken callers)
    {
        var excerpt = new byte[most];
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(either).ConfigureAwait(false);
            for (int read; length < most && (read = await stream.ReadAsync(excerpt.AsMemory(length), either).ConfigureAwait(false)) > 0;) length += read;
        }
        catch (Exception e) when (!callers.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or InvalidDataException)
        {
            // Cut off, slower than there is time for, or no such compression: the status was there, and it is what counts.
        }

        return excerpt[..length];
    }
}

/// <param name="Excerpt">The beginning of the body, as far as it came.</param>
/// <param name="RetryAfter">When the receiver wants to hear again; at most an hour. Null: it does not say.</param>
public sealed record PostedAnswer(HttpStatusCode Status, byte[] Excerpt, TimeSpan? RetryAfter);
