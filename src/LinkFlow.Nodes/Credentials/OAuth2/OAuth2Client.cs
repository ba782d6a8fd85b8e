using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Credentials.OAuth2;

/// <summary>What an OAuth2 credential says of the authorization server and of us as its client.</summary>
/// <param name="ClientSecret">Null: a public client, known by PKCE alone.</param>
/// <param name="InHeader">True: id and secret go in <c>Authorization: Basic</c>; false: in the form.</param>
/// <param name="Scope">Separated by spaces; null: the server's own choice.</param>
/// <param name="AuthorizeUrl">Null: tokens are for the client itself (client credentials).</param>
/// <param name="Extra">Further parameters: of the authorize URL, or, with client credentials, of the token request.</param>
public sealed record OAuth2Client(
    Uri TokenUrl, string ClientId, string? ClientSecret, bool InHeader, string? Scope, string? Audience, Uri? AuthorizeUrl, IReadOnlyList<KeyValuePair<string, string>> Extra)
{
    public const string ClientCredentials = "oauth2_client_credentials";
    public const string AuthorizationCode = "oauth2_authorization_code";

    /// <summary>What is ours to say, and no credential's.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "response_type", "client_id", "client_secret", "redirect_uri", "scope", "state", "code", "code_challenge", "code_challenge_method", "code_verifier",
        "grant_type", "refresh_token",
    };

    /// <summary>A user consents once, in a browser.</summary>
    public bool NeedsConsent => AuthorizeUrl is not null;

    /// <exception cref="NodeException">A field does not make what is needed; the message holds no secret.</exception>
    public static OAuth2Client Of(OpenedCredential credential)
    {
        var withConsent = credential.Type == AuthorizationCode;
        return new OAuth2Client(
            credential.OptionalUrl("tokenUrl") ?? throw CredentialErrors.IsInvalid(credential, "'tokenUrl' is missing."),
            credential.Text("clientId"),
            credential.OptionalText("clientSecret"),
            credential.OptionalText("authentication") != "body",
            credential.OptionalText("scope"),
            credential.OptionalText("audience"),
            withConsent ? credential.OptionalUrl("authorizeUrl") ?? throw CredentialErrors.IsInvalid(credential, "'authorizeUrl' is missing.") : null,
            [.. credential.Object("extraParameters").Select(p => KeyValuePair.Create(p.Key, p.Value.AsString ?? p.Value.ToString()))]);
    }

    /// <summary>A check of the fields for descriptors.</summary>
    internal static IEnumerable<(string Pointer, string Message)> Check(ObjectValue data)
    {
        foreach (var field in (string[])["authorizeUrl", "tokenUrl"])
        {
            if (data[field].AsString is { Length: > 0 } url && !url.Contains("{{", StringComparison.Ordinal) && CredentialFields.HttpUrl(url) is null)
                yield return ($"/{field}", $"'{field}' must be a whole URL that begins with http:// or https://, without user and password.");
        }

        foreach (var (name, value) in data["extraParameters"].AsObject ?? new ObjectValue(0))
        {
            if (Reserved.Contains(name)) yield return ($"/extraParameters/{name}", $"'{name}' is set by LinkFlow itself. Remove it from 'extraParameters'.");
            else if (!value.IsString) yield return ($"/extraParameters/{name}", "An extra parameter must be a string.");
        }
    }
}
