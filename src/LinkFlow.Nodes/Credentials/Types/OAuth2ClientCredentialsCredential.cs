using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>OAuth2 for a program on its own behalf: a token for the client's id and secret (RFC 6749 §4.4).</summary>
internal sealed class OAuth2ClientCredentialsCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = OAuth2Client.ClientCredentials,
        Name = "OAuth2, client credentials",
        Description = "Gets a token for a client id and secret and sends it in `Authorization: Bearer`.",
        IsForRequests = true,
        Schema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "tokenUrl": { "type": "string", "minLength": 1, "maxLength": 2048, "x-destination": true, "description": "Where tokens are given." },
                "clientId": { "type": "string", "minLength": 1, "maxLength": 1024 },
                "clientSecret": { "type": "string", "minLength": 1, "maxLength": 4096, "format": "password", "writeOnly": true },
                "scope": { "type": "string", "maxLength": 4096, "description": "Separated by spaces." },
                "audience": { "type": "string", "maxLength": 2048, "description": "Sent as audience, for servers that ask for it." },
                "authentication": { "enum": ["header", "body"], "default": "header", "description": "Where id and secret go: Authorization: Basic, or the form." },
                "extraParameters": { "type": "object", "description": "Further parameters of the token request, each a string." }
              },
              "required": ["tokenUrl", "clientId", "clientSecret"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"tokenUrl":"https://auth.example.com/oauth2/token","clientId":"linkflow","clientSecret":"…","scope":"orders.read"}"""),
        Documentation = "The token is kept, sealed, for all hosts, and replaced ahead of its end by one host at a time.",
        Tests = "Gets a token. What it may do is not tried.",
        Check = OAuth2Client.Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        BearerTokens.ApplyAsync(request, credential, use, cancellationToken);

    public ValueTask<bool> RenewAsync(OutgoingRequest refused, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        BearerTokens.RenewAsync(refused, credential, use, cancellationToken);

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        BearerTokens.TestAsync(credential, use, cancellationToken);
}
