using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>A token that does not change, in <c>Authorization: Bearer</c>.</summary>
internal sealed class BearerCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "bearer",
        Name = "Bearer token",
        Description = "Sends `Authorization: Bearer` with a token.",
        IsForRequests = true,
        Schema = Json.Object($$"""
            {
              "type": "object",
              "properties": {
                "token": { "type": "string", "minLength": 1, "maxLength": 16384, "format": "password", "writeOnly": true, "description": "Without the word Bearer." },
                {{RequestTrial.Field}}
              },
              "required": ["token"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"token":"sk_live_…","testUrl":"https://api.example.com/me"}"""),
        Tests = RequestTrial.Description,
        Check = RequestTrial.Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        request.SetHeader("Authorization", "Bearer " + credential.Text("token"));
        return ValueTask.CompletedTask;
    }

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        RequestTrial.RunAsync(this, credential, use, cancellationToken);
}
