using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials.Connections;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>A mail server and who sends through it.</summary>
internal sealed class SmtpCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "smtp",
        Name = "SMTP",
        Description = "A mail server and who sends through it.",
        Schema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "host": { "type": "string", "minLength": 1, "maxLength": 253, "x-destination": true },
                "port": { "type": "integer", "minimum": 1, "maximum": 65535, "default": 587, "x-destination": true },
                "tls": { "enum": ["starttls", "implicit", "none"], "default": "starttls", "x-destination": true, "description": "starttls is usual on port 587, implicit on 465. With none the password is sent in clear." },
                "username": { "type": "string", "maxLength": 1024 },
                "password": { "type": "string", "maxLength": 4096, "format": "password", "writeOnly": true }
              },
              "required": ["host"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"host":"mail.example.com","port":587,"username":"noreply@example.com","password":"correct horse"}"""),
        Tests = "Connects, says `EHLO`, starts TLS and logs in with `AUTH`; sends no mail.",
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        throw CredentialErrors.IsInvalid(credential, "an smtp credential cannot be put on an HTTP request.");

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) => TrialConnection.TryAsync(
        credential, use, credential.Text("host"), credential.Whole("port", 587, 1, 65535), credential.OptionalText("tls") == "implicit",
        (connection, token) => TalkAsync(connection, credential, use, token), cancellationToken);

    private static async Task<CredentialTest> TalkAsync(TrialConnection connection, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var greeting = await ReplyAsync(connection, cancellationToken).ConfigureAwait(false);
        if (!greeting.IsGood) return greeting.AsFailure("The server greeted with");
        var hello = await SayAsync(connection, "EHLO linkflow", cancellationToken).ConfigureAwait(false);
        if (!hello.IsGood) return hello.AsFailure("EHLO was answered");
        if ((credential.OptionalText("tls") ?? "starttls") == "starttls")
        {
            var start = await SayAsync(connection, "STARTTLS", cancellationToken).ConfigureAwait(false);
            if (!start.IsGood) return start.AsFailure("STARTTLS was answered");
            await connection.StartTlsAsync(cancellationToken).ConfigureAwait(false);
            hello = await SayAsync(connection, "EHLO linkflow", cancellationToken).ConfigureAwait(false);
            if (!hello.IsGood) return hello.AsFailure("EHLO was answered, within TLS,");
        }

        if (credential.OptionalText("username") is not { } user) return CredentialTest.Pass("The server answered EHLO. No user name is set, so no login was tried.");
        var login = await LogInAsync(connection, hello, user, credential.OptionalText("password") ?? "", use, cancellationToken).ConfigureAwait(false);
        if (login is null) return CredentialTest.Fail("The server offers neither AUTH PLAIN nor AUTH LOGIN here, so no login was tried.");
        if (!login.IsGood) return login.AsFailure("The login was refused:");
        await connection.SendLineAsync("QUIT", cancellationToken).ConfigureAwait(false);
        return CredentialTest.Pass("Logged in. No mail was sent.");
    }

    /// <returns>Null: the server offers no way that we know.</returns>
    private static async Task<Reply?> LogInAsync(TrialConnection connection, Reply hello, string user, string password, CredentialUse use, CancellationToken cancellationToken)
    {
        var offered = hello.Lines.Where(l => l.StartsWith("AUTH", StringComparison.OrdinalIgnoreCase)).SelectMany(l => l.ToUpperInvariant().Split([' ', '='])).ToHashSet();
        if (offered.Contains("PLAIN"))
        {
            var plain = Encoded($"\0{user}\0{password}");
            use.Mask.Add(plain);
            return await SayAsync(connection, $"AUTH PLAIN {plain}", cancellationToken).ConfigureAwait(false);
        }

        if (!offered.Contains("LOGIN")) return null;
        var asked = await SayAsync(connection, "AUTH LOGIN", cancellationToken).ConfigureAwait(false);
        if (asked.Code / 100 != 3) return asked;
        asked = await SayAsync(connection, Encoded(user), cancellationToken).ConfigureAwait(false);
        return asked.Code / 100 != 3 ? asked : await SayAsync(connection, Encoded(password), cancellationToken).ConfigureAwait(false);
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<Reply> SayAsync(TrialConnection connection, string line, CancellationToken cancellationToken)
    {
        await connection.SendLineAsync(line, cancellationToken).ConfigureAwait(false);
        return await ReplyAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All lines of one reply: all but the last have a hyphen behind the code.</summary>
    private static async Task<Reply> ReplyAsync(TrialConnection connection, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (lines.Count < 100)
        {
            var line = await connection.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var code)) throw new FormatException("that is no SMTP server's answer.");
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-') return new Reply(code, lines);
        }

        throw new FormatException("the answer has more than 100 lines.");
    }

    private sealed record Reply(int Code, IReadOnlyList<string> Lines)
    {
        public bool IsGood => Code / 100 == 2;

        public CredentialTest AsFailure(string what) => CredentialTest.Fail($"{what} {Code} {Lines[^1]}");
    }
}
