using System.Buffers;
using System.Globalization;
using LinkFlow.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LinkFlow.Platform.Files;

/// <summary>
/// Answers with a file's bytes: whole, one range of it, or not at all when the caller has it (RFC 9110). Whatever a file says that it is, a browser
/// saves it and runs nothing of it: <c>attachment</c>, <c>nosniff</c>, and a sandbox.
/// </summary>
internal sealed class FileDownload(FileService files)
{
    private const int BufferBytes = 64 * 1024;

    /// <exception cref="ApiException">412: If-Match or If-Unmodified-Since does not hold.</exception>
    public async Task WriteAsync(HttpContext context, string tenant, FileVersion version)
    {
        var (request, response) = (context.Request, context.Response);
        var etag = new EntityTagHeaderValue($"\"{version.Content.Sha256}\"");
        // HTTP knows whole seconds.
        var modified = DateTimeOffset.FromUnixTimeSeconds(version.At.ToUnixTimeSeconds());
        response.Headers.ETag = etag.ToString();
        response.Headers.LastModified = HeaderUtilities.FormatDate(modified);
        response.Headers.AcceptRanges = "bytes";
        response.Headers.CacheControl = "private, no-cache";
        Protect(response, version.Name);
        var headers = request.GetTypedHeaders();
        RequireUnchanged(headers, etag, modified);
        if (IsKnown(headers, etag, modified))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (PartOf(headers, version, etag, modified) is not var (offset, length, isPart))
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{version.Content.Size}");
            await (ApiError.Validation($"The range is outside the file, which has {version.Content.Size} bytes.") with { Status = StatusCodes.Status416RangeNotSatisfiable }).WriteAsync(context);
            return;
        }

        response.StatusCode = isPart ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        response.ContentType = version.MimeType;
        response.ContentLength = length;
        if (isPart) response.Headers.ContentRange = new ContentRangeHeaderValue(offset, offset + length - 1, version.Content.Size).ToString();
        if (HttpMethods.IsHead(request.Method)) return;
        await using var stream = await files.OpenAsync(tenant, version.Content, offset, length, context.RequestAborted);
        await CopyAsync(stream, response, length, context.RequestAborted);
    }

    /// <summary>Headers for bytes that came from someone else.</summary>
    /// <param name="name">What they are saved as.</param>
    public static void Protect(HttpResponse response, string name)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>Copies as many bytes as were announced.</summary>
    /// <exception cref="IOException">The content ended before; the answer is cut off.</exception>
    public static async Task CopyAsync(Stream stream, HttpResponse response, long length, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (length > 0)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellationToken);
                if (read == 0) throw new EndOfStreamException($"A file's content ended {length} bytes before its size.");
                await response.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                length -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void RequireUnchanged(Microsoft.AspNetCore.Http.Headers.RequestHeaders headers, EntityTagHeaderValue etag, DateTimeOffset modified)
    {
        var holds = headers.IfMatch is { Count: > 0 } tags ? tags.Any(t => t.Tag == "*" || t.Compare(etag, useStrongComparison: true))
            : headers.IfUnmodifiedSince is not { } since || modified <= since;
        if (!holds) throw new ApiException(ApiError.PreconditionFailed($"The file's content is {etag}, not what the request's condition names."));
    }

    private static bool IsKnown(Microsoft.AspNetCore.Http.Headers.RequestHeaders headers, EntityTagHeaderValue etag, DateTimeOffset modified) =>
        headers.IfNoneMatch is { Count: > 0 } tags ? tags.Any(t => t.Tag == "*" || t.Compare(etag, useStrongComparison: false)) : headers.IfModifiedSince is { } since && modified <= since;

    /// <summary>Several ranges, and units that we do not know, are answered with the whole, as the RFC allows.</summary>
    /// <returns>Null: no byte of the range is there.</returns>
    private static (long Offset, long Length, bool IsPart)? PartOf(
        Microsoft.AspNetCore.Http.Headers.RequestHeaders headers, FileVersion version, EntityTagHeaderValue etag, DateTimeOffset modified)
    {
        var size = version.Content.Size;
        if (headers.Range is not { Ranges.Count: 1 } asked || !asked.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)) return (0, size, false);
        if (headers.IfRange is { } condition && !(condition.EntityTag?.Compare(etag, useStrongComparison: true) ?? condition.LastModified == modified)) return (0, size, false);
        var range = asked.Ranges.Single();
        var from = range.From ?? Math.Max(0, size - range.To!.Value);
        var to = range.From is null ? size - 1 : Math.Min(range.To ?? long.MaxValue, size - 1);
        return from <= to && from < size ? (from, to - from + 1, true) : null;
    }
}
