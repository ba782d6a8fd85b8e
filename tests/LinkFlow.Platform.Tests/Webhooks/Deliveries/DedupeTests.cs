using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Platform.Tests.Webhooks.Deliveries;

/// <summary>Repeats by a header or an expression that the node names, over HTTP.</summary>
public sealed class DedupeTests
{
    [Theory]
    [InlineData("durable", """{"header":"X-Event-Id"}""")]
    [InlineData("durable", """{"expression":"{{ $json.headers['x-event-id'] }}"}""")]
    [InlineData("express", """{"header":"X-Event-Id"}""")]
    public async Task A_repeat_starts_nothing_and_gets_the_first_execution(string mode, string by)
    {
        await using var platform = await TestPlatform.StartAsync();
        await ActivateAsync(platform, by, mode: mode);

        var first = await CallAsync(platform, "{}", "X-Event-Id: 1");
        var repeat = await CallAsync(platform, """{"other":true}""", "X-Event-Id: 1");
        var other = await CallAsync(platform, "{}", "X-Event-Id: 2");

        Assert.Equal((200, 2), (repeat.Status, platform.Runtime.Starts.Count));
        Assert.Equal(platform.Runtime.Starts[0].ExecutionId, repeat.Body["executionId"].AsString);
        Assert.NotEqual(platform.Runtime.Starts[0].ExecutionId, other.Body["executionId"].AsString);
        Assert.True(first.Status < 300);
    }

    [Theory]
    [InlineData("""{"header":"X-Event-Id"}""", "{}")]
    [InlineData("""{"expression":"{{ $json.body.id }}"}""", "{}")]
    [InlineData("""{"expression":"{{ $json.body.id }}"}""", """{"id":""}""")]
    [InlineData("""{"expression":"{{ $json.body.id }}"}""", """{"id":null}""")]
    [InlineData("""{"expression":"{{ $json.body.event.id }}"}""", "{}")]
    [InlineData("""{"expression":"{{ $json.body.a }}-{{ $json.body.b }}"}""", "{}")]
    public async Task Calls_without_a_key_are_not_told_apart(string by, string body)
    {
        await using var platform = await TestPlatform.StartAsync();
        await ActivateAsync(platform, by);

        Assert.Equal((200, 200), ((await CallAsync(platform, body)).Status, (await CallAsync(platform, body)).Status));

        Assert.Equal(2, platform.Runtime.Starts.Count);
    }

    [Fact]
    public async Task A_key_is_remembered_for_its_hours_and_may_be_of_any_length()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.WebhookRepeatHours = 2);
        await ActivateAsync(platform, """{"expression":"{{ $json.body.id }}"}""");
        var body = $$"""{"id":"{{new string('k', 100_000)}}"}""";

        await CallAsync(platform, body);
        await CallAsync(platform, body);
        platform.Clock.Advance(TimeSpan.FromHours(2));
        await CallAsync(platform, body);

        Assert.Equal(2, platform.Runtime.Starts.Count);
        Assert.DoesNotContain("kkkk", platform.Store.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_calls_that_come_at_once_one_starts()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ActivateAsync(platform, """{"expression":"{{ $json.body.id }}"}""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CallAsync(platform, """{"id":42}""")));

        var started = Assert.Single(platform.Runtime.Starts).ExecutionId;
        Assert.All(answers, a => Assert.Equal((200, started), (a.Status, a.Body["executionId"].AsString)));
    }

    [Fact]
    public async Task Another_workflow_knows_nothing_of_a_key()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ActivateAsync(platform, """{"header":"X-Event-Id"}""");
        await ActivateAsync(platform, """{"header":"X-Event-Id"}""", path: "b");

        await CallAsync(platform, "{}", "X-Event-Id: 1");
        await platform.SendAsync("POST", "/webhooks/b", "{}", "", "X-Event-Id: 1");

        Assert.Equal(2, platform.Runtime.Starts.Count);
    }

    [Fact]
    public async Task What_was_signed_stays_a_repeat_under_another_key()
    {
        await using var platform = await TestPlatform.StartAsync();
        var credential = (await platform.PostAsync("/api/v1/credentials", """{"name":"c","type":"hmac","data":{"secret":"s3cret-of-the-shop"}}""")).Body["id"].AsString;
        await ActivateAsync(platform, """{"header":"X-Event-Id"}""", $$$""","auth":"hmac","scheme":"github"},"credentials":{"auth":"{{{credential}}}" """);
        var signature = "X-Hub-Signature-256: sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("s3cret-of-the-shop"), "{}"u8));

        await CallAsync(platform, "{}", signature, "X-Event-Id: 1");
        var replayed = await CallAsync(platform, "{}", signature, "X-Event-Id: 2");

        Assert.Equal(Assert.Single(platform.Runtime.Starts).ExecutionId, replayed.Body["executionId"].AsString);
    }

    [Fact]
    public async Task At_a_test_address_everything_starts()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await ActivateAsync(platform, """{"header":"X-Event-Id"}""");
        for (var n = 0; n < 2; n++)
        {
            await platform.PostAsync($"/api/v1/workflows/{id}/listen");
            Assert.Equal(200, (await platform.SendAsync("POST", "/webhooks-test/a", "{}", "", "X-Event-Id: 1")).Status);
        }

        Assert.Equal(2, platform.Runtime.Starts.Count);
    }

    private static Task<TestAnswer> CallAsync(TestPlatform platform, string body, params string[] headers) => platform.SendAsync("POST", "/webhooks/a", body, "", headers);

    private static Task<string> ActivateAsync(TestPlatform platform, string by, string more = "", string path = "a", string mode = "durable") => platform.ActiveWorkflowAsync($$$"""
        {"name":"n","settings":{"mode":"{{{mode}}}"},"nodes":[{"id":"hook","type":"webhook","parameters":{"path":"{{{path}}}","responseMode":"{{{(mode == "express" ? "respondNode" : "immediately")}}}","dedupeBy":{{{by}}}{{{more}}}}},
          {"id":"answer","type":"respond"}],"connections":[{"source":"hook","target":"answer"}]}
        """);
}
