using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Tests.Http;

public sealed class ErrorFormTests
{
    [Theory]
    [InlineData("GET", "/nowhere", null, 404, "NOT_FOUND")]
    [InlineData("GET", "/api/v1/nowhere", null, 404, "NOT_FOUND")]
    [InlineData("PATCH", "/api/v1/workflows", "{}", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("GET", "/webhooks/none", null, 404, "NOT_FOUND")]
    [InlineData("GET", "/api/v1/workflows/none", null, 404, "NOT_FOUND")]
    [InlineData("POST", "/api/v1/workflows", "{\"name\":", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "/api/v1/workflows", "[]", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "/api/v1/workflows", "", 400, "VALIDATION_ERROR")]
    public async Task Every_path_answers_errors_in_one_form(string method, string path, string? body, int status, string code)
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.SendAsync(method, path, body);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.NotEmpty(answer.Message);
        Assert.Equal(answer.Header("X-Request-Id"), answer.Body["error"]["traceId"].AsString);
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.SendAsync("DELETE", "/api/v1/workflows");

        Assert.Equal(["GET", "POST"], answer.Header("Allow")!.Split(", ").Order());
    }

    [Fact]
    public async Task Bad_JSON_is_told_line_and_column()
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.PostAsync("/api/v1/workflows", "{\n  \"name\": nope }");

        Assert.Equal(2, answer.Details["line"].AsNumber);
        Assert.True(answer.Details["column"].AsNumber > 1);
    }

    [Theory]
    [InlineData("Content-Type: text/plain")]
    [InlineData("Content-Type:")]
    [InlineData("Content-Type: application/json; charset=utf-16")]
    [InlineData("Content-Encoding: gzip")]
    public async Task A_body_of_another_kind_is_415(string header)
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal((415, "UNSUPPORTED_MEDIA_TYPE"), await platform.PostAsync("/api/v1/workflows", "{}", header) is var a ? (a.Status, a.Code) : default);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_413()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.BodyBytes = 2048);

        var answer = await platform.PostAsync("/api/v1/workflows", new string(' ', 3000));

        Assert.Equal((413, "PAYLOAD_TOO_LARGE"), (answer.Status, answer.Code));
        Assert.Contains("2048", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_types_are_told_all_at_once_by_pointer()
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.PostAsync("/api/v1/workflows", """{"name":5,"tags":"x","nodes":[{"id":1,"type":"start"}],"descripton":""}""");

        Assert.Equal(400, answer.Status);
        Assert.Equal(["/descripton", "/name", "/nodes/0/id", "/tags"], answer.Details.AsObject!.Select(d => d.Key).Order());
        Assert.Contains("Did you mean 'description'?", answer.Details["/descripton"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_opened_is_a_conflict_that_says_which_key_it_needs()
    {
        await using var platform = await TestPlatform.StartAsync(map: app => app.MapGet("/sealed", (RequestDelegate)(_ => throw new SecretUnreadableException("It needs the master key 7c5fee74bb7e5e35."))));

        var answer = await platform.GetAsync("/sealed");

        Assert.Equal((409, "CONFLICT"), (answer.Status, answer.Code));
        Assert.Contains("7c5fee74bb7e5e35", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unexpected_failure_is_500_without_internals_and_logged_with_its_request()
    {
        await using var platform = await TestPlatform.StartAsync(map: app => app.MapGet("/boom", (RequestDelegate)(_ => throw new InvalidOperationException("secret detail"))));

        var answer = await platform.SendAsync("GET", "/boom", null, null, "X-Request-Id: my-request");

        Assert.Equal((500, "INTERNAL"), (answer.Status, answer.Code));
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.Contains(platform.Log.Lines, l => l.Contains("my-request", StringComparison.Ordinal) && l.Contains("InvalidOperationException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_cannot_write_is_503_with_Retry_After()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Store.Fault = new StoreUnavailableException("disk full at /secret/path", TimeSpan.FromSeconds(3));

        var answer = await platform.PostAsync("/api/v1/workflows", Examples.Minimal);

        Assert.Equal((503, "UNAVAILABLE", "3"), (answer.Status, answer.Code, answer.Header("Retry-After")));
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_that_cannot_be_read_is_409_and_says_why()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Store.Fault = new HistoryUnreadableException("Event 7 is of the unknown type 'x'.");

        var answer = await platform.PostAsync("/api/v1/workflows", Examples.Minimal);

        Assert.Equal((409, "CONFLICT"), (answer.Status, answer.Code));
        Assert.Contains("Event 7", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc-123", true)]
    [InlineData("has space", false)]
    [InlineData("", false)]
    public async Task A_plain_request_id_of_the_caller_is_kept(string id, bool isKept)
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.SendAsync("GET", "/health/live", null, null, $"X-Request-Id: {id}");

        Assert.Equal(isKept, answer.Header("X-Request-Id") == id);
        Assert.NotEmpty(answer.Header("X-Request-Id")!);
    }

    [Fact]
    public async Task A_request_id_of_more_than_128_characters_is_replaced()
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.SendAsync("GET", "/health/live", null, null, "X-Request-Id: " + new string('a', 129));

        Assert.True(answer.Header("X-Request-Id")!.Length <= 128);
    }

    [Fact]
    public void A_status_without_a_body_stands_for_an_error_of_the_contract() =>
        Assert.Equal("PAYLOAD_TOO_LARGE", ApiError.OfStatus(413, "POST", "/").Code);

    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("https://evil.example.com", false)]
    public async Task Browsers_may_call_from_listed_origins_only_and_never_with_credentials(string origin, bool isAllowed)
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Cors.Origins = ["https://app.example.com"]);

        var answer = await platform.SendAsync("GET", "/api/v1/workflows", null, null, $"Origin: {origin}");

        Assert.Equal(isAllowed ? origin : null, answer.Header("Access-Control-Allow-Origin"));
        Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task A_trusted_proxy_tells_the_callers_address()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.TrustedProxies = ["10.0.0.1", "192.168.0.0/16"]);

        Assert.Equal(200, (await platform.SendAsync("GET", "/api/v1/workflows", null, null, "X-Forwarded-For: 203.0.113.9")).Status);
    }
}
