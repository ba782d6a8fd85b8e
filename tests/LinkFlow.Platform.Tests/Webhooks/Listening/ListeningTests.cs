using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Webhooks.Listening;

public sealed class ListeningTests
{
    [Fact]
    public async Task A_draft_answers_one_call_as_a_manual_run()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync(Examples.Webhook("orders/:id", mode: "immediately"));

        var listening = await platform.PostAsync($"/api/v1/workflows/{id}/listen");
        var first = await CallAsync(platform, "orders/7", """{"total":1}""");
        var second = await CallAsync(platform, "orders/7");

        Assert.Equal((200, 200, 404), (listening.Status, first.Status, second.Status));
        Assert.Contains("listen", second.Message, StringComparison.Ordinal);
        var url = Assert.Single(listening.Body["urls"].AsArray!);
        Assert.Equal(("hook", "POST"), (url["nodeId"].AsString, url["method"].AsString));
        Assert.EndsWith("/webhooks-test/orders/:id", url["url"].AsString!, StringComparison.Ordinal);
        var start = Assert.Single(platform.Runtime.Starts);
        Assert.Equal(("manual", 1, true, "7"), (start.Mode, start.WorkflowVersion, start.IsInactive, start.Input[0].Json["params"]["id"].AsString));
        Assert.StartsWith("apikey:", start.StartedBy!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_calls_that_come_at_once_one_starts()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ListenAsync(platform, Examples.Webhook("a", mode: "immediately"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CallAsync(platform, "a")));

        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(9, answers.Count(a => a.Status == 404));
        Assert.Single(platform.Runtime.Starts);
    }

    [Fact]
    public async Task It_ends_with_its_time_and_when_it_is_stopped()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await ListenAsync(platform, Examples.Webhook("a"), """{"seconds":10}""");
        Assert.True((await platform.GetAsync($"/api/v1/workflows/{id}/listen")).Body["listening"].AsBoolean);

        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False((await platform.GetAsync($"/api/v1/workflows/{id}/listen")).Body["listening"].AsBoolean);
        Assert.Equal(404, (await CallAsync(platform, "a")).Status);

        await platform.PostAsync($"/api/v1/workflows/{id}/listen");
        Assert.Equal(204, (await platform.SendAsync("DELETE", $"/api/v1/workflows/{id}/listen")).Status);
        Assert.Equal(404, (await CallAsync(platform, "a")).Status);
        Assert.Empty(platform.Runtime.Starts);
    }

    [Theory]
    [InlineData("""{"seconds":601}""", "/seconds")]
    [InlineData("""{"nodeId":"hoook"}""", "/nodeId")]
    [InlineData("""{"node":"hook"}""", "/node")]
    public async Task A_body_that_cannot_be_meant_is_refused(string body, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync(Examples.Webhook("a"));

        var answer = await platform.PostAsync($"/api/v1/workflows/{id}/listen", body);

        Assert.Equal(400, answer.Status);
        Assert.False(answer.Details[pointer].IsUndefined, answer.Text);
    }

    [Theory]
    [InlineData("""{"name":"n","nodes":[{"id":"start","type":"start"}]}""", "/nodes")]
    [InlineData("""{"name":"n","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"a b"}}]}""", "/nodes/0/parameters/path")]
    [InlineData("""{"name":"n","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"a","auth":"hmac"}}]}""", "/nodes/0/parameters/auth")]
    public async Task A_draft_that_could_not_run_is_refused_by_pointer(string workflow, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();
        var answer = await platform.PostAsync($"/api/v1/workflows/{await platform.WorkflowAsync(workflow)}/listen");

        Assert.Equal(400, answer.Status);
        Assert.False(answer.Details[pointer].IsUndefined, answer.Text);
    }

    [Fact]
    public async Task Who_may_not_execute_or_use_the_credential_cannot_listen()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync(await SecuredAsync(platform));

        var reader = await platform.SendAsync("POST", $"/api/v1/workflows/{id}/listen", null, await platform.KeyAsync("workflow:read"));
        var runner = await platform.SendAsync("POST", $"/api/v1/workflows/{id}/listen", null, await platform.KeyAsync("workflow:execute"));

        Assert.Equal((403, 400), (reader.Status, runner.Status));
        Assert.False(runner.Details["/nodes/0/credentials/auth"].IsUndefined, runner.Text);
    }

    [Fact]
    public async Task A_call_that_fails_the_authentication_does_not_use_it_up()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ListenAsync(platform, await SecuredAsync(platform));

        Assert.Equal(401, (await CallAsync(platform, "a")).Status);
        Assert.Equal(200, (await CallAsync(platform, "a", "{}", "Authorization: Bearer s3cret-of-the-shop")).Status);
        Assert.Single(platform.Runtime.Starts);
    }

    [Fact]
    public async Task A_start_that_the_store_refused_does_not_use_it_up()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ListenAsync(platform, Examples.Webhook("a", mode: "immediately"));

        platform.Runtime.OnStart = _ => throw new StoreUnavailableException("The disk is full.", TimeSpan.FromSeconds(1));
        Assert.Equal(503, (await CallAsync(platform, "a")).Status);
        platform.Runtime.OnStart = null;

        Assert.Equal(200, (await CallAsync(platform, "a")).Status);
    }

    [Theory]
    [InlineData("archive", "POST", "/archive")]
    [InlineData("delete", "DELETE", "")]
    public async Task What_was_put_away_meanwhile_is_not_run(string _, string method, string path)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await ListenAsync(platform, Examples.Webhook("a"));
        Assert.True((await platform.SendAsync(method, $"/api/v1/workflows/{id}{path}")).Status < 300);

        Assert.Equal(404, (await CallAsync(platform, "a")).Status);
        Assert.Empty(platform.Runtime.Starts);
    }

    [Fact]
    public async Task A_credential_that_was_taken_away_meanwhile_is_not_used()
    {
        await using var platform = await TestPlatform.StartAsync();
        var credential = (await platform.PostAsync("/api/v1/credentials", """{"name":"c","type":"bearer","data":{"token":"s3cret-of-the-shop"}}""")).Body["id"].AsString;
        var id = await ListenAsync(platform, $$$"""
            {"name":"n","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"a"}},
              {"id":"get","type":"http_request","parameters":{"url":"https://example.com","authentication":"bearer"},"credentials":{"auth":"{{{credential}}}"}}],
             "connections":[{"source":"hook","target":"get"}]}
            """);
        await platform.SendAsync("DELETE", $"/api/v1/credentials/{credential}?force=true");

        Assert.Equal(404, (await CallAsync(platform, "a")).Status);
        Assert.Empty(platform.Runtime.Starts);
        Assert.False((await platform.GetAsync($"/api/v1/workflows/{id}/listen")).Body["listening"].AsBoolean);
    }

    [Fact]
    public async Task A_call_that_the_filter_holds_back_does_not_use_it_up()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ListenAsync(platform, """{"name":"n","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"a","filter":{"expression":"{{ $json.body.go }}"}}}]}""");

        Assert.True((await CallAsync(platform, "a", """{"go":false}""")).Body["filtered"].AsBoolean);
        Assert.False((await CallAsync(platform, "a", """{"go":true}""")).Body["executionId"].IsNullOrUndefined);
        Assert.Single(platform.Runtime.Starts);
    }

    [Fact]
    public async Task Test_and_production_addresses_are_apart()
    {
        await using var platform = await TestPlatform.StartAsync();
        var active = await platform.ActiveWorkflowAsync(Examples.Webhook("a", mode: "immediately"));
        var draft = await ListenAsync(platform, Examples.Webhook("a", mode: "immediately"));

        var other = await platform.PostAsync($"/api/v1/workflows/{active}/listen");
        await platform.SendAsync("POST", "/webhooks/a", "{}", "");
        await CallAsync(platform, "a");

        Assert.Equal(409, other.Status);
        Assert.Contains(draft, other.Message, StringComparison.Ordinal);
        Assert.Equal([(active, "webhook"), (draft, "manual")], platform.Runtime.Starts.Select(s => (s.WorkflowId, s.Mode)));
    }

    [Fact]
    public async Task Wrong_methods_and_unknown_tenants_are_told_as_at_production_addresses()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ListenAsync(platform, Examples.Webhook("a"));

        var answer = await platform.SendAsync("GET", "/webhooks-test/a", null, "");

        Assert.Equal((405, "POST"), (answer.Status, answer.Header("Allow")));
        Assert.Equal(404, (await CallAsync(platform, "~other/a")).Status);
        Assert.Equal(200, (await CallAsync(platform, "~default/a")).Status);
    }

    [Fact]
    public async Task Only_so_many_listen_at_once()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.ListeningWorkflows = 1);
        var first = await ListenAsync(platform, Examples.Webhook("a"));
        var second = await platform.WorkflowAsync(Examples.Webhook("b"));

        Assert.Equal(409, (await platform.PostAsync($"/api/v1/workflows/{second}/listen")).Status);
        Assert.Equal(200, (await platform.PostAsync($"/api/v1/workflows/{first}/listen")).Status);
        platform.Clock.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal(200, (await platform.PostAsync($"/api/v1/workflows/{second}/listen")).Status);
    }

    private static async Task<string> ListenAsync(TestPlatform platform, string workflow, string? body = null)
    {
        var id = await platform.WorkflowAsync(workflow);
        var answer = await platform.PostAsync($"/api/v1/workflows/{id}/listen", body);
        return answer.Status == 200 ? id : throw new InvalidOperationException(answer.Text);
    }

    private static Task<TestAnswer> CallAsync(TestPlatform platform, string path, string body = "{}", params string[] headers) =>
        platform.SendAsync("POST", $"/webhooks-test/{path}", body, "", headers);

    private static async Task<string> SecuredAsync(TestPlatform platform)
    {
        var credential = (await platform.PostAsync("/api/v1/credentials", """{"name":"c","type":"bearer","data":{"token":"s3cret-of-the-shop"}}""")).Body["id"].AsString;
        return $$$"""{"name":"n","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"a","auth":"header"},"credentials":{"auth":"{{{credential}}}"}}]}""";
    }
}
