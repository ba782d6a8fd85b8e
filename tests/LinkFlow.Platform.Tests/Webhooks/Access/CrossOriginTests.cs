using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Webhooks.Access;

/// <summary>A webhook's <c>allowedOrigins</c>.</summary>
public sealed class CrossOriginTests
{
    private const string Shop = ""","allowedOrigins":["https://shop.example.com","http://localhost:3000","https://ünï.example:443"] """;

    [Fact]
    public async Task A_browser_that_asks_is_told_what_it_may()
    {
        await using var platform = await TestPlatform.StartAsync();
        var path = await platform.HookAsync(Shop, "PUT");

        var answer = await AskAsync(platform, path, "https://shop.example.com", "PUT", "Access-Control-Request-Headers: content-type, x-shop");

        Assert.Equal((204, "https://shop.example.com", "PUT"), (answer.Status, answer.Header("Access-Control-Allow-Origin"), answer.Header("Access-Control-Allow-Methods")));
        Assert.Equal(("content-type, x-shop", "600"), (answer.Header("Access-Control-Allow-Headers"), answer.Header("Access-Control-Max-Age")));
        Assert.Contains("Origin", answer.Header("Vary"), StringComparison.Ordinal);
        Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
        Assert.Empty(platform.Runtime.Starts);
    }

    [Theory]
    [InlineData(Shop, "https://evil.example.com", null)]
    [InlineData(Shop, "http://localhost", null)]
    [InlineData(Shop, "null", null)]
    [InlineData(Shop, "http://localhost:3000", "http://localhost:3000")]
    [InlineData(Shop, "https://xn--n-nga1b.example", "https://xn--n-nga1b.example")]
    [InlineData(""","allowedOrigins":"*" """, "https://evil.example.com", "*")]
    [InlineData(""","allowedOrigins":["*"] """, "null", "*")]
    public async Task Only_origins_on_the_list_are_allowed(string parameters, string origin, string? allowed)
    {
        await using var platform = await TestPlatform.StartAsync();
        var path = await platform.HookAsync(parameters);

        var asked = await AskAsync(platform, path, origin, "POST");
        var called = await platform.SendAsync("POST", path, "{}", "", $"Origin: {origin}");

        Assert.Equal((204, allowed), (asked.Status, asked.Header("Access-Control-Allow-Origin")));
        // It is the browser that keeps the answer from the page: this is no access control.
        Assert.Equal((200, allowed), (called.Status, called.Header("Access-Control-Allow-Origin")));
        Assert.Equal(allowed is null ? null : "*", called.Header("Access-Control-Expose-Headers"));
        Assert.Equal(allowed == "*" ? null : "Origin", called.Header("Vary"));
    }

    [Fact]
    public async Task An_error_can_be_read_by_the_page_too()
    {
        await using var platform = await TestPlatform.StartAsync();
        var path = await platform.HookAsync($"""{Shop},"maxBodyBytes":1""");
        platform.Runtime.OnStart = _ => throw new StoreUnavailableException("full", TimeSpan.FromSeconds(1));
        var other = await platform.HookAsync(Shop);

        foreach (var (at, status) in new[] { (path, 413), (other, 503) })
        {
            var answer = await platform.SendAsync("POST", at, "{}", "", "Origin: https://shop.example.com");
            Assert.Equal((status, "https://shop.example.com"), (answer.Status, answer.Header("Access-Control-Allow-Origin")));
        }
    }

    [Fact]
    public async Task A_workflow_cannot_lift_what_its_webhook_says()
    {
        await using var platform = await TestPlatform.StartAsync();
        var path = await platform.HookAsync(Shop);
        var said = JsonText.Parse("""{"status":200,"as":"json","headers":{"Access-Control-Allow-Origin":"*","Access-Control-Allow-Credentials":"true","Vary":"Accept"},"body":{}}""");
        platform.Runtime.OnStart = s => Task.FromResult(new StartOutcome(StartOutcomeKind.Responded, s.ExecutionId, said, default));

        var answer = await platform.SendAsync("POST", path, "{}", "", "Origin: https://evil.example.com");

        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
        Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
        Assert.Equal("Accept, Origin", answer.Header("Vary"));
    }

    [Theory]
    [InlineData("", "POST", 405)]
    [InlineData(Shop, "DELETE", 405)]
    [InlineData(Shop, "POST", 204)]
    public async Task Without_origins_a_browser_is_answered_as_before(string parameters, string method, int status)
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Cors.Origins = ["https://console.example.com"]);
        var path = await platform.HookAsync(parameters);

        var asked = await AskAsync(platform, path, "https://console.example.com", method);
        var called = await platform.SendAsync("POST", path, "{}", "", "Origin: https://console.example.com");

        // What the API's own setting allows is not for webhooks.
        Assert.Equal((status, null, null), (asked.Status, asked.Header("Access-Control-Allow-Origin"), called.Header("Access-Control-Allow-Origin")));
        Assert.Equal(405, (await platform.SendAsync("OPTIONS", path, null, "")).Status);
    }

    [Fact]
    public async Task A_workflow_that_takes_OPTIONS_answers_itself()
    {
        await using var platform = await TestPlatform.StartAsync();
        var path = await platform.HookAsync(Shop, "OPTIONS");

        var answer = await AskAsync(platform, path, "https://shop.example.com", "OPTIONS");

        Assert.Equal((200, "https://shop.example.com"), (answer.Status, answer.Header("Access-Control-Allow-Origin")));
        Assert.Single(platform.Runtime.Starts);
    }

    private static Task<TestAnswer> AskAsync(TestPlatform platform, string path, string origin, string method, params string[] headers) =>
        platform.SendAsync("OPTIONS", path, null, "", [$"Origin: {origin}", $"Access-Control-Request-Method: {method}", .. headers]);
}
