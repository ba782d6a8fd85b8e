using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Http;

namespace LinkFlow.Nodes.Credentials;

/// <summary>One request that is about to be sent, for a credential to be put on. Used for one sending only; what it adds does not reach a redirect.</summary>
public sealed class OutgoingRequest
{
    /// <summary>What LinkFlow sets by itself and a credential may replace.</summary>
    private static readonly HashSet<string> Replaceable = new(StringComparer.OrdinalIgnoreCase) { "User-Agent", "Accept" };

    private readonly List<KeyValuePair<string, string>> _headers;
    private readonly ReadOnlyMemory<byte> _body;

    /// <param name="method">Upper case.</param>
    /// <param name="url">Absolute, http or https.</param>
    /// <param name="contentType">Of the body, unless a header says otherwise.</param>
    public OutgoingRequest(string method, Uri url, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body = default, string? contentType = null)
    {
        Method = method;
        Url = url;
        _headers = [.. headers];
        _body = body;
        ContentType = contentType;
    }

    public string Method { get; }
    public Uri Url { get; private set; }
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>True: the body is sent from the store as it is read, and is never whole in memory.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>The bytes that will be sent; empty when there is no body.</summary>
    /// <exception cref="NodeException">The body is streamed, so that it cannot be signed.</exception>
    public ReadOnlyMemory<byte> Body => !IsStreamed ? _body : throw new NodeException(
        CredentialErrors.Invalid, $"The body is larger than the {HttpBodies.LargestInMemory} bytes that a credential can sign. Send less, or use a credential that signs no bodies.");
    public string? ContentType { get; }

    /// <summary>What the Host header will say.</summary>
    public string Host => Header("Host") ?? Url.Authority;

    /// <summary>The first header of this name; null: there is none.</summary>
    public string? Header(string name) => _headers.Find(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Sets a header on behalf of a credential.</summary>
    /// <exception cref="NodeException">The node's own parameters set it too, or it cannot be sent. The message does not hold the value.</exception>
    public void SetHeader(string name, string value)
    {
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new NodeException(CredentialErrors.Invalid, $"The credential's value for the header '{name}' holds a character that headers cannot carry: only printable ASCII is possible.");
        if (Replaceable.Contains(name)) _headers.RemoveAll(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        else if (Header(name) is not null)
            throw new NodeException(NodeErrorCodes.ParameterInvalid, $"The header '{name}' is set both by the node's 'headers' and by its credential. Remove it from 'headers'.");
        _headers.Add(new(name, value));
    }

    /// <summary>Adds a pair to the URL's query on behalf of a credential.</summary>
    /// <exception cref="NodeException">The URL or the node's own parameters set it too.</exception>
    public void AddQuery(string name, string value)
    {
        var query = Url.Query.TrimStart('?');
        if (query.Split('&').Any(p => Uri.UnescapeDataString(p.Split('=')[0].Replace('+', ' ')) == name))
            throw new NodeException(NodeErrorCodes.ParameterInvalid, $"'{name}' is set both in the URL's query and by the credential. Remove it from the query.");
        var pair = new StringBuilder(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        Url = new UriBuilder(Url) { Query = query.Length == 0 ? pair.ToString() : $"{query}&{pair}" }.Uri;
    }
}
