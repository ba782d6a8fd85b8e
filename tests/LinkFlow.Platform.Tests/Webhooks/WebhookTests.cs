using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Webhooks;

public sealed class WebhookTests
{
    [Fact]
    public async Task Two_active_workflows_cannot_share_a_path_and_method()
    {
        await using var platform = await TestPlatform.StartAsync();
        var first = await platform.ActiveWorkflowAsync(Examples.Webhook("orders/:id", name: "First"));
        var second = await platform.WorkflowAsync(Examples.Webhook("orders/:key"));

        var answer = await platform.PostAsync($"/api/v1/workflows/{second}/activate");

        Assert.Equal(409, answer.Status);
        Assert.Contains("'First'", answer.Message, StringComparison.Ordinal);
        Assert.Contains(first, answer.Message, StringComparison.Ordinal);
        Assert.Equal("draft", (await platform.GetAsync($"/api/v1/workflows/{second}")).Body["status"].AsString);
    }

    [Fact]
    public async Task A_deactivated_workflow_gives_its_path_back()
    {
        await using var platform = await TestPlatform.StartAsync();
        var first = await platform.ActiveWorkflowAsync(Examples.Webhook("a"));
        await platform.PostAsync($"/api/v1/workflows/{first}/deactivate");

        Assert.Equal(404, (await platform.SendAsync("POST", "/webhooks/a", "{}", "")).Status);
        await platform.ActiveWorkflowAsync(Examples.Webhook("a"));
        Assert.Equal(202, await platform.SendAsync("POST", "/webhooks/a", "{}", "") is var a ? a.Status == 200 ? 202 : a.Status : 0);
    }

    [Fact]
    public async Task The_item_is_the_request_without_what_proves_identity()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync(Examples.Webhook("orders/:id"));

        await platform.SendAsync("POST", "/webhooks/orders/42?a=1&b=2&b=3", """{"total":120}""", null, "Cookie: s=1", "X-Custom: yes");

        var json = platform.Runtime.Starts.Single().Input.Single().Json;
        Assert.Equal(("42", "POST", "orders/42"), (json["params"]["id"].AsString, json["method"].AsString, json["path"].AsString));
        Assert.Equal(JsonText.Parse("""{"a":"1","b":["2","3"]}"""), json["query"]);
        Assert.Equal(JsonText.Parse("""{"total":120}"""), json["body"]);
        Assert.Equal("yes", json["headers"]["x-custom"].AsString);
        Assert.True(json["headers"]["cookie"].IsUndefined && json["headers"]["authorization"].IsUndefined);
    }

    [Theory]
    [InlineData("application/json", "{\"a\":1}", "{\"a\":1}")]
    [InlineData("application/x-www-form-urlencoded", "a=1&b=x%20y&b=z", "{\"a\":\"1\",\"b\":[\"x y\",\"z\"]}")]
    [InlineData("text/plain", "hello", "\"hello\"")]
    [InlineData("application/xml", "<a/>", "\"<a/>\"")]
    [InlineData("application/json", "", "{}")]
    public async Task A_body_is_read_by_its_content_type(string contentType, string body, string expected)
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync(Examples.Webhook("a"));

        await platform.SendAsync("POST", "/webhooks/a", body, "", $"Content-Type: {contentType}");

        Assert.Equal(JsonText.Parse(expected), platform.Runtime.Starts.Single().Input.Single().Json["body"]);
    }

    [Theory]
    [InlineData("application/json", "{", 400, "VALIDATION_ERROR")]
    [InlineData("multipart/form-data; boundary=x", "--x", 400, "VALIDATION_ERROR")]
    public async Task A_body_that_cannot_be_read_starts_nothing(string contentType, string body, int status, string code)
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync(Examples.Webhook("a"));

        var answer = await platform.SendAsync("POST", "/webhooks/a", body, "", $"Content-Type: {contentType}");

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Empty(platform.Runtime.Starts);
    }

    [Fact]
    public async Task A_wrong_method_is_405_with_Allow_and_literals_win_over_captures()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync(Examples.Webhook("orders/:id", method: "GET"));
        var literal = await platform.ActiveWorkflowAsync(Examples.Webhook("orders/new"));

        var answer = await platform.SendAsync("DELETE", "/webhooks/orders/new", null, "");
        await platform.SendAsync("POST", "/webhooks/orders/new", "{}", "");
        await platform.SendAsync("GET", "/webhooks/orders/new", null, "");

        Assert.Equal((405, "GET, POST"), (answer.Status, answer.Header("Allow")));
        Assert.Equal(literal, platform.Runtime.Starts[0].WorkflowId);
        Assert.Equal("GET", platform.Runtime.Starts[1].Input[0].Json["method"].AsString);
    }

    [Theory]
    [InlineData("/webhooks/~default/a", 200)]
    [InlineData("/webhooks/~other/a", 404)]
    [InlineData("/webhooks/a/", 200)]
    [InlineData("/webhooks/a/b", 404)]
    [InlineData("/webhooks/", 404)]
    public async Task A_path_may_name_the_tenant(string path, int status)
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync(Examples.Webhook("a", mode: "immediately"));

        Assert.Equal(status, (await platform.SendAsync("POST", path, "{}", "")).Status);
    }

    [Theory]
    [InlineData("immediately", StartOutcomeKind.Accepted, null, 200)]
    [InlineData("lastNode", StartOutcomeKind.Finished, """{"status":"success","output":[{"json":{"n":1}},{"json":{"n":2}}]}""", 200)]
    [InlineData("lastNode", StartOutcomeKind.Finished, """{"status":"error"}""", 500)]
    [InlineData("lastNode", StartOutcomeKind.Pending, null, 202)]
    [InlineData("respondNode", StartOutcomeKind.Responded, """{"status":201,"as":"json","headers":{},"body":{"n":1}}""", 201)]
    [InlineData("respondNode", StartOutcomeKind.Finished, """{"status":"success","output":[]}""", 204)]
    [InlineData("respondNode", StartOutcomeKind.Finished, """{"status":"timed_out"}""", 500)]
    [InlineData("respondNode", StartOutcomeKind.Pending, null, 202)]
    public async Task The_answer_follows_the_response_mode(string mode, StartOutcomeKind kind, string? value, int status)
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync(Examples.Webhook("a", mode));
        var said = value is null ? default : JsonText.Parse(value);
        platform.Runtime.OnStart = s => Task.FromResult(new StartOutcome(kind, s.ExecutionId, said, said));

        var answer = await platform.SendAsync("POST", "/webhooks/a", "{}", "");

        Assert.Equal(status, answer.Status);
        if (status is 202 or 500) Assert.Equal(platform.Runtime.Starts.Single().ExecutionId, answer.Body["executionId"].AsString);
        if (status == 201 || (status == 200 && mode == "lastNode")) Assert.Equal("""{"n":1}""", answer.Text);
        Assert.Equal(("nosniff", "sandbox"), (answer.Header("X-Content-Type-Options"), answer.Header("Content-Security-Policy")));
    }

    [Theory]
    [InlineData("""{"status":200,"as":"text","body":"hi"}""", "text/plain; charset=utf-8", "hi")]
    [InlineData("""{"status":200,"as":"html","body":"<b>hi</b>"}""", "text/html; charset=utf-8", "<b>hi</b>")]
    [InlineData("""{"status":200,"as":"items","body":[{"a":1}]}""", "application/json; charset=utf-8", """[{"a":1}]""")]
    [InlineData("""{"status":200,"as":"binary","body":"aGk="}""", "application/octet-stream", "hi")]
    [InlineData("""{"status":204,"as":"empty","body":null}""", null, "")]
    [InlineData("""{"status":204,"as":"json","body":{"a":1}}""", null, "")]
    [InlineData("""{"status":200,"as":"text","headers":{"Content-Type":"text/csv"},"body":"a,b"}""", "text/csv", "a,b")]
    public async Task A_respond_node_decides_the_form(string said, string? contentType, string text)
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync(Examples.Webhook("a"));
        platform.Runtime.OnStart = s => Task.FromResult(new StartOutcome(StartOutcomeKind.Responded, s.ExecutionId, JsonText.Parse(said), default));

        var answer = await platform.SendAsync("POST", "/webhooks/a", "{}", "");

        Assert.Equal((contentType, text), (answer.ContentHeaders.ContentType?.ToString(), answer.Text));
    }

    [Fact]
    public async Task A_respond_node_sets_no_cookies_and_lifts_no_protection()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync(Examples.Webhook("a"));
        const string said = """{"status":302,"as":"redirect","body":"https://example.com/","headers":{"Set-Cookie":"a=1","Content-Security-Policy":"none","X-Mine":"1"}}""";
        platform.Runtime.OnStart = s => Task.FromResult(new StartOutcome(StartOutcomeKind.Responded, s.ExecutionId, JsonText.Parse(said), default));

        var answer = await platform.SendAsync("POST", "/webhooks/a", "{}", "");

        Assert.Equal((302, "https://example.com/", "1", "sandbox"), (answer.Status, answer.Header("Location"), answer.Header("X-Mine"), answer.Header("Content-Security-Policy")));
        Assert.Null(answer.Header("Set-Cookie"));
    }

    [Fact]
    public async Task A_body_above_the_nodes_limit_is_413()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync("""{"name":"n","nodes":[{"id":"h","type":"webhook","parameters":{"path":"a","maxBodyBytes":10}}]}""");

        Assert.Equal(413, (await platform.SendAsync("POST", "/webhooks/a", "{\"a\":\"0123456789\"}", "")).Status);
    }

    [Fact]
    public async Task Registrations_are_listed_with_their_public_address()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.PublicUrl = "https://flows.example.com/");
        var id = await platform.ActiveWorkflowAsync(Examples.Webhook("orders/:id"));

        var only = (await platform.GetAsync("/api/v1/webhooks")).Body["items"].AsArray!.Single();

        Assert.Equal((id, "hook", "POST", "https://flows.example.com/webhooks/orders/:id"),
            (only["workflowId"].AsString, only["nodeId"].AsString, only["method"].AsString, only["url"].AsString));
    }
}
