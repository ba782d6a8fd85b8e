using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Http;

namespace LinkFlow.Nodes.Credentials;

/// <summary>Tries a credential for requests: one GET of its <c>testUrl</c>, through the outbound guard, following no redirect.</summary>
internal static class RequestTrial
{
    /// <summary>The schema of the field that it uses.</summary>
    public const string Field = """
        "testUrl": { "type": "string", "maxLength": 2048, "x-destination": true, "description": "What a test requests with GET. An answer below 400 passes." }
        """;

    /// <summary>What a descriptor says of it.</summary>
    public const string Description = "Requests `testUrl` with it; an answer below 400 passes. Without `testUrl` nothing is tried.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A check of the field for descriptors.</summary>
    public static IEnumerable<(string Pointer, string Message)> Check(Engine.Values.ObjectValue data)
    {
        if (data["testUrl"].AsString is { Length: > 0 } text && !text.Contains("{{", StringComparison.Ordinal) && CredentialFields.HttpUrl(text) is null)
            yield return ("/testUrl", "'testUrl' must be a whole URL that begins with http:// or https://, without user and password.");
    }

    public static async ValueTask<CredentialTest> RunAsync(ICredentialType type, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        if (credential.OptionalUrl("testUrl") is not { } url)
            return CredentialTest.Untried("Nothing was tried: the credential has no 'testUrl'. Set it to a URL that answers a GET only with the right credential.");
        if (!AllowedHosts.Allow(credential.AllowedHosts, url))
            throw new NodeException(CredentialErrors.NotAllowed, $"The credential's 'allowedHosts' do not include '{url.Authority}', the host of its 'testUrl'.");
        return Judge(url, await SendAsync(type, credential, use, url, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Sends a GET with the credential.</summary>
    /// <exception cref="NodeException">There was no answer.</exception>
    public static async Task<HttpAnswer> SendAsync(ICredentialType type, OpenedCredential credential, CredentialUse use, Uri url, CancellationToken cancellationToken)
    {
        var call = new HttpCall(HttpMethod.Get, url, [new("User-Agent", "LinkFlow"), new("Accept", "*/*")], null, null, Patience, FollowRedirects: false, MaxResponseBytes: 1024 * 1024)
        {
            Credential = new RequestCredential(type, credential, use),
        };
        return await HttpSending.SendAsync(use.Http, call, cancellationToken).ConfigureAwait(false);
    }

    private static CredentialTest Judge(Uri url, HttpAnswer answer)
    {
        var what = $"GET {HttpCall.Public(url)} was answered {(int)answer.Status}";
        return (int)answer.Status switch
        {
            401 or 403 => CredentialTest.Fail($"{what}: the credential was refused."),
            >= 400 => CredentialTest.Fail($"{what}, which says nothing of the credential. Is 'testUrl' right?"),
            >= 300 => CredentialTest.Pass($"{what}, a redirect, which was not followed."),
            _ => CredentialTest.Pass($"{what}."),
        };
    }
}
