using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>OAuth2 on behalf of a user, who consents once in a browser (RFC 6749 §4.1, with PKCE).</summary>
internal sealed class OAuth2AuthorizationCodeCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = OAuth2Client.AuthorizationCode,
        Name = "OAuth2, authorization code",
        Description = "Acts for a user who consented once in a browser: sends the user's token in `Authorization: Bearer`.",
        IsForRequests = true,
        Schema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "authorizeUrl": { "type": "string", "minLength": 1, "maxLength": 2048, "x-destination": true, "description": "Where the user consents." },
                "tokenUrl": { "type": "string", "minLength": 1, "maxLength": 2048, "x-destination": true, "description": "Where tokens are given." },
                "clientId": { "type": "string", "minLength": 1, "maxLength": 1024 },
                "clientSecret": { "type": "string", "maxLength": 4096, "format": "password", "writeOnly": true, "description": "Absent for a public client." },
                "scope": { "type": "string", "maxLength": 4096, "description": "Separated by spaces." },
                "authentication": { "enum": ["header", "body"], "default": "header", "description": "Where id and secret go in token requests: Authorization: Basic, or the form." },
                "extraParameters": { "type": "object", "description": "Further parameters of the authorize URL, each a string: access_type, prompt, audience." }
              },
              "required": ["authorizeUrl", "tokenUrl", "clientId"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"authorizeUrl":"https://auth.example.com/authorize","tokenUrl":"https://auth.example.com/token","clientId":"linkflow","clientSecret":"…","scope":"offline_access orders.read"}"""),
        Documentation = "After saving it, open the URL that `GET /credentials/{id}/oauth2/authorize` gives, and consent. Register `<PublicUrl>/oauth2/callback` with the server before.",
        Tests = "Gets a new token with the refresh token. What it may do is not tried.",
        Check = OAuth2Client.Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        BearerTokens.ApplyAsync(request, credential, use, cancellationToken);

    public ValueTask<bool> RenewAsync(OutgoingRequest refused, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        BearerTokens.RenewAsync(refused, credential, use, cancellationToken);

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        BearerTokens.TestAsync(credential, use, cancellationToken);
}
