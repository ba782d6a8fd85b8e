using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Nodes.Http;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Nodes.Tests.Http;

public sealed class HttpRequestTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly OutboundHttp _http;

    public HttpRequestTests() => _http = new OutboundHttp(new OutboundGuard(new OutboundAllowList(["127.0.0.1"])), _clock);

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("application/json", """{"a":1}""", """[{"a":1}]""")]
    [InlineData("application/problem+json; charset=utf-8", """[{"a":1},2]""", """[{"a":1},{"data":2}]""")]
    [InlineData("application/json", "[]", "[]")]
    [InlineData("application/json", "\uFEFF17", """[{"data":17}]""")]
    [InlineData("text/plain", "hello", """[{"data":"hello"}]""")]
    [InlineData("text/html; charset=no-such", "<p>", """[{"data":"<p>"}]""")]
    [InlineData("application/json", "", "[{}]")]
    public async Task An_answer_becomes_items(string type, string body, string items)
    {
        await using var server = await Answering(200, body, type);

        Assert.Equal(items, (await RunAsync($$"""{"url":"{{server.Url}}"}""")).Json());
    }

    [Theory]
    [InlineData("json", "text/plain", "[1]", """[{"data":1}]""")]
    [InlineData("text", "application/json", "[1]", """[{"data":"[1]"}]""")]
    [InlineData("text", "text/plain", "", """[{"data":""}]""")]
    public async Task How_an_answer_is_read_can_be_chosen(string response, string type, string body, string items)
    {
        await using var server = await Answering(200, body, type);

        Assert.Equal(items, (await RunAsync($$"""{"url":"{{server.Url}}","response":"{{response}}"}""")).Json());
    }

    [Fact]
    public async Task The_whole_response_can_be_put_out()
    {
        await using var server = await TestServer.StartAsync(async c =>
        {
            c.Response.StatusCode = 404;
            c.Response.Headers.SetCookie = "a=b";
            c.Response.Headers["X-One"] = new(["1", "2"]);
            await c.Response.WriteAsJsonAsync(new[] { 1 });
        });

        var item = Assert.Single((await RunAsync($$"""{"url":"{{server.Url}}","includeResponse":true,"errorOnStatus":false}""")).Items()).Json;

        Assert.Equal("404 [1]", $"{item["statusCode"]} {item["body"]}");
        Assert.Equal("""["a=b"] "1, 2" """.Trim(), $"{item["headers"]["set-cookie"]} {item["headers"]["x-one"]}");
    }

    [Theory]
    [InlineData("""{"bodyType":"json","body":{"a":[1,null]}}""", "application/json", """{"a":[1,null]}""")]
    [InlineData("""{"bodyType":"form","body":{"a b":"ü&","n":1,"l":[1,2],"x":null}}""", "application/x-www-form-urlencoded", "a%20b=%C3%BC%26&n=1&l=1&l=2")]
    [InlineData("""{"bodyType":"raw","body":"<a/>","headers":{"Content-Type":"text/xml"}}""", "text/xml", "<a/>")]
    [InlineData("""{"bodyType":"raw","body":"plain"}""", "text/plain; charset=utf-8", "plain")]
    public async Task A_body_is_sent_in_its_form(string parameters, string type, string body)
    {
        await using var server = await Answering(200, "{}");

        await RunAsync($$"""{"method":"POST","url":"{{server.Url}}",{{parameters[1..]}}""");

        Assert.Equal((type, body), (server.Requests[0].Headers["Content-Type"], server.Requests[0].Body));
    }

    [Fact]
    public async Task Query_and_headers_are_sent()
    {
        await using var server = await Answering(200, "{}");

        await RunAsync($$"""{"url":"{{server.Url}}/p?a=1","query":{"b":"x y","l":[1,true],"n":null},"headers":{"X-A":5,"X-N":null,"User-Agent":"mine"} }""");

        var seen = Assert.Single(server.Requests);
        Assert.Equal("GET /p?a=1&b=x%20y&l=1&l=true", $"{seen.Method} {seen.Path}");
        Assert.Equal(("5", "mine", false), (seen.Headers["X-A"], seen.Headers["User-Agent"], seen.Headers.ContainsKey("X-N")));
    }

    [Theory]
    [InlineData("POST", "", true)]
    [InlineData("PUT", "", true)]
    [InlineData("PATCH", "", true)]
    [InlineData("DELETE", "", true)]
    [InlineData("GET", "", false)]
    [InlineData("POST", ""","idempotencyKey":"off" """, false)]
    public async Task Requests_that_change_something_carry_a_key(string method, string more, bool expected)
    {
        await using var server = await Answering(200, "{}");

        await RunAsync($$"""{"method":"{{method}}","url":"{{server.Url}}"{{more}}}""");
        await RunAsync($$"""{"method":"{{method}}","url":"{{server.Url}}"{{more}}}""");

        Assert.Equal(expected, server.Requests[0].Headers.TryGetValue("Idempotency-Key", out var key));
        Assert.Equal(key, server.Requests[1].Headers.GetValueOrDefault("Idempotency-Key"));
    }

    [Theory]
    [InlineData(""","idempotencyKey":"mine" """)]
    [InlineData(""","headers":{"idempotency-key":"mine"}""")]
    public async Task The_key_can_be_given(string more)
    {
        await using var server = await Answering(200, "{}");

        await RunAsync($$"""{"method":"POST","url":"{{server.Url}}"{{more}}}""");

        Assert.Equal("mine", server.Requests[0].Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task Items_are_requested_each_and_answered_in_order()
    {
        await using var server = await TestServer.StartAsync(async c =>
        {
            if (c.Request.Path == "/3") c.Response.StatusCode = 404;
            await c.Response.WriteAsJsonAsync(new { at = c.Request.Path.Value });
        });

        var test = Test($$"""{"url":"{{server.Url}}/{{Expression("$json.n")}}"}""", """[{"n":5},{"n":3},{"n":1}]""", OnError.ErrorOutput);
        var ran = await test.RunAsync();

        Assert.Equal("""[{"at":"/5"},{"at":"/1"}]""", ran.Json());
        Assert.Equal("0:0 0:2 | 0:1", $"{ran.Pairs()} | {ran.Pairs("error")}");
        Assert.Equal(3, server.Requests.Select(r => r.Path).Distinct().Count());
    }

    [Theory]
    [InlineData("GET", 503, true)]
    [InlineData("HEAD", 503, true)]
    [InlineData("PUT", 429, true)]
    [InlineData("DELETE", 502, true)]
    [InlineData("GET", 504, true)]
    [InlineData("GET", 500, false)]
    [InlineData("GET", 404, false)]
    [InlineData("POST", 503, false)]
    [InlineData("PATCH", 429, false)]
    public async Task Built_in_tries_are_for_what_may_help_and_may_be_repeated(string method, int status, bool again)
    {
        await using var server = await Answering(status, """{"message":"no"}""");

        var ran = await RunAsync($$"""{"method":"{{method}}","url":"{{server.Url}}"}""");

        Assert.Equal($"HTTP_{status}", ran.Code);
        Assert.Equal(again, ran.Event is NodeAttemptFailed);
    }

    [Fact]
    public async Task The_third_try_is_the_last()
    {
        await using var server = await Answering(503, "");

        Assert.IsType<NodeFailed>((await Test($$"""{"url":"{{server.Url}}"}""", attempt: 3).RunAsync()).Event);
    }

    [Theory]
    [InlineData("7", 7_000)]
    [InlineData("999999999", 3_600_000)]
    [InlineData("Fri, 01 Jan 2027 00:00:30 GMT", 30_000)]
    public async Task Retry_after_decides_when(string retryAfter, long delayMs)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = 429;
            c.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });

        var again = Assert.IsType<NodeAttemptFailed>((await RunAsync($$"""{"url":"{{server.Url}}"}""")).Event);

        Assert.Equal(_clock.GetUtcNow().ToUnixTimeMilliseconds() + delayMs, again.RetryAt);
    }

    [Fact]
    public async Task A_status_error_tells_the_answer_but_no_secrets()
    {
        await using var server = await Answering(400, """{"message":"no such order"}""");

        var ran = await RunAsync($$"""{"url":"{{server.Url}}/orders?token=s3cret#frag"}""");

        Assert.Equal($$"""GET {{server.Url}}/orders was answered 400 Bad Request: {"message":"no such order"}""", ran.Message);
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("POST", false)]
    public async Task A_slow_answer_ends_in_a_timeout(string method, bool again)
    {
        await using var server = await TestServer.StartAsync(c => Task.Delay(Timeout.Infinite, c.RequestAborted));

        var ran = await RunAsync($$"""{"method":"{{method}}","url":"{{server.Url}}?q=s3cret","timeoutSeconds":0.2}""");

        Assert.Equal("HTTP_TIMEOUT", ran.Code);
        Assert.DoesNotContain("s3cret", ran.Message, StringComparison.Ordinal);
        Assert.Equal(again, ran.Event is NodeAttemptFailed);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_refused_connection_is_always_worth_another_try(string method)
    {
        var (port, stop) = TestServer.StartRaw("");
        stop.Dispose();

        var ran = await RunAsync($$"""{"method":"{{method}}","url":"http://127.0.0.1:{{port}}/a?b=c"}""");

        Assert.Equal("HTTP_CONNECTION_FAILED", Assert.Single(Assert.IsType<NodeAttemptFailed>(ran.Event).Failures).Error.Code);
        Assert.Contains("refused", ran.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_a_failed_connection()
    {
        using var http = new OutboundHttp(new OutboundGuard(OutboundAllowList.Nothing, (_, _) => throw new System.Net.Sockets.SocketException(11001)), _clock);

        var ran = await Test("""{"method":"POST","url":"http://nowhere.example/"}""", service: http).RunAsync();

        Assert.Equal("HTTP_CONNECTION_FAILED", ran.Code);
        Assert.IsType<NodeAttemptFailed>(ran.Event);
    }

    [Theory]
    [InlineData("GET", "", true)]
    [InlineData("POST", "", false)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", true)]
    [InlineData("POST", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", false)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nshort", true)]
    [InlineData("GET", "garbage\r\n\r\n", true)]
    public async Task A_broken_answer_is_worth_another_try_where_the_request_may_be_repeated(string method, string raw, bool again)
    {
        var (port, stop) = TestServer.StartRaw(raw, reset: raw.Length == 0);
        using var _ = stop;

        var ran = await RunAsync($$"""{"method":"{{method}}","url":"http://127.0.0.1:{{port}}/"}""");

        Assert.Equal("HTTP_INTERRUPTED", ran.Code);
        Assert.Equal(again, ran.Event is NodeAttemptFailed);
    }

    [Theory]
    [InlineData("application/json", "{\"a\":", "", "HTTP_RESPONSE_INVALID", "is no JSON")]
    [InlineData("text/plain", "x", ""","response":"json" """, "HTTP_RESPONSE_INVALID", "is no JSON")]
    [InlineData("application/json", "[1,2,3,4,5,6]", ""","maxResponseBytes":10""", "HTTP_RESPONSE_TOO_LARGE", "larger than 10 bytes")]
    public async Task A_bad_answer_fails_the_item_for_good(string type, string body, string more, string code, string message)
    {
        await using var server = await Answering(200, body, type);

        var ran = await RunAsync($$"""{"url":"{{server.Url}}"{{more}}}""");

        Assert.IsType<NodeFailed>(ran.Event);
        Assert.Equal(code, ran.Code);
        Assert.Contains(message, ran.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_at_the_limit()
    {
        await using var server = await TestServer.StartAsync(async c =>
        {
            while (!c.RequestAborted.IsCancellationRequested) await c.Response.Body.WriteAsync(new byte[64 * 1024], c.RequestAborted);
        });

        Assert.Equal("HTTP_RESPONSE_TOO_LARGE", (await RunAsync($$"""{"url":"{{server.Url}}"}""")).Code);
    }

    [Fact]
    public async Task An_answer_that_is_no_text_fails_the_item()
    {
        await using var server = await TestServer.StartAsync(async c =>
        {
            c.Response.ContentType = "image/png";
            await c.Response.Body.WriteAsync(new byte[] { 0x89, 0x50, 0xff });
        });

        Assert.Equal("HTTP_RESPONSE_INVALID", (await RunAsync($$"""{"url":"{{server.Url}}"}""")).Code);
    }

    [Fact]
    public async Task A_host_that_keeps_failing_is_left_alone()
    {
        await using var server = await Answering(503, "");
        for (var i = 0; i < 5; i++) await RunAsync($$"""{"url":"{{server.Url}}"}""");

        var ran = await RunAsync($$"""{"method":"POST","url":"{{server.Url}}"}""");

        Assert.Equal("HTTP_CIRCUIT_OPEN", ran.Code);
        Assert.Equal(5, server.Requests.Count);
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeMilliseconds() + 30_000, Assert.IsType<NodeAttemptFailed>(ran.Event).RetryAt);
    }

    [Fact]
    public async Task Internal_addresses_are_refused()
    {
        using var http = new OutboundHttp(new OutboundGuard(OutboundAllowList.Nothing), _clock);

        var ran = await Test("""{"url":"http://127.0.0.1:1/"}""", service: http).RunAsync();

        Assert.IsType<NodeFailed>(ran.Event);
        Assert.Equal("OUTBOUND_BLOCKED", ran.Code);
        Assert.Contains("LinkFlow:Outbound:Allow", ran.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_request_ends_as_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await using var server = await TestServer.StartAsync(async c =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, c.RequestAborted);
        });

        Assert.IsType<NodeCancelled>((await Test($$"""{"url":"{{server.Url}}"}""").RunAsync(stop.Token)).Event);
    }

    [Theory]
    [InlineData("""{}""", "'url' in 'it' is required")]
    [InlineData("""{"url":"/orders"}""", "whole URL")]
    [InlineData("""{"url":"file:///etc/passwd"}""", "whole URL")]
    [InlineData("""{"url":"http://me:s3cret@a.b/"}""", "user name or password")]
    [InlineData("""{"url":"http://a.b","method":"get"}""", "Did you mean 'GET'?")]
    [InlineData("""{"url":"http://a.b","headers":{"Content-Length":"5"}}""", "is set for you")]
    [InlineData("""{"url":"http://a.b","headers":{"X Y":"5"}}""", "no header's name")]
    [InlineData("""{"url":"http://a.b","headers":{"X":"5\r\nY: 6"}}""", "control character")]
    [InlineData("""{"url":"http://a.b","headers":{"X":[1]}}""", "must be a string")]
    [InlineData("""{"url":"http://a.b","query":{"x":{}}}""", "must be a string, number, boolean")]
    [InlineData("""{"url":"http://a.b","bodyType":"json"}""", "'body' in 'it' is required")]
    [InlineData("""{"url":"http://a.b","bodyType":"form","body":"x"}""", "must be an object")]
    [InlineData("""{"url":"http://a.b","bodyType":"raw","body":{}}""", "must be a string")]
    [InlineData("""{"url":"http://a.b","timeoutSeconds":0}""", "number from 0.001")]
    [InlineData("""{"url":"http://a.b","method":"POST","idempotencyKey":"a\nb"}""", "auto, off or a key")]
    [InlineData("""{"url":"http://a.b","maxResponseBytes":1e12}""", "whole number")]
    public async Task Bad_parameters_fail_the_item(string parameters, string message)
    {
        var ran = await RunAsync(parameters);

        Assert.Equal("PARAMETER_INVALID", ran.Code);
        Assert.Contains(message, ran.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", ran.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_client_of_the_host_it_says_so() =>
        Assert.Contains("OutboundHttp", (await NodeTest.RunAsync("http_request", """{"url":"http://a.b"}""")).Message, StringComparison.Ordinal);

    internal static string Expression(string text) => "{{ " + text + " }}";

    private static Task<TestServer> Answering(int status, string body, string type = "application/json") => TestServer.StartAsync(async c =>
    {
        c.Response.StatusCode = status;
        c.Response.ContentType = type;
        if (body.Length > 0 && c.Request.Method != "HEAD") await c.Response.WriteAsync(body);
    });

    private NodeTest Test(string parameters, string items = "[{}]", OnError onError = OnError.Stop, int attempt = 1, OutboundHttp? service = null) =>
        new() { Type = "http_request", Parameters = parameters, Inputs = [items], OnError = onError, Attempt = attempt, Service = service ?? _http, Clock = _clock };

    private Task<NodeOutcome> RunAsync(string parameters) => Test(parameters).RunAsync();
}
