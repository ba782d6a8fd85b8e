using System.Buffers.Binary;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials.Connections;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>A database server and who logs in there.</summary>
internal sealed class DatabaseCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "database",
        Name = "Database",
        Description = "A database on a PostgreSQL, MySQL or SQL Server, and who logs in there.",
        Schema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "engine": { "enum": ["postgresql", "mysql", "sqlserver"], "default": "postgresql", "x-destination": true },
                "host": { "type": "string", "minLength": 1, "maxLength": 253, "x-destination": true },
                "port": { "type": "integer", "minimum": 1, "maximum": 65535, "x-destination": true, "description": "Default: the engine's own." },
                "tls": { "type": "boolean", "default": true, "x-destination": true, "description": "False: the password's proof and all data go in clear." },
                "database": { "type": "string", "minLength": 1, "maxLength": 128 },
                "username": { "type": "string", "minLength": 1, "maxLength": 128 },
                "password": { "type": "string", "maxLength": 4096, "format": "password", "writeOnly": true }
              },
              "required": ["host", "database", "username"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"engine":"postgresql","host":"db.example.com","database":"shop","username":"linkflow","password":"correct horse"}"""),
        Tests = "PostgreSQL: connects and logs in. MySQL and SQL Server: connects and reads the server's greeting; the login is not tried.",
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        throw CredentialErrors.IsInvalid(credential, "a database credential cannot be put on an HTTP request.");

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var engine = credential.OptionalText("engine") ?? "postgresql";
        var port = credential.Whole("port", engine switch { "mysql" => 3306, "sqlserver" => 1433, _ => 5432 }, 1, 65535);
        Func<TrialConnection, CancellationToken, Task<CredentialTest>> dialogue = engine switch
        {
            "mysql" => GreetMySqlAsync,
            "sqlserver" => GreetSqlServerAsync,
            _ => (connection, token) => PostgresLogin.TryAsync(
                connection, credential.Text("username"), credential.OptionalText("password") ?? "", credential.Text("database"), credential.Flag("tls", true), token),
        };
        return TrialConnection.TryAsync(credential, use, credential.Text("host"), port, tls: false, dialogue, cancellationToken);
    }

    /// <summary>The server speaks first: length, number, protocol version 10, its own version up to a zero.</summary>
    private static async Task<CredentialTest> GreetMySqlAsync(TrialConnection connection, CancellationToken cancellationToken)
    {
        var head = await connection.ReadAsync(4, cancellationToken).ConfigureAwait(false);
        var body = await connection.ReadAsync(head[0] | head[1] << 8 | head[2] << 16, cancellationToken).ConfigureAwait(false);
        if (body.Length < 2 || body[0] != 10) return CredentialTest.Fail("What answers there does not greet as a MySQL server does.");
        var end = Array.IndexOf(body, (byte)0, 1);
        return CredentialTest.Pass($"The server is MySQL {Encoding.ASCII.GetString(body, 1, Math.Max(0, end - 1))}. The login was not tried: whether the password is right is not known.");
    }

    /// <summary>A PRELOGIN message with the version and encryption options, answered by a message of type 4.</summary>
    private static async Task<CredentialTest> GreetSqlServerAsync(TrialConnection connection, CancellationToken cancellationToken)
    {
        byte[] options = [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 0, 0, 0, 0, 0, 0, 0];
        await connection.SendAsync((byte[])[0x12, 1, 0, (byte)(options.Length + 8), 0, 0, 0, 0, .. options], cancellationToken).ConfigureAwait(false);
        var head = await connection.ReadAsync(8, cancellationToken).ConfigureAwait(false);
        var body = await connection.ReadAsync(Math.Max(0, BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)) - 8), cancellationToken).ConfigureAwait(false);
        if (head[0] != 4 || body.Length < 5 || body[0] != 0) return CredentialTest.Fail("What answers there is no SQL Server.");
        var at = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(1));
        var version = at + 4 <= body.Length ? $" {body[at]}.{body[at + 1]}.{BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at + 2))}" : "";
        return CredentialTest.Pass($"The server is SQL Server{version}. The login was not tried: whether the password is right is not known.");
    }
}
