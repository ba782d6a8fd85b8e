using LinkFlow.Nodes.Http;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Nodes.Tests.Http;

public sealed class RedirectTests : IDisposable
{
    private readonly OutboundHttp _http = new(new OutboundGuard(new OutboundAllowList(["127.0.0.1"])), TimeProvider.System);

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("POST", 301, "GET", "")]
    [InlineData("POST", 302, "GET", "")]
    [InlineData("POST", 303, "GET", "")]
    [InlineData("PUT", 303, "GET", "")]
    [InlineData("PUT", 302, "PUT", "{}")]
    [InlineData("POST", 307, "POST", "{}")]
    [InlineData("DELETE", 308, "DELETE", "{}")]
    public async Task The_method_follows_the_rules_of_browsers(string method, int status, string then, string body)
    {
        await using var server = await Redirecting(status, "/there");

        await RunAsync($$$"""{"method":"{{{method}}}","url":"{{{server.Url}}}/here","bodyType":"json","body":{}}""");

        var second = server.Requests[1];
        Assert.Equal((then, "/there", body), (second.Method, second.Path, second.Body));
        Assert.Equal(then != "GET", second.Headers.ContainsKey("Idempotency-Key"));
    }

    [Fact]
    public async Task Another_host_does_not_see_credentials()
    {
        await using var other = await Redirecting(200, null);
        await using var server = await Redirecting(302, other.Url + "/there");

        await RunAsync($$"""{"url":"{{server.Url}}/here","headers":{"Authorization":"Bearer s3cret","Cookie":"a=b","X-Mine":"1"} }""");

        Assert.Equal("Bearer s3cret", server.Requests[0].Headers["Authorization"]);
        var headers = Assert.Single(other.Requests).Headers;
        Assert.Equal((false, false, "1"), (headers.ContainsKey("Authorization"), headers.ContainsKey("Cookie"), headers["X-Mine"]));
    }

    [Fact]
    public async Task The_same_host_does()
    {
        await using var server = await Redirecting(302, "/there");

        await RunAsync($$"""{"url":"{{server.Url}}/here","headers":{"Authorization":"Bearer s3cret"} }""");

        Assert.Equal("Bearer s3cret", server.Requests[1].Headers["Authorization"]);
    }

    [Fact]
    public async Task A_circle_ends_after_ten()
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.Redirect("/again");
            return Task.CompletedTask;
        });

        Assert.Equal("HTTP_TOO_MANY_REDIRECTS", (await RunAsync($$"""{"url":"{{server.Url}}"}""")).Code);
        Assert.Equal(11, server.Requests.Count);
    }

    [Theory]
    [InlineData("http://10.0.0.1/", "OUTBOUND_BLOCKED")]
    [InlineData("http://169.254.169.254/latest/meta-data", "OUTBOUND_BLOCKED")]
    [InlineData("file:///etc/passwd", "HTTP_BAD_REDIRECT")]
    [InlineData("http://user:pw@127.0.0.1/", "HTTP_BAD_REDIRECT")]
    [InlineData("http://", "HTTP_BAD_REDIRECT")]
    public async Task Every_redirect_is_guarded(string target, string code)
    {
        await using var server = await Redirecting(302, target);

        Assert.Equal(code, (await RunAsync($$"""{"url":"{{server.Url}}/here"}""")).Code);
    }

    [Theory]
    [InlineData(302, "/there", ""","followRedirects":false""")]
    [InlineData(302, null, "")]
    [InlineData(304, "/there", "")]
    public async Task What_is_not_followed_is_the_answer(int status, string? target, string more)
    {
        await using var server = await Redirecting(status, target);

        var ran = await RunAsync($$"""{"url":"{{server.Url}}/here","includeResponse":true{{more}}}""");

        Assert.Equal(status, Assert.Single(ran.Items()).Json["statusCode"].AsNumber);
    }

    private static Task<TestServer> Redirecting(int status, string? target) => TestServer.StartAsync(async c =>
    {
        if (c.Request.Path == "/there")
        {
            await c.Response.WriteAsJsonAsync(new { ok = true });
            return;
        }

        c.Response.StatusCode = status;
        if (target is not null) c.Response.Headers.Location = target;
    });

    private Task<NodeOutcome> RunAsync(string parameters) => new NodeTest { Type = "http_request", Parameters = parameters, Service = _http }.RunAsync();
}
