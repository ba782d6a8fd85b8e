using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>A shared secret that signs requests in LinkFlow's scheme, and verifies webhooks in several.</summary>
internal sealed class HmacCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "hmac",
        Name = "HMAC signature",
        Description = "Signs the request's body: `X-Signature-256` and `X-Timestamp`. On webhooks: verifies the sender's signature.",
        IsForRequests = true,
        Schema = Json.Object($$"""
            {
              "type": "object",
              "properties": {
                "secret": { "type": "string", "minLength": 1, "maxLength": 4096, "format": "password", "writeOnly": true, "description": "Its UTF-8 bytes are the key." },
                {{RequestTrial.Field}}
              },
              "required": ["secret"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"secret":"whsec_0123456789abcdef"}"""),
        Documentation = """
            A request gets `X-Timestamp` (Unix seconds) and `X-Signature-256: sha256=<hex>`, the HMAC-SHA256 over `<X-Timestamp>.<raw body>`: what the scheme `linkflow` of
            webhooks verifies. Each attempt and each redirect is signed anew.
            """,
        Tests = RequestTrial.Description,
        Check = RequestTrial.Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var timestamp = use.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(credential.Text("secret")));
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp + "."));
        hmac.AppendData(request.Body.Span);
        var signature = Convert.ToHexStringLower(hmac.GetHashAndReset());
        use.Mask.Add(signature);
        request.SetHeader("X-Timestamp", timestamp);
        request.SetHeader("X-Signature-256", "sha256=" + signature);
        return ValueTask.CompletedTask;
    }

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        RequestTrial.RunAsync(this, credential, use, cancellationToken);
}
