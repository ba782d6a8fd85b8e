using System.Net;
using System.Net.Http.Headers;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;

namespace LinkFlow.Nodes.Http;

/// <summary>What one item's request is to be, with all expressions evaluated.</summary>
/// <param name="ContentType">Of <paramref name="Body"/>, unless the headers say otherwise.</param>
internal sealed record HttpCall(
    HttpMethod Method,
    Uri Url,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    byte[]? Body,
    string? ContentType,
    TimeSpan Timeout,
    bool FollowRedirects,
    long MaxResponseBytes)
{
    /// <summary>Put on each request anew; null: none is.</summary>
    public RequestCredential? Credential { get; init; }

    /// <summary>A body with files, in place of <see cref="Body"/>; null: there is none.</summary>
    public FileBody? Files { get; init; }

    /// <summary>Makes the answer's body a file where it is to be one; null: it never is.</summary>
    public AnswerFiles? Saving { get; init; }

    /// <summary>Sending it twice is no different from sending it once: what may be tried again after it may have arrived.</summary>
    public bool MayRepeat => Method.Method is "GET" or "HEAD" or "PUT" or "DELETE";

    /// <summary>The request for messages, without what may be secret: user, query and fragment.</summary>
    public string Name => $"{Method} {Public(Url)}";

    public static string Public(Uri url) => $"{url.Scheme}://{url.Authority}{url.AbsolutePath}";
}

/// <summary>An answer, read to its end.</summary>
internal sealed record HttpAnswer(HttpStatusCode Status, string? Reason, ObjectValue Headers, MediaTypeHeaderValue? ContentType, long? RetryAfterMs, byte[] Body)
{
    /// <summary>The body, where it was made a file; then <see cref="Body"/> is empty.</summary>
    public BinaryReference? File { get; init; }
}
