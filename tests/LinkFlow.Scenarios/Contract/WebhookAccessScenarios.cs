using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Scenarios.Contract;

/// <summary>Who may call a webhook, from where and how often, against the whole server.</summary>
public sealed class WebhookAccessScenarios(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_page_asks_calls_and_reads_the_answer()
    {
        var path = await ActivateAsync(""","responseMode":"lastNode","allowedOrigins":["https://shop.example.com"] """);

        var (asked, _, may) = await server.SendAsync("OPTIONS", path, null, ("Origin", "https://shop.example.com"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type"));
        var (called, body, told) = await server.SendAsync("POST", path, """{"x":7}""", ("Origin", "https://shop.example.com"));

        Assert.Equal((204, "POST", "content-type"), (asked, may.GetValues("Access-Control-Allow-Methods").Single(), may.GetValues("Access-Control-Allow-Headers").Single()));
        Assert.Equal((200, 7d, "https://shop.example.com"), (called, body["got"].AsNumber, told.GetValues("Access-Control-Allow-Origin").Single()));
    }

    [Fact]
    public async Task A_signed_call_that_was_filtered_is_no_delivery_that_was_taken()
    {
        var (_, credential, _) = await server.SendAsync("POST", "/api/v1/credentials", """{"name":"c","type":"hmac","data":{"secret":"filter-secret"}}""");
        var path = await ActivateAsync(
            ""","auth":"hmac","scheme":"github","filter":{"conditions":[{"left":"{{ $json.headers['x-github-event'] }}","operator":"equals","right":"push"}]}""",
            $$""","credentials":{"auth":"{{credential["id"].AsString}}"}""");
        (string, string)[] signed = [("X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("filter-secret"u8, "{}"u8))), ("X-GitHub-Delivery", "1")];

        var (_, filtered, _) = await server.SendAsync("POST", path, "{}", [.. signed, ("X-GitHub-Event", "ping")]);
        var (status, taken, _) = await server.SendAsync("POST", path, "{}", [.. signed, ("X-GitHub-Event", "push")]);

        Assert.Equal("""{"executionId":null,"filtered":true}""", filtered.ToString());
        Assert.Equal((200, true), (status, taken["executionId"].IsString));
    }

    [Theory]
    [InlineData("203.0.113.7", 200)]
    [InlineData("203.0.114.7", 403)]
    public async Task Only_addresses_on_the_list_may_call(string address, int status)
    {
        var path = await ActivateAsync(""","ipAllowList":["203.0.113.0/24"] """);

        var answer = await server.Server.SendAsync(context =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            (context.Request.Method, context.Request.Path) = (HttpMethods.Post, path);
        });

        Assert.Equal(status, answer.Response.StatusCode);
    }

    [Fact]
    public async Task A_call_beyond_the_rate_is_told_when_to_come_back()
    {
        var path = await ActivateAsync(""","rateLimit":{"perMinute":1}""");

        var (first, _, _) = await server.SendAsync("POST", path, "{}");
        var (second, _, headers) = await server.SendAsync("POST", path, "{}");

        Assert.Equal((200, 429, "60"), (first, second, headers.GetValues("Retry-After").Single()));
    }

    private async Task<string> ActivateAsync(string parameters, string further = "")
    {
        var path = $"access-{Guid.NewGuid():n}";
        await server.ActivateAsync($$$"""
            {"name":"{{{path}}}","nodes":[
              {"id":"hook","type":"webhook","parameters":{"path":"{{{path}}}"{{{parameters}}} } {{{further}}} },
              {"id":"n","type":"set_variable","parameters":{"fields":{"got":"{{ $json.body.x ?? null }}"},"include":"none"}}],
             "connections":[{"source":"hook","target":"n"}]}
            """);
        return $"/webhooks/{path}";
    }
}
