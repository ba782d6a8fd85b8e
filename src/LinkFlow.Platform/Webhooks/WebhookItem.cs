using System.Collections.Frozen;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Webhooks.Authentication;
using LinkFlow.Platform.Webhooks.Bodies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace LinkFlow.Platform.Webhooks;

/// <summary>The item that a call becomes: <c>{headers, params, query, body, method, path}</c>.</summary>
internal static class WebhookItem
{
    /// <summary>Cookies, and what proves someone's identity to us or to a proxy before us: not for workflows to see or to store.</summary>
    private static readonly FrozenSet<string> Withheld =
        new[] { "Cookie", "Authorization", "Proxy-Authorization", "X-API-Key" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> LowerCase = new[]
    {
        "Host", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "Content-Length", "Connection", "Origin", "Referer",
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id", "Transfer-Encoding", "traceparent",
    }.ToFrozenDictionary(n => n, n => n.ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    /// <param name="received">The body, where it was made files; null: it is in <paramref name="body"/>.</param>
    /// <param name="admission">What of the request is withheld, and what is hidden in the rest.</param>
    /// <exception cref="ApiException">400: the body is not what its content type says; 415: it is of a kind that cannot be taken.</exception>
    public static Item Of(HttpRequest request, string path, bool rawBody, IReadOnlyList<KeyValuePair<string, string>> parameters, ReadOnlySpan<byte> body, ReceivedBody? received = null, Admission? admission = null)
    {
        admission ??= Admission.OfAnyone;
        var captured = new ObjectValue(Math.Max(1, parameters.Count));
        foreach (var (name, value) in parameters) captured.Set(name, value);
        var json = new ObjectValue(6)
        {
            { "headers", Headers(request.Headers, admission) },
            { "params", captured },
            { "query", Query(request, admission.Query) },
            { "body", received is not null ? received.Fields : rawBody ? Text(body, null) : Body(request, body) },
            { "method", request.Method },
            { "path", path },
        };
        json.Freeze();
        return admission.Hide(new Item(json, received?.Binary));
    }

    private static ObjectValue Headers(IHeaderDictionary headers, Admission admission)
    {
        var result = new ObjectValue(Math.Max(4, headers.Count));
        foreach (var (name, values) in headers)
            if (!Withheld.Contains(name) && !admission.WithholdsHeader(name)) result.Set(LowerCase.TryGetValue(name, out var lower) ? lower : name.ToLowerInvariant(), values.ToString());
        return result;
    }

    private static ObjectValue Query(HttpRequest request, string? withheld)
    {
        var result = new ObjectValue();
        if (!request.QueryString.HasValue) return result;
        foreach (var (name, values) in request.Query)
            if (!name.Equals(withheld, StringComparison.OrdinalIgnoreCase)) result.Set(Clean(name), OneOrMany(values));
        return result;
    }

    private static Value Body(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return new ObjectValue(1);
        if (RequestBody.IsJson(request.ContentType)) return RequestBody.ParseJson(body);
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return Text(body, null);
        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new ApiException(ApiError.UnsupportedMediaType("This webhook takes no files, and so no multipart/form-data; send JSON, a URL-encoded form or text."));
        return type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ? Form(body) : Text(body, type.Charset.Value);
    }

    private static ObjectValue Form(ReadOnlySpan<byte> body)
    {
        var result = new ObjectValue();
        foreach (var (name, values) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body))) result.Set(Clean(name), OneOrMany(values));
        return result;
    }

    /// <summary>Text as it is; bytes that are none, in base64.</summary>
    private static Value Text(ReadOnlySpan<byte> body, string? charset)
    {
        if (charset?.Trim('"') is { Length: > 0 } named && named.Equals("iso-8859-1", StringComparison.OrdinalIgnoreCase)) return Encoding.Latin1.GetString(body);
        return System.Text.Unicode.Utf8.IsValid(body) ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body);
    }

    private static Value OneOrMany(StringValues values) =>
        values.Count == 1 ? Clean(values[0] ?? "") : new ArrayValue(values.Select(v => Value.From(Clean(v ?? ""))));

    /// <summary>What percent-decoding can make and JSON cannot hold: NUL in names, halves of surrogate pairs.</summary>
    internal static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !text.Contains('\0', StringComparison.Ordinal)) return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) clean.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        return clean.ToString();
    }
}
