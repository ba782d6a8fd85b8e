using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials.Connections;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>A server that is reached by SSH and who logs in there.</summary>
internal sealed class SshCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "ssh",
        Name = "SSH",
        Description = "A server that is reached by SSH or SFTP, and who logs in there.",
        Schema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "host": { "type": "string", "minLength": 1, "maxLength": 253, "x-destination": true },
                "port": { "type": "integer", "minimum": 1, "maximum": 65535, "default": 22, "x-destination": true },
                "username": { "type": "string", "minLength": 1, "maxLength": 1024 },
                "password": { "type": "string", "maxLength": 4096, "format": "password", "writeOnly": true },
                "privateKey": { "type": "string", "maxLength": 16384, "format": "password", "writeOnly": true, "description": "PEM or OpenSSH." },
                "passphrase": { "type": "string", "maxLength": 4096, "format": "password", "writeOnly": true, "description": "Of the private key." },
                "hostKey": { "type": "string", "maxLength": 1024, "pattern": "^SHA256:[A-Za-z0-9+/]{43}$", "x-destination": true, "description": "The server's key by its fingerprint, as ssh-keygen -l prints it. Without it any server is believed." }
              },
              "required": ["host", "username"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"host":"files.example.com","username":"deploy","password":"correct horse"}"""),
        Tests = "Connects and reads the server's greeting. The login is not tried.",
        Check = Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        throw CredentialErrors.IsInvalid(credential, "an ssh credential cannot be put on an HTTP request.");

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) => TrialConnection.TryAsync(
        credential, use, credential.Text("host"), credential.Whole("port", 22, 1, 65535), tls: false, TalkAsync, cancellationToken);

    private static async Task<CredentialTest> TalkAsync(TrialConnection connection, CancellationToken cancellationToken)
    {
        // RFC 4253: a server may say other lines before its version.
        for (var i = 0; i < 20; i++)
        {
            var line = await connection.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line.StartsWith("SSH-2.0-", StringComparison.Ordinal) || line.StartsWith("SSH-1.99-", StringComparison.Ordinal))
                return CredentialTest.Pass($"The server is {line}. The login was not tried: whether the password or key is right is not known.");
        }

        return CredentialTest.Fail("What answers there is no SSH server.");
    }

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue data)
    {
        var hasKey = data["privateKey"].AsString is { Length: > 0 };
        if (!hasKey && data["password"].AsString is not { Length: > 0 }) yield return ("/password", "Either 'password' or 'privateKey' is needed.");
        if (hasKey && !data["privateKey"].AsString!.Contains("{{", StringComparison.Ordinal) && !data["privateKey"].AsString!.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            yield return ("/privateKey", "'privateKey' is no private key in PEM or OpenSSH form: expected is a text that begins with -----BEGIN.");
        if (!hasKey && data["passphrase"].AsString is { Length: > 0 }) yield return ("/passphrase", "'passphrase' belongs to a 'privateKey', and there is none.");
    }
}
