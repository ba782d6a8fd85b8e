using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Http;

/// <summary>Requests that come by way of functions are answered as the server answers them.</summary>
public sealed class ForwardingTests
{
    [Theory]
    [InlineData("GET", "/api/v1/workflows")]
    [InlineData("HEAD", "/api/v1/workflows")]
    [InlineData("OPTIONS", "/api/v1/workflows")]
    [InlineData("PUT", "/api/v1/workflows")]
    [InlineData("PATCH", "/api/v1/executions/1")]
    [InlineData("GET", "/api/v1/workflows/")]
    [InlineData("GET", "/api/v1/workflows/unknown")]
    [InlineData("GET", "/api/v1/workflows/a%2Fb")]
    [InlineData("GET", "/api/v1/workflows?limit=0")]
    [InlineData("GET", "/api/v1/executions")]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("GET", "/api/v2/workflows")]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/")]
    [InlineData("POST", "/nowhere/at/all")]
    [InlineData("GET", "/webhooks/orders")]
    [InlineData("GET", "/webhooks")]
    [InlineData("DELETE", "/webhooks-test/orders")]
    [InlineData("GET", "/resume/1/token")]
    [InlineData("PUT", "/approvals/1/token")]
    [InlineData("GET", "/health/live")]
    [InlineData("GET", "/health/startup")]
    [InlineData("POST", "/health/live")]
    [InlineData("GET", "/.well-known/jwks.json")]
    [InlineData("GET", "/oauth2/callback")]
    public async Task A_request_without_a_body_is_answered_the_same(string method, string path)
    {
        await using var hosts = await TwoHosts.StartAsync();

        var (server, functions) = await hosts.AskAsync(() => Request(method, path));

        Assert.Equal(server, functions);
        Assert.Empty(hosts.Functions.Thrown);
    }

    [Theory]
    [InlineData("/api/v1/workflows", "{\"name\":", "application/json")]
    [InlineData("/api/v1/workflows", "{\"name\":\"x\"}", "text/plain")]
    [InlineData("/api/v1/workflows", "{\"name\":7}", "application/json")]
    [InlineData("/api/v1/workflows/validate", "{\"name\":\"x\",\"nodes\":[],\"connections\":[]}", "application/json")]
    [InlineData("/api/v1/expressions/evaluate", "{\"expression\":\"{{ 1 + 1 }}\"}", "application/json")]
    [InlineData("/webhooks/orders", "{}", "application/json")]
    public async Task A_request_with_a_body_is_answered_the_same(string path, string body, string type)
    {
        await using var hosts = await TwoHosts.StartAsync();

        var (server, functions) = await hosts.AskAsync(() => Request("POST", path, new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type))));

        Assert.Equal(server, functions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_above_the_limit_is_413_announced_or_not(bool announced)
    {
        await using var hosts = await TwoHosts.StartAsync(o => o.Limits.BodyBytes = 1024);

        var (server, functions) = await hosts.AskAsync(() =>
        {
            var request = Request("POST", "/api/v1/workflows", new StringContent($"{{\"name\":\"{new string('x', 2000)}\"}}", Encoding.UTF8, "application/json"));
            if (!announced) request.Headers.TransferEncodingChunked = true;
            return request;
        });

        Assert.StartsWith("413", functions, StringComparison.Ordinal);
        Assert.Equal(server, functions);
    }

    [Fact]
    public async Task Without_a_key_and_with_a_wrong_one_the_answer_is_the_same()
    {
        await using var hosts = await TwoHosts.StartAsync();

        var (server, functions) = await hosts.AskAsync(() => new HttpRequestMessage(HttpMethod.Get, "/api/v1/workflows"));
        var (serverWrong, functionsWrong) = await hosts.AskAsync(() => new HttpRequestMessage(HttpMethod.Get, "/api/v1/workflows") { Headers = { { "X-API-Key", "lf_wrong" } } });

        Assert.StartsWith("401", functions, StringComparison.Ordinal);
        Assert.Equal((server, serverWrong), (functions, functionsWrong));
    }

    [Fact]
    public async Task A_browser_that_asks_first_is_answered_the_same()
    {
        await using var hosts = await TwoHosts.StartAsync(o => o.Cors.Origins = ["https://app.example.com"]);

        var (server, functions) = await hosts.AskAsync(() =>
            new HttpRequestMessage(HttpMethod.Options, "/api/v1/workflows") { Headers = { { "Origin", "https://app.example.com" }, { "Access-Control-Request-Method", "POST" } } });

        Assert.Contains("Access-Control-Allow-Origin: https://app.example.com", functions, StringComparison.Ordinal);
        Assert.Equal(server, functions);
    }

    [Fact]
    public async Task The_description_of_the_API_is_the_same_but_for_the_metrics()
    {
        await using var hosts = await TwoHosts.StartAsync();

        var functions = LinkFlow.Engine.Values.JsonText.Parse(await hosts.Functions.Http.GetStringAsync("/openapi/v1.json"))["paths"].AsObject!;
        var (server, _) = await hosts.AskAsync(() => new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json"));
        var paths = LinkFlow.Engine.Values.JsonText.Parse(server[server.IndexOf('{', StringComparison.Ordinal)..])["paths"].AsObject!;

        Assert.Equal(paths.Select(p => p.Key).Where(p => p != "/metrics"), functions.Select(p => p.Key));
    }

    [Fact]
    public async Task What_Functions_has_no_use_for_is_404()
    {
        await using var hosts = await TwoHosts.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await hosts.Functions.Http.SendAsync(Request("GET", "/metrics"))).StatusCode);
    }

    [Fact]
    public async Task Events_stream_as_they_come_and_the_stream_ends_without_end_when_the_host_stops()
    {
        await using var hosts = await TwoHosts.StartAsync();
        Running(hosts.Functions, "1");

        using var answer = await hosts.Functions.Http.SendAsync(Request("GET", "/api/v1/executions/1/events"), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var first = await reader.ReadLineAsync();
        await hosts.Functions.Stopping.CancelAsync();

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("id: 1", first);
        Assert.DoesNotContain("event: end", await RestAsync(reader), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_waits_when_the_host_stops_is_told_to_ask_again()
    {
        await using var hosts = await TwoHosts.StartAsync();
        var waiting = new TaskCompletionSource();
        hosts.Functions.Services.GetRequiredService<FakeRuntime>().OnStart = start => Forever(waiting);
        var id = await ActivateAsync(hosts.Functions.Http);

        var call = hosts.Functions.Http.SendAsync(Request("POST", $"/api/v1/workflows/{id}/execute", new StringContent("{\"wait\":true}", Encoding.UTF8, "application/json")));
        await waiting.Task;
        await hosts.Functions.Stopping.CancelAsync();
        var answer = await call;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("UNAVAILABLE", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        async Task<StartOutcome> Forever(TaskCompletionSource begun)
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, hosts.Functions.Stopping.Token);
            throw new InvalidOperationException("It has no end but the host's.");
        }
    }

    [Fact]
    public async Task A_function_ends_when_its_caller_goes_away_and_throws_nothing()
    {
        await using var hosts = await TwoHosts.StartAsync();
        Running(hosts.Functions, "1");
        using var patience = new CancellationTokenSource();

        using (var answer = await hosts.Functions.Http.SendAsync(Request("GET", "/api/v1/executions/1/events"), HttpCompletionOption.ResponseHeadersRead, patience.Token))
            await patience.CancelAsync();

        Assert.Empty(hosts.Functions.Thrown);
        Assert.Equal(HttpStatusCode.OK, (await hosts.Functions.Http.GetAsync("/health/live")).StatusCode);
    }

    private static HttpRequestMessage Request(string method, string path, HttpContent? content = null) =>
        new(new HttpMethod(method), path) { Content = content, Headers = { { "X-API-Key", TwoHosts.OwnerKey } } };

    private static async Task<string> ActivateAsync(HttpClient http)
    {
        const string Workflow = """{"name":"w","nodes":[{"id":"start","type":"start","parameters":{}}],"connections":[]}""";
        var saved = await http.SendAsync(Request("POST", "/api/v1/workflows", new StringContent(Workflow, Encoding.UTF8, "application/json")));
        var text = await saved.Content.ReadAsStringAsync();
        Assert.True(saved.StatusCode == HttpStatusCode.Created, text);
        return Engine.Values.JsonText.Parse(text)["id"].AsString!;
    }

    private static void Running(FunctionsWeb web, string id)
    {
        var runtime = web.Services.GetRequiredService<FakeRuntime>();
        runtime.Executions[id] = new Execution { Id = id, WorkflowId = "w", WorkflowVersion = 1, Status = ExecutionStatus.Running, Mode = "manual", StartNode = "start", StartedAt = 1 };
        runtime.Events[id] = [new PauseRequested { Seq = 1 }];
    }

    /// <summary>What else comes, however the stream ends.</summary>
    private static async Task<string> RestAsync(StreamReader reader)
    {
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
