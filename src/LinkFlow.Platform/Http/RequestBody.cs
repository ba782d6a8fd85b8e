using System.Buffers;
using System.Security.Cryptography;
using LinkFlow.Engine.Values;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace LinkFlow.Platform.Http;

/// <summary>Reads a request's body whole and bounded, and as JSON.</summary>
public static class RequestBody
{
    /// <summary>The raw bytes.</summary>
    /// <exception cref="ApiException">413: more than <paramref name="limit"/> bytes.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpContext context, int limit)
    {
        if (context.Request.ContentLength is { } announced && announced > limit) throw TooLarge(limit);
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge(limit);
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The body as it comes, beyond what the server allows for others.</summary>
    /// <param name="hash">Gets all that is read; null: nothing is hashed.</param>
    /// <exception cref="ApiException">413: it has more than <paramref name="limit"/> bytes; the stream throws the same.</exception>
    public static BoundedStream Open(HttpContext context, long limit, IncrementalHash? hash = null)
    {
        if (context.Request.ContentLength is { } announced && announced > limit) throw TooLarge(limit);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server) server.MaxRequestBodySize = null;
        return new BoundedStream(context.Request.Body, limit, () => TooLarge(limit), hash);
    }

    /// <summary>Refuses what is compressed.</summary>
    /// <exception cref="ApiException">415.</exception>
    public static void RequirePlain(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new ApiException(ApiError.UnsupportedMediaType($"Content-Encoding '{encoding}' is not supported; send the body as it is."));
    }

    /// <summary>Refuses what is no JSON by its headers.</summary>
    /// <exception cref="ApiException">415.</exception>
    public static void RequireJson(HttpRequest request)
    {
        RequirePlain(request);
        if (!IsJson(request.ContentType))
        {
            var given = string.IsNullOrEmpty(request.ContentType) ? "The request has no Content-Type" : $"Content-Type '{request.ContentType}' is not supported here";
            throw new ApiException(ApiError.UnsupportedMediaType($"{given}; send 'Content-Type: application/json'."));
        }
    }

    /// <summary>True for application/json and anything +json, in UTF-8.</summary>
    public static bool IsJson(string? contentType)
    {
        if (contentType is "application/json") return true;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)) return false;
        var isJson = type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.Suffix.HasValue && type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        return isJson && (!charset.HasValue || charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    /// <exception cref="ApiException">400 with line and column.</exception>
    public static Value ParseJson(ReadOnlySpan<byte> bytes)
    {
        // A byte order mark is not JSON, but editors on Windows write one.
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        try
        {
            return JsonText.Parse(bytes);
        }
        catch (JsonTextException e)
        {
            var details = new ObjectValue { { "line", e.Line }, { "column", e.Column } };
            throw new ApiException(ApiError.Validation($"The body is not valid JSON: {e.Message}") with { Details = details });
        }
    }

    private static ApiException TooLarge(long limit) => new(ApiError.TooLarge($"The body is larger than the {limit} bytes that are allowed here."));
}
