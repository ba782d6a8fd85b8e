using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Webhooks.Recent;

/// <summary>What the list of last calls shows, over HTTP.</summary>
public sealed class RecentCallTests
{
    [Fact]
    public async Task A_call_is_shown_with_what_became_of_it()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.ActiveWorkflowAsync(Examples.Webhook("orders/:id", mode: "immediately"));

        await platform.SendAsync("POST", "/webhooks/orders/7?page=2", """{"a":"what the body says"}""", "", "X-Custom: yes");

        var answer = await platform.GetAsync($"/api/v1/webhooks/calls?workflowId={id}");
        var call = Assert.Single(answer.Body["items"].AsArray!);
        Assert.Equal(("POST", "orders/7", "started", 200d, 26d), (call["method"].AsString, call["path"].AsString, call["outcome"].AsString, call["status"].AsNumber, call["bytes"].AsNumber));
        Assert.Equal((platform.Runtime.Starts.Single().ExecutionId, "hook", "yes"), (call["executionId"].AsString, call["nodeId"].AsString, call["headers"]["x-custom"].AsString));
        Assert.DoesNotContain("what the body says", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_proves_an_identity_is_not_shown()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await SecuredAsync(platform, """{"name":"X-Shop","value":"s3cret-of-the-shop","in":"header"}""", "api_key");

        await CallAsync(platform, "X-Shop: s3cret-of-the-shop", "Cookie: s=s3cret-1", "Authorization: Bearer s3cret-2", "X-Api-Key: s3cret-3", "X-Echo: s3cret-of-the-shop", "X-Their-Token: s3cret-4", "X-Hub-Signature-256: s3cret-6", "X-Site-Key: s3cret-7", "Idempotency-Key: shown");
        await CallAsync(platform, "X-Shop: s3cret-5", "X-Misspelt: s3cret-of-the-shop");

        var answer = await platform.GetAsync($"/api/v1/webhooks/calls?workflowId={id}");
        Assert.DoesNotContain("s3cret", answer.Text, StringComparison.Ordinal);
        var (refused, taken) = (answer.Body["items"].AsArray![0], answer.Body["items"].AsArray![1]);
        Assert.Equal(("unauthorized", "started"), (refused["outcome"].AsString, taken["outcome"].AsString));
        Assert.All(["x-shop", "cookie", "authorization", "x-api-key", "x-echo", "x-their-token", "x-hub-signature-256", "x-site-key"], n => Assert.Equal("***", taken["headers"][n].AsString));
        Assert.Equal("shown", taken["headers"]["idempotency-key"].AsString);
        Assert.All(["x-shop", "x-misspelt"], n => Assert.Equal("***", refused["headers"][n].AsString));
    }

    [Theory]
    [InlineData("[1", 400, "refused")]
    [InlineData("{\"a\":\"0123456789\"}", 413, "refused")]
    public async Task A_call_that_was_refused_is_shown_too(string body, int status, string outcome)
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.WebhookBodyBytes = 10);
        var id = await platform.ActiveWorkflowAsync(Examples.Webhook("a"));

        Assert.Equal(status, (await platform.SendAsync("POST", "/webhooks/a", body, "")).Status);

        var call = Assert.Single((await CallsAsync(platform, id)).AsArray!);
        Assert.Equal((status, outcome, true), (call["status"].AsNumber, call["outcome"].AsString, call["executionId"].IsNullOrUndefined));
    }

    [Fact]
    public async Task A_call_that_the_store_refused_is_shown_with_its_status()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.ActiveWorkflowAsync(Examples.Webhook("a"));
        platform.Runtime.OnStart = _ => throw new StoreUnavailableException("The disk is full.", TimeSpan.FromSeconds(1));

        await platform.SendAsync("POST", "/webhooks/a", "{}", "");

        Assert.Equal((503d, "failed"), (await LastAsync(platform, id)) is var call ? (call["status"].AsNumber, call["outcome"].AsString) : default);
    }

    [Fact]
    public async Task Only_the_last_are_kept_and_they_come_in_pages()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Webhooks.LoggedCalls = 5);
        var id = await platform.ActiveWorkflowAsync(Examples.Webhook("a/:n"));
        for (var n = 1; n <= 8; n++) await platform.SendAsync("POST", $"/webhooks/a/{n}", "{}", "");

        var first = (await platform.GetAsync($"/api/v1/webhooks/calls?workflowId={id}&limit=3")).Body;
        var second = (await platform.GetAsync($"/api/v1/webhooks/calls?workflowId={id}&limit=3&cursor={first["nextCursor"].AsString}")).Body;

        Assert.Equal(["a/8", "a/7", "a/6"], first["items"].AsArray!.Select(c => c["path"].AsString!));
        Assert.Equal(["a/5", "a/4"], second["items"].AsArray!.Select(c => c["path"].AsString!));
        Assert.True(second["nextCursor"].IsNullOrUndefined);
    }

    [Fact]
    public async Task Nothing_is_kept_when_it_is_turned_off()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Webhooks.LoggedCalls = 0);
        var id = await platform.ActiveWorkflowAsync(Examples.Webhook("a"));
        await platform.SendAsync("POST", "/webhooks/a", "{}", "");

        Assert.Empty((await CallsAsync(platform, id)).AsArray!);
    }

    [Fact]
    public async Task A_call_to_a_test_address_says_so()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync(Examples.Webhook("a"));
        await platform.PostAsync($"/api/v1/workflows/{id}/listen");
        await platform.SendAsync("POST", "/webhooks-test/a", "{}", "");

        Assert.True((await LastAsync(platform, id))["test"].AsBoolean);
    }

    [Fact]
    public async Task The_list_needs_its_permission_and_a_workflow_that_is_there()
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(400, (await platform.GetAsync("/api/v1/webhooks/calls")).Status);
        Assert.Equal(404, (await platform.GetAsync("/api/v1/webhooks/calls?workflowId=none")).Status);
        Assert.Equal(403, (await platform.SendAsync("GET", "/api/v1/webhooks/calls?workflowId=none", null, await platform.KeyAsync("workflow:read"))).Status);
    }

    [Fact]
    public async Task Endless_headers_are_cut()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.ActiveWorkflowAsync(Examples.Webhook("a"));
        await platform.SendAsync("POST", "/webhooks/a", "{}", "", $"X-Long: {new string('x', 10_000)}");

        var kept = (await LastAsync(platform, id))["headers"]["x-long"].AsString!;
        Assert.InRange(kept.Length, 1, 4097);
        Assert.EndsWith("…", kept, StringComparison.Ordinal);
    }

    private static async Task<Value> CallsAsync(TestPlatform platform, string id) => (await platform.GetAsync($"/api/v1/webhooks/calls?workflowId={id}")).Body["items"];

    private static async Task<Value> LastAsync(TestPlatform platform, string id) => (await CallsAsync(platform, id)).AsArray![0];

    private static Task<TestAnswer> CallAsync(TestPlatform platform, params string[] headers) => platform.SendAsync("POST", "/webhooks/a", "{}", "", headers);

    private static async Task<string> SecuredAsync(TestPlatform platform, string data, string type)
    {
        var credential = (await platform.PostAsync("/api/v1/credentials", $$$"""{"name":"c","type":"{{{type}}}","data":{{{data}}}}""")).Body["id"].AsString;
        return await platform.ActiveWorkflowAsync($$$"""{"name":"n","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"a","auth":"header"},"credentials":{"auth":"{{{credential}}}"}}]}""");
    }
}
