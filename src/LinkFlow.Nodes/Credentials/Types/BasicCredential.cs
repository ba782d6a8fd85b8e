using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>A user name and a password in <c>Authorization: Basic</c> (RFC 7617, in UTF-8).</summary>
internal sealed class BasicCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "basic",
        Name = "Basic",
        Description = "Sends `Authorization: Basic` with a user name and a password.",
        IsForRequests = true,
        Schema = Json.Object($$"""
            {
              "type": "object",
              "properties": {
                "username": { "type": "string", "minLength": 1, "maxLength": 1024, "pattern": "^[^:]+$", "description": "Without a colon, which would begin the password." },
                "password": { "type": "string", "maxLength": 4096, "format": "password", "writeOnly": true },
                {{RequestTrial.Field}}
              },
              "required": ["username", "password"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"username":"shop","password":"correct horse"}"""),
        Tests = RequestTrial.Description,
        Check = RequestTrial.Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var user = credential.Text("username");
        if (user.Contains(':', StringComparison.Ordinal)) throw CredentialErrors.IsInvalid(credential, "'username' must not hold a colon.");
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{credential.OptionalText("password")}"));
        use.Mask.Add(pair);
        request.SetHeader("Authorization", "Basic " + pair);
        return ValueTask.CompletedTask;
    }

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        RequestTrial.RunAsync(this, credential, use, cancellationToken);
}
