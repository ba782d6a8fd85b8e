using System.Globalization;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials.Connections;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>A Redis server and who logs in there.</summary>
internal sealed class RedisCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "redis",
        Name = "Redis",
        Description = "A Redis server and who logs in there.",
        Schema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "host": { "type": "string", "minLength": 1, "maxLength": 253, "x-destination": true },
                "port": { "type": "integer", "minimum": 1, "maximum": 65535, "default": 6379, "x-destination": true },
                "tls": { "type": "boolean", "default": false, "x-destination": true },
                "username": { "type": "string", "maxLength": 1024, "description": "For servers with access lists." },
                "password": { "type": "string", "maxLength": 4096, "format": "password", "writeOnly": true },
                "database": { "type": "integer", "minimum": 0, "maximum": 1023, "default": 0 }
              },
              "required": ["host"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"host":"redis.example.com","port":6380,"tls":true,"password":"correct horse"}"""),
        Tests = "Connects, logs in with `AUTH`, chooses the database and sends `PING`.",
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        throw CredentialErrors.IsInvalid(credential, "a redis credential cannot be put on an HTTP request.");

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) => TrialConnection.TryAsync(
        credential, use, credential.Text("host"), credential.Whole("port", 6379, 1, 65535), credential.Flag("tls", false),
        (connection, token) => TalkAsync(connection, credential, token), cancellationToken);

    private static async Task<CredentialTest> TalkAsync(TrialConnection connection, OpenedCredential credential, CancellationToken cancellationToken)
    {
        var steps = new List<string[]>();
        if (credential.OptionalText("password") is { } password)
            steps.Add(credential.OptionalText("username") is { } user ? ["AUTH", user, password] : ["AUTH", password]);
        if (credential.Whole("database", 0, 0, 1023) is > 0 and var database) steps.Add(["SELECT", database.ToString(CultureInfo.InvariantCulture)]);
        steps.Add(["PING"]);
        foreach (var step in steps)
        {
            await connection.SendAsync(Command(step), cancellationToken).ConfigureAwait(false);
            var answer = await connection.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (!answer.StartsWith('+')) return CredentialTest.Fail($"{step[0]} was answered {answer}");
        }

        return CredentialTest.Pass(steps.Count == 1 ? "PING was answered. No password is set, so none was tried." : "Logged in, and PING was answered.");
    }

    /// <summary>A command in the protocol's form: an array of strings with their lengths in bytes.</summary>
    private static byte[] Command(string[] words)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words) text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
