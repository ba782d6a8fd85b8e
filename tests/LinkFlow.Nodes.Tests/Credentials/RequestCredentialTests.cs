using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Http;
using LinkFlow.Nodes.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Nodes.Tests.Credentials;

/// <summary>A credential on the requests of http_request: where it goes, and where it does not.</summary>
public sealed class RequestCredentialTests : IDisposable
{
    private readonly OutboundHttp _http = new(new OutboundGuard(new OutboundAllowList(["127.0.0.1", "localhost"])), TimeProvider.System);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task It_is_put_on_a_request_and_hidden_in_the_answer()
    {
        await using var server = await TestServer.StartAsync(c => c.Response.WriteAsync($"you sent {c.Request.Headers.Authorization}"));

        var outcome = await RunAsync(server.Url, Bearer());

        Assert.Equal("Bearer s3cret-token", server.Requests[0].Headers["Authorization"]);
        Assert.Equal("""[{"data":"you sent Bearer ***"}]""", outcome.Json());
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("credential", "Bearer s3cret-token")]
    [InlineData("bearer", "Bearer s3cret-token")]
    public async Task What_authenticates_a_request_can_be_chosen(string authentication, string? header)
    {
        await using var server = await TestServer.StartAsync(_ => Task.CompletedTask);

        await RunAsync(server.Url, Bearer(), $$""","authentication":"{{authentication}}" """);

        Assert.Equal(header, server.Requests[0].Headers.GetValueOrDefault("Authorization"));
    }

    [Theory]
    [InlineData("basic", true, "CREDENTIAL_TYPE")]
    [InlineData("bearer", false, "PARAMETER_INVALID")]
    public async Task Nothing_is_sent_without_the_credential_that_is_asked_for(string authentication, bool hasCredential, string code)
    {
        await using var server = await TestServer.StartAsync(_ => Task.CompletedTask);

        var outcome = await RunAsync(server.Url, hasCredential ? Bearer() : null, $$""","authentication":"{{authentication}}" """);

        Assert.Equal(code, outcome.Code);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_redirect_within_the_origin_is_signed_anew()
    {
        await using var server = await Redirecting("/here", _ => "/there");

        await RunAsync(server.Url + "/here", new OpenedCredential("id", "Mine", "jwt", NodeTest.Object("""{"secret":"0123456789abcdef"}""")));

        var sent = server.Requests.Select(r => r.Headers["Authorization"]).ToList();
        Assert.Equal(2, sent.Count);
        Assert.NotEqual(sent[0], sent[1]);
    }

    [Theory]
    [InlineData("bearer", """{"token":"s3cret-token"}""", "Authorization")]
    [InlineData("api_key", """{"name":"X-Key","value":"s3cret-token"}""", "X-Key")]
    [InlineData("custom", """{"fields":[],"headers":{"X-Mine":"s3cret-token"}}""", "X-Mine")]
    [InlineData("hmac", """{"secret":"s3cret-token"}""", "X-Signature-256")]
    [InlineData("aws", """{"accessKeyId":"A","secretAccessKey":"s3cret-token","service":"x","sessionToken":"s3cret-token"}""", "X-Amz-Security-Token")]
    public async Task Another_origin_sees_nothing_of_it_nor_does_the_first_once_it_was_left(string type, string data, string header)
    {
        TestServer? first = null;
        await using var other = await Redirecting("/there", _ => first!.Url + "/back");
        await using var server = first = await Redirecting("/here", _ => other.Url + "/there");

        await RunAsync(server.Url + "/here", new OpenedCredential("id", "Mine", type, NodeTest.Object(data)) { Secrets = ["s3cret-token"] });

        Assert.Equal([true, false], server.Requests.Select(r => r.Headers.ContainsKey(header)));
        var seen = Assert.Single(other.Requests);
        Assert.DoesNotContain("s3cret-token", seen.Path + string.Join('\n', seen.Headers), StringComparison.Ordinal);
        Assert.False(seen.Headers.ContainsKey(header));
    }

    [Fact]
    public async Task A_key_in_the_query_does_not_follow_to_another_origin()
    {
        await using var other = await TestServer.StartAsync(_ => Task.CompletedTask);
        await using var server = await Redirecting("/here", _ => other.Url + "/there");

        await RunAsync(server.Url + "/here", new OpenedCredential("id", "Mine", "api_key", NodeTest.Object("""{"name":"key","value":"s3cret-token","in":"query"}""")) { Secrets = ["s3cret-token"] });

        Assert.Equal("/here?key=s3cret-token", server.Requests[0].Path);
        Assert.Equal("/there", other.Requests[0].Path);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_host_that_is_not_allowed()
    {
        await using var server = await TestServer.StartAsync(_ => Task.CompletedTask);

        var outcome = await RunAsync(server.Url, Bearer() with { AllowedHosts = ["api.example.com"] });

        Assert.Equal("CREDENTIAL_NOT_ALLOWED", outcome.Code);
        Assert.Contains("only with api.example.com", outcome.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_redirect_to_a_host_that_is_not_allowed_ends_the_request()
    {
        await using var other = await TestServer.StartAsync(_ => Task.CompletedTask);
        await using var server = await Redirecting("/here", _ => other.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

        var outcome = await RunAsync(server.Url + "/here", Bearer() with { AllowedHosts = ["127.0.0.1"] });

        Assert.Equal("CREDENTIAL_NOT_ALLOWED", outcome.Code);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_failure_shows_no_secret_of_the_query()
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = 400;
            c.Response.ContentType = "text/plain";
            return c.Response.WriteAsync($"no such thing: {c.Request.QueryString}");
        });

        var outcome = await RunAsync(server.Url, new OpenedCredential("id", "Mine", "api_key", NodeTest.Object("""{"name":"key","value":"s3cret token","in":"query"}""")) { Secrets = ["s3cret token"] });

        Assert.Equal("HTTP_400", outcome.Code);
        Assert.Contains("***", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_the_node_sets_too_is_an_error()
    {
        await using var server = await TestServer.StartAsync(_ => Task.CompletedTask);

        var outcome = await RunAsync(server.Url, Bearer(), ""","headers":{"authorization":"mine"}""");

        Assert.Equal("PARAMETER_INVALID", outcome.Code);
        Assert.Empty(server.Requests);
    }

    private static OpenedCredential Bearer() => new("id", "Mine", "bearer", NodeTest.Object("""{"token":"s3cret-token"}""")) { Secrets = ["s3cret-token"] };

    private static Task<TestServer> Redirecting(string from, Func<HttpContext, string> to) => TestServer.StartAsync(c =>
    {
        if (c.Request.Path == from) c.Response.Redirect(to(c));
        return Task.CompletedTask;
    });

    private Task<NodeOutcome> RunAsync(string url, OpenedCredential? credential, string more = "") =>
        new NodeTest { Type = "http_request", Parameters = $$"""{"url":"{{url}}"{{more}}}""", Service = _http, Credential = credential }.RunAsync();
}
