using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LinkFlow.Platform.Http;

/// <summary>Entity tags: a document's version in quotes.</summary>
public static class ETags
{
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>True when a header's list names this tag (weakly compared) or is <c>*</c>.</summary>
    public static bool IsAny(StringValues header, string etag) => Tags(header).Any(t => t == "*" || (t.StartsWith("W/", StringComparison.Ordinal) ? t[2..] : t) == etag);

    /// <summary>Checks <c>If-Match</c> (strongly compared) where there is one.</summary>
    /// <exception cref="ApiException">412: the resource has another version.</exception>
    public static void RequireMatch(HttpRequest request, long version)
    {
        if (request.Headers.IfMatch.Count == 0) return;
        var etag = Of(version);
        if (!Tags(request.Headers.IfMatch).Any(t => t == "*" || t == etag))
            throw new ApiException(ApiError.PreconditionFailed($"The resource is at {etag}, not at what If-Match names. Read it again and repeat the change."));
    }

    private static IEnumerable<string> Tags(StringValues header) =>
        header.SelectMany(h => (h ?? "").Split(',')).Select(t => t.Trim()).Where(t => t.Length > 0);
}
