using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;

namespace LinkFlow.Nodes.Http;

/// <summary>Sends a call, follows its redirects by the rules of browsers, and reads the answer up to a limit.</summary>
internal static class HttpSending
{
    public const int MostRedirects = 10;

    /// <exception cref="NodeException">There was no whole answer; says whether trying again may help.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<HttpAnswer> SendAsync(OutboundHttp http, HttpCall call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(call.Timeout, http.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var renewed = false;
        for (var redirects = 0; ;)
        {
            call.Credential?.RequireAllowed(call.Url);
            var host = call.Url.Authority;
            if (!http.Breaker.TryEnter(host, out var retryAfter)) throw CircuitOpen(call, retryAfter);
            HttpAnswer answer;
            Uri? location;
            bool isRenewed;
            try
            {
                (answer, location, var sent) = await SendOnceAsync(http, call, either.Token).ConfigureAwait(false);
                // Whoever answers 401 has done nothing, so this is no second sending of what may have arrived.
                isRenewed = answer.Status == HttpStatusCode.Unauthorized && !renewed && call.Credential is { } credential
                    && await credential.RenewAsync(sent, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                var error = HttpFaults.Explain(call, e, timeout.IsCancellationRequested);
                if (HttpFaults.IsTheHosts(error)) http.Breaker.Failed(host);
                else http.Breaker.Succeeded(host);
                throw error;
            }

            if (answer.Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout) http.Breaker.Failed(host);
            else http.Breaker.Succeeded(host);
            if (isRenewed)
            {
                renewed = true;
                continue;
            }

            if (location is null || !call.FollowRedirects) return answer;
            if (redirects++ == MostRedirects) throw new NodeException("HTTP_TOO_MANY_REDIRECTS", $"{call.Name} was redirected more than {MostRedirects} times.");
            call = Redirected(call, answer.Status, location);
        }
    }

    private static async Task<(HttpAnswer Answer, Uri? Location, OutgoingRequest Sent)> SendOnceAsync(OutboundHttp http, HttpCall call, CancellationToken cancellationToken)
    {
        var bytes = call.Files is null ? call.Body : await call.Files.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using var streamed = call.Files is not null && bytes is null ? await call.Files.OpenAsync(cancellationToken).ConfigureAwait(false) : null;
        var hasBody = bytes is not null || streamed is not null;
        var outgoing = new OutgoingRequest(call.Method.Method, call.Url, call.Headers, bytes, hasBody ? call.ContentType : null) { IsStreamed = streamed is not null };
        if (call.Credential is { } credential) await credential.ApplyAsync(outgoing, cancellationToken).ConfigureAwait(false);
        using var request = new HttpRequestMessage(call.Method, outgoing.Url);
        if (hasBody)
        {
            request.Content = streamed?.ToContent() ?? new ByteArrayContent(bytes!);
            if (call.ContentType is { } type) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var (name, value) in outgoing.Headers)
        {
            if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.TryAddWithoutValidation(name, value);
                continue;
            }

            request.Content ??= new ByteArrayContent([]);
            request.Content.Headers.Remove(name);
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var location = RedirectTarget(call, response);
        var isRedirected = location is not null && call.FollowRedirects;
        var file = !isRedirected && call.Saving is { } saving ? await saving.SaveAsync(call, response, cancellationToken).ConfigureAwait(false) : null;
        var read = isRedirected || file is not null ? [] : await ReadAsync(call, response.Content, cancellationToken).ConfigureAwait(false);
        var answer = new HttpAnswer(response.StatusCode, response.ReasonPhrase, Headers(response), response.Content.Headers.ContentType, RetryAfterMs(response, http.Clock), read) { File = file };
        return (answer, location, outgoing);
    }

    private static Uri? RedirectTarget(HttpCall call, HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)) return null;
        if (!response.Headers.TryGetValues("Location", out var values) || values.FirstOrDefault() is not { Length: > 0 } text) return null;
        if (!Uri.TryCreate(call.Url, text, out var target)) throw new NodeException("HTTP_BAD_REDIRECT", $"{call.Name} was redirected to an address that is no URL.");

        // The fragment is the browser's business; it is kept when the target has none.
        return target.Fragment.Length == 0 && call.Url.Fragment.Length > 0 ? new UriBuilder(target) { Fragment = call.Url.Fragment[1..] }.Uri : target;
    }

    /// <summary>fetch's rules: 301 and 302 turn a POST into a GET, 303 all but GET and HEAD; another origin does not see credentials.</summary>
    private static HttpCall Redirected(HttpCall call, HttpStatusCode status, Uri target)
    {
        if (target.Scheme is not ("http" or "https")) throw new NodeException("HTTP_BAD_REDIRECT", $"{call.Name} was redirected to a {target.Scheme}: URL; only http and https are followed.");
        if (target.UserInfo.Length > 0) throw new NodeException("HTTP_BAD_REDIRECT", $"{call.Name} was redirected to a URL with a user name, which is not followed.");
        var toGet = (int)status switch { 301 or 302 => call.Method == HttpMethod.Post, 303 => call.Method != HttpMethod.Get && call.Method != HttpMethod.Head, _ => false };
        var sameOrigin = Uri.Compare(call.Url, target, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
        var headers = call.Headers.Where(h =>
            (sameOrigin || h.Key.ToUpperInvariant() is not ("AUTHORIZATION" or "COOKIE" or "PROXY-AUTHORIZATION" or "HOST"))
            && (!toGet || !(h.Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || h.Key.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase))));
        return call with
        {
            Url = target,
            Credential = sameOrigin ? call.Credential : call.Credential?.Withheld(),
            Headers = [.. headers],
            Method = toGet ? HttpMethod.Get : call.Method,
            Body = toGet ? null : call.Body,
            Files = toGet ? null : call.Files,
            ContentType = toGet ? null : call.ContentType,
        };
    }

    private static async Task<byte[]> ReadAsync(HttpCall call, HttpContent content, CancellationToken cancellationToken)
    {
        var announced = content.Headers.ContentLength;
        var limit = Math.Min(call.MaxResponseBytes, HttpCalls.LargestResponseBytes);
        if (announced > limit && call.Method != HttpMethod.Head) throw TooLarge(call, limit);
        await using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var body = new MemoryStream((int)Math.Min(announced ?? 0, 1 << 20));
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (body.Length + read > limit) throw TooLarge(call, limit);
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    internal static NodeException TooLarge(HttpCall call, long limit) =>
        new(HttpFaults.TooLarge, $"The answer to {call.Name} is larger than {limit} bytes. Raise maxResponseBytes, or ask for less.");

    private static NodeException CircuitOpen(HttpCall call, TimeSpan retryAfter) => new(new NodeError(
        HttpFaults.CircuitOpen,
        $"{call.Name} was not sent: the last {CircuitBreaker.FailuresToOpen} requests to {call.Url.Authority} failed, so it is left alone for {Math.Ceiling(retryAfter.TotalSeconds)} s.",
        Transient: true,
        RetryAfterMs: (long)Math.Ceiling(retryAfter.TotalMilliseconds)));

    /// <summary>By name in lower case; several of one name joined by a comma, cookies as a list.</summary>
    private static ObjectValue Headers(HttpResponseMessage response)
    {
        var headers = new ObjectValue();
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            var key = name.ToLowerInvariant();
            if (key == "set-cookie") headers.Set(key, new ArrayValue(values.Select(v => Value.From(v))));
            else headers.Set(key, string.Join(", ", values));
        }

        return headers;
    }

    internal static long? RetryAfterMs(HttpResponseMessage response, TimeProvider clock)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values)) return null;
        var text = values.ToString();
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return Math.Min(seconds, 3600) * 1000;
        if (!RetryConditionHeaderValue.TryParse(text, out var condition) || condition.Date is not { } date) return null;
        return (long)Math.Clamp((date - clock.GetUtcNow()).TotalMilliseconds, 0, 3_600_000);
    }
}
