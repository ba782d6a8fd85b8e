using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Http;
using LinkFlow.Nodes.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Nodes.Tests.Credentials;

/// <summary>Tests of credentials against small servers: what is really said to the other side, and what its answers come to.</summary>
public sealed class CredentialTrialTests : IDisposable
{
    private static readonly CredentialTypes Types = CredentialTypes.BuiltIn();
    private readonly OutboundHttp _http = new(new OutboundGuard(new OutboundAllowList(["127.0.0.1"])), TimeProvider.System);
    private readonly SecretMask _mask = new();

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(200, true, "was answered 200.")]
    [InlineData(302, true, "a redirect")]
    [InlineData(401, false, "the credential was refused")]
    [InlineData(404, false, "says nothing of the credential")]
    public async Task A_credential_for_requests_is_tried_at_its_url(int status, bool passed, string message)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        var test = await TryAsync("bearer", $$"""{"token":"t0ken","testUrl":"{{server.Url}}/me?x=1"}""");

        Assert.Equal((passed, true), (test.Passed, test.Tried));
        Assert.Contains(message, test.Message, StringComparison.Ordinal);
        Assert.Equal("Bearer t0ken", server.Requests[0].Headers["Authorization"]);
    }

    [Fact]
    public async Task Without_a_url_nothing_is_tried_and_that_is_said()
    {
        var test = await TryAsync("bearer", """{"token":"t0ken"}""");

        Assert.Equal((false, false), (test.Passed, test.Tried));
        Assert.Contains("has no 'testUrl'", test.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bearer", """{"token":"t","testUrl":"http://127.0.0.1:1/"}""")]
    [InlineData("redis", """{"host":"127.0.0.1","password":"p"}""")]
    [InlineData("aws", """{"accessKeyId":"A","secretAccessKey":"s","stsUrl":"http://127.0.0.1:1/"}""")]
    public async Task Nothing_is_tried_at_a_host_that_is_not_allowed(string type, string data)
    {
        var thrown = await Assert.ThrowsAsync<NodeException>(() => TryAsync(type, data, "api.example.com"));

        Assert.Equal(CredentialErrors.NotAllowed, thrown.Error.Code);
    }

    [Theory]
    [InlineData("redis", """{"host":"10.0.0.1"}""")]
    [InlineData("smtp", """{"host":"169.254.169.254"}""")]
    [InlineData("bearer", """{"token":"t","testUrl":"http://10.0.0.1/"}""")]
    public async Task The_outbound_guard_holds_for_tests_too(string type, string data)
    {
        var thrown = await Assert.ThrowsAsync<NodeException>(() => TryAsync(type, data));

        Assert.Equal(OutboundGuard.Blocked, thrown.Error.Code);
    }

    [Theory]
    [InlineData("+OK\r\n", "+OK\r\n", "+PONG\r\n", true, "Logged in, and PING was answered.")]
    [InlineData("-WRONGPASS invalid username-password pair\r\n", "", "", false, "AUTH was answered -WRONGPASS")]
    [InlineData("+OK\r\n", "-ERR DB index is out of range\r\n", "", false, "SELECT was answered -ERR")]
    [InlineData("no redis\r\n", "", "", false, "AUTH was answered no redis")]
    public async Task Redis_is_logged_in_to_and_pinged(string auth, string select, string ping, bool passed, string message)
    {
        using var server = new ScriptedServer("", auth, select, ping);

        var test = await TryAsync("redis", $$"""{"host":"127.0.0.1","port":{{server.Port}},"username":"u","password":"pä","database":3}""");

        Assert.Equal(passed, test.Passed);
        Assert.Contains(message, test.Message, StringComparison.Ordinal);
        Assert.StartsWith("*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$3\r\npÃ¤\r\n", server.Heard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("250-mail\r\n250 AUTH PLAIN LOGIN\r\n", "235 ok\r\n", true, "Logged in", "AUTH PLAIN AHUAcGFzcw==\r\n")]
    [InlineData("250-mail\r\n250 AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n|334 UGFzc3dvcmQ6\r\n|235 ok\r\n", true, "Logged in", "AUTH LOGIN\r\ndQ==\r\ncGFzcw==\r\n")]
    [InlineData("250-mail\r\n250 AUTH PLAIN\r\n", "535 no\r\n", false, "The login was refused: 535 no", "AUTH PLAIN")]
    [InlineData("250 mail\r\n", "", false, "neither AUTH PLAIN nor AUTH LOGIN", "EHLO linkflow\r\n")]
    [InlineData("500 what\r\n", "", false, "EHLO was answered 500 what", "EHLO linkflow\r\n")]
    [InlineData("hello\r\n", "", false, "no SMTP server's answer", "EHLO linkflow\r\n")]
    public async Task A_mail_server_is_logged_in_to(string hello, string login, bool passed, string message, string heard)
    {
        using var server = new ScriptedServer("220 mail\r\n", [hello, .. login.Split('|')]);

        var test = await TryAsync("smtp", $$"""{"host":"127.0.0.1","port":{{server.Port}},"tls":"none","username":"u","password":"pass"}""");

        Assert.Equal(passed, test.Passed);
        Assert.Contains(message, test.Message, StringComparison.Ordinal);
        Assert.Contains(heard, server.Heard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("554 go away\r\n", "The server greeted with 554")]
    [InlineData("220 mail\r\n", "STARTTLS was answered 454")]
    public async Task A_mail_server_without_TLS_gets_no_password(string greeting, string message)
    {
        using var server = new ScriptedServer(greeting, "250 AUTH PLAIN\r\n", "454 not now\r\n");

        var test = await TryAsync("smtp", $$"""{"host":"127.0.0.1","port":{{server.Port}},"username":"u","password":"pass"}""");

        Assert.False(test.Passed);
        Assert.Contains(message, test.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AUTH", server.Heard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("welcome\r\nSSH-2.0-OpenSSH_9.2\r\n", true, "OpenSSH_9.2. The login was not tried")]
    [InlineData("HTTP/1.1 400\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", false, "no SSH server")]
    public async Task An_SSH_server_is_greeted(string greeting, bool passed, string message)
    {
        using var server = new ScriptedServer(greeting);

        var test = await TryAsync("ssh", $$"""{"host":"127.0.0.1","port":{{server.Port}},"username":"u","password":"p"}""");

        Assert.Equal(passed, test.Passed);
        Assert.Contains(message, test.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mysql", "\u000a\0\0\0\u000a8.0.36\0\u0001\0", true, "MySQL 8.0.36. The login was not tried")]
    [InlineData("mysql", "\u0002\0\0\0\u0009x", false, "does not greet as a MySQL server does")]
    public async Task A_MySQL_server_is_greeted(string engine, string greeting, bool passed, string message)
    {
        using var server = new ScriptedServer(greeting);

        var test = await TryDatabaseAsync(engine, server.Port);

        Assert.Equal(passed, test.Passed);
        Assert.Contains(message, test.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_SQL_Server_is_greeted()
    {
        using var server = new ScriptedServer("", "\u0004\u0001\0\u0014\0\0\u0001\0\0\0\u0006\0\u0006\u00ff\u0010\0\u0003\u00e8\0\0");

        var test = await TryDatabaseAsync("sqlserver", server.Port);

        Assert.True(test.Passed);
        Assert.Contains("SQL Server 16.0.1000", test.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("R\0\0\0\u0008\0\0\0\u0003", "R\0\0\0\u0008\0\0\0\0S\0\0\0\u0006a\0Z\0\0\0\u0005I", true, "Logged in")]
    [InlineData("R\0\0\0\u000c\0\0\0\u0005salt", "E\0\0\0\u0013SFATAL\0Mbad one\0\0", false, "The server refused: bad one")]
    [InlineData("R\0\0\0\u0008\0\0\0\u0007", "", false, "a way to log in that is not known here")]
    public async Task PostgreSQL_is_logged_in_to(string asked, string answered, bool passed, string message)
    {
        using var server = new ScriptedServer("", asked, answered);

        var test = await TryDatabaseAsync("postgresql", server.Port);

        Assert.Equal(passed, test.Passed);
        Assert.Contains(message, test.Message, StringComparison.Ordinal);
        Assert.Contains("user\0me\0database\0shop\0\0", server.Heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_listens_there()
    {
        using var server = new ScriptedServer("");
        var port = server.Port;
        server.Dispose();

        var test = await TryAsync("redis", $$"""{"host":"127.0.0.1","port":{{port}}}""");

        Assert.StartsWith($"No connection to 127.0.0.1:{port}", test.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "<GetCallerIdentityResponse/>", true, "the key is valid")]
    [InlineData(403, "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>", false, "403 (InvalidClientTokenId)")]
    public async Task AWS_is_asked_who_the_key_is(int status, string body, bool passed, string message)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            return c.Response.WriteAsync(body);
        });

        var test = await TryAsync("aws", $$"""{"accessKeyId":"AKID","secretAccessKey":"secret","region":"eu-west-1","stsUrl":"{{server.Url}}"}""");

        Assert.Equal(passed, test.Passed);
        Assert.Contains(message, test.Message, StringComparison.Ordinal);
        Assert.Equal("/?Action=GetCallerIdentity&Version=2011-06-15", server.Requests[0].Path);
        Assert.Contains("/eu-west-1/sts/aws4_request", server.Requests[0].Headers["Authorization"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, """{"access_token":"t0ken-of-azure","expires_in":3600}""", true, "A token was given")]
    [InlineData(401, """{"error":"invalid_client"}""", false, "answered 401 (invalid_client)")]
    [InlineData(200, "<html>", false, "answered 200")]
    public async Task Azure_is_asked_for_a_token(int status, string body, bool passed, string message)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            return c.Response.WriteAsync(body);
        });

        var test = await TryAsync("azure", $$"""{"tenantId":"mine","clientId":"c","clientSecret":"s&s","authority":"{{server.Url}}/"}""");

        Assert.Equal(passed, test.Passed);
        Assert.Contains(message, test.Message, StringComparison.Ordinal);
        Assert.Equal(("/mine/oauth2/v2.0/token", "grant_type=client_credentials&client_id=c&client_secret=s%26s&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"), (server.Requests[0].Path, server.Requests[0].Body));
    }

    [Fact]
    public async Task A_token_of_Azure_is_kept_until_the_credential_changes()
    {
        var given = 0;
        await using var server = await TestServer.StartAsync(c => c.Response.WriteAsync($$"""{"access_token":"t0ken-{{++given}}","expires_in":3600}"""));
        var credential = new OpenedCredential("id", "Mine", "azure", NodeTest.Object($$"""{"tenantId":"mine","clientId":"c","clientSecret":"s","authority":"{{server.Url}}"}""")) { Version = 1 };

        var sent = $"{await TokenAsync(credential)} {await TokenAsync(credential)} {await TokenAsync(credential with { Version = 2 })}";

        Assert.Equal("Bearer t0ken-1 Bearer t0ken-1 Bearer t0ken-2", sent);
        Assert.Equal("***", _mask.Apply("t0ken-2"));
    }

    private async Task<string?> TokenAsync(OpenedCredential credential)
    {
        var request = new OutgoingRequest("GET", new Uri("https://api.example.com/"), []);
        await Types.Find("azure")!.ApplyAsync(request, credential, Use, CancellationToken.None);
        return request.Header("Authorization");
    }

    private Task<CredentialTest> TryDatabaseAsync(string engine, int port) =>
        TryAsync("database", $$"""{"engine":"{{engine}}","host":"127.0.0.1","port":{{port}},"tls":false,"database":"shop","username":"me","password":"p"}""");

    private async Task<CredentialTest> TryAsync(string type, string data, params string[] allowedHosts) =>
        await Types.Find(type)!.TestAsync(new OpenedCredential("id", "Mine", type, NodeTest.Object(data)) { AllowedHosts = allowedHosts }, Use, CancellationToken.None);

    private CredentialUse Use => new(_http, _mask, new NoServices());

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
