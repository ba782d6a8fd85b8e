using System.Net.WebSockets;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Streams;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Scenarios.Contract;

/// <summary>The WebSocket: tickets, and what is said over it.</summary>
public sealed class StreamScenarios(TestServer server) : IClassFixture<TestServer>
{
    private const string Waits = """
        {"name":"Waits","nodes":[{"id":"start","type":"start"},{"id":"wait","type":"wait","parameters":{"for":"signal","name":"go"}}],
         "connections":[{"source":"start","target":"wait"}]}
        """;

    [Fact]
    public async Task Negotiating_tells_where_to_connect_and_until_when()
    {
        var (status, body, _) = await server.SendAsync("POST", "/api/v1/stream/negotiate", null, ("Idempotency-Key", "again"));
        var (_, again, _) = await server.SendAsync("POST", "/api/v1/stream/negotiate", null, ("Idempotency-Key", "again"));

        Assert.Equal(200, status);
        Assert.Matches("^wss?://.*/api/v1/stream$", body["url"].AsString);
        Assert.Equal(43, body["accessToken"].AsString!.Length);
        Assert.NotEqual(body["accessToken"], again["accessToken"]);
        Assert.True(body["expiresAt"].IsString);
    }

    [Fact]
    public async Task Negotiating_needs_the_permission_to_read_executions()
    {
        var key = (await server.SendAsync("POST", "/api/v1/api-keys", """{"name":"k","scopes":["workflow:read"]}""")).Body["key"].AsString!;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/v1/stream/negotiate", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", key);
        using var http = server.CreateClient();

        Assert.Equal(403, (int)(await http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_ticket_opens_one_connection_and_a_wrong_one_none()
    {
        var ticket = (await server.SendAsync("POST", "/api/v1/stream/negotiate")).Body["accessToken"].AsString!;
        using var client = await StreamClient.OpenAsync(server, ticket);

        foreach (var bad in new[] { ticket, "", new string('A', 43) })
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StreamClient.OpenAsync(server, bad));
            Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(400, (await server.SendAsync("GET", "/api/v1/stream")).Status);
    }

    [Fact]
    public async Task What_was_named_when_negotiating_is_followed_from_the_first_moment()
    {
        var workflow = await SaveAsync(Waits);
        var execution = await RunAsync(workflow, "{}");
        var (_, ticket, _) = await server.SendAsync("POST", "/api/v1/stream/negotiate", $$"""{"executionIds":["{{execution}}"],"workflowIds":["{{workflow}}"]}""");
        using var client = await StreamClient.OpenAsync(server, ticket["accessToken"].AsString);

        Assert.Equal(execution, (await client.HearAsync("event"))["executionId"].AsString);
        Assert.Equal(workflow, (await client.HearAsync("workflow"))["workflowId"].AsString);
    }

    [Theory]
    [InlineData("""{"executionIds":["none"]}""", 404)]
    [InlineData("""{"workflowIds":["none"]}""", 404)]
    [InlineData("""{"executionIds":"x"}""", 400)]
    [InlineData("""{"executions":["x"]}""", 400)]
    [InlineData("""[]""", 400)]
    public async Task What_cannot_be_followed_is_refused_when_negotiating(string body, int expected) =>
        Assert.Equal(expected, (await server.SendAsync("POST", "/api/v1/stream/negotiate", body)).Status);

    [Fact]
    public async Task A_finished_execution_is_replayed_from_where_the_caller_left_off_to_its_end()
    {
        var execution = await RunAsync(await SaveAsync("""{"name":"s","nodes":[{"id":"start","type":"start"}]}"""), """{"wait":true}""");
        var history = (await server.SendAsync("GET", $"/api/v1/executions/{execution}/history")).Body["items"].AsArray!;
        using var client = await StreamClient.OpenAsync(server);

        await client.SayAsync($$"""{"type":"subscribe","executionId":"{{execution}}"}""");
        var whole = await client.HearUntilAsync("end");
        await client.SayAsync($$"""{"type":"subscribe","executionId":"{{execution}}","afterSeq":1}""");
        var rest = await client.HearUntilAsync("end");

        Assert.Equal(history, whole.SkipLast(1).Select(m => m["event"]));
        Assert.Equal(history.Skip(1), rest.SkipLast(1).Select(m => m["event"]));
        Assert.Equal((execution, "success"), (whole[^1]["executionId"].AsString, whole[^1]["status"].AsString));
    }

    [Fact]
    public async Task A_running_execution_is_followed_live()
    {
        var execution = await RunAsync(await SaveAsync(Waits), "{}");
        await server.UntilAsync(execution, "waiting");
        using var client = await StreamClient.OpenAsync(server);
        await client.SayAsync($$"""{"type":"subscribe","executionId":"{{execution}}","afterSeq":0}""");
        while ((await client.HearAsync("event"))["event"]["type"].AsString != "wait_started")
        {
        }

        await server.SendAsync("POST", $"/api/v1/executions/{execution}/signals/go", "{}");

        var rest = await client.HearUntilAsync("end");
        Assert.Contains("signal_received", rest.Select(m => m["event"]["type"].AsString));
        Assert.Equal("success", rest[^1]["status"].AsString);
    }

    [Fact]
    public async Task After_unsubscribing_nothing_more_is_sent()
    {
        var execution = await RunAsync(await SaveAsync(Waits), "{}");
        using var client = await StreamClient.OpenAsync(server);
        await client.SayAsync($$"""{"type":"subscribe","executionId":"{{execution}}"}""");
        await client.SayAndSettleAsync($$"""{"type":"unsubscribe","executionId":"{{execution}}"}""");

        await server.SendAsync("POST", $"/api/v1/executions/{execution}/cancel");
        await server.UntilAsync(execution, "cancelled");

        await client.SayAsync("""{"type":"ping"}""");
        Assert.Equal("pong", (await client.HearUntilAsync("pong"))[0]["type"].AsString);
    }

    [Fact]
    public async Task A_workflow_s_executions_are_shown_whenever_their_status_changes()
    {
        var workflow = await SaveAsync(Waits);
        using var client = await StreamClient.OpenAsync(server);
        await client.SayAndSettleAsync($$"""{"type":"subscribe","workflowId":"{{workflow}}"}""");

        var execution = await RunAsync(workflow, "{}");
        var seen = new List<string?>();
        while (!seen.Contains("waiting")) seen.Add((await client.HearAsync("execution"))["execution"]["status"].AsString);
        await server.SendAsync("POST", $"/api/v1/executions/{execution}/cancel");
        var last = (await client.HearAsync("execution"))["execution"];

        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal((execution, workflow, "cancelled"), (last["id"].AsString, last["workflowId"].AsString, last["status"].AsString));
    }

    [Fact]
    public async Task An_express_execution_is_shown_once_it_has_ended()
    {
        var workflow = await SaveAsync("""{"name":"x","nodes":[{"id":"start","type":"start"}],"settings":{"mode":"express"}}""");
        using var client = await StreamClient.OpenAsync(server);
        await client.SayAndSettleAsync($$"""{"type":"subscribe","workflowId":"{{workflow}}"}""");

        await RunAsync(workflow, """{"wait":true}""");

        Assert.Equal("success", (await client.HearAsync("execution"))["execution"]["status"].AsString);
    }

    [Fact]
    public async Task A_workflow_is_shown_now_and_on_every_change()
    {
        var workflow = await SaveAsync("""{"name":"before"}""");
        using var client = await StreamClient.OpenAsync(server);
        await client.SayAsync($$"""{"type":"subscribe","workflowId":"{{workflow}}"}""");
        Assert.Equal("before", (await client.HearAsync("workflow"))["workflow"]["name"].AsString);

        await server.SendAsync("PATCH", $"/api/v1/workflows/{workflow}", """{"name":"after"}""");

        Assert.Equal("after", (await client.HearAsync("workflow"))["workflow"]["name"].AsString);
    }

    [Theory]
    [InlineData("nonsense", "VALIDATION_ERROR")]
    [InlineData("[]", "VALIDATION_ERROR")]
    [InlineData("""{"type":"subscrbe"}""", "VALIDATION_ERROR")]
    [InlineData("""{"type":"subscribe"}""", "VALIDATION_ERROR")]
    [InlineData("""{"type":"subscribe","executionId":"a","workflowId":"b"}""", "VALIDATION_ERROR")]
    [InlineData("""{"type":"subscribe","executionId":"a","afterSeq":-1}""", "VALIDATION_ERROR")]
    [InlineData("""{"type":"subscribe","executionId":"a","afterseq":1}""", "VALIDATION_ERROR")]
    [InlineData("""{"type":"subscribe","executionId":"nobody"}""", "NOT_FOUND")]
    [InlineData("""{"type":"subscribe","workflowId":"nobody"}""", "NOT_FOUND")]
    public async Task A_message_that_cannot_be_acted_on_is_refused_and_the_socket_stays_open(string message, string code)
    {
        using var client = await StreamClient.OpenAsync(server);

        await client.SayAsync(message);

        Assert.Equal(code, (await client.HearAsync("error"))["code"].AsString);
        await client.SayAsync("""{"type":"ping"}""");
        await client.HearAsync("pong");
    }

    [Fact]
    public async Task Another_tenant_s_executions_and_workflows_do_not_exist()
    {
        var workflow = await SaveAsync(Waits);
        var execution = await RunAsync(workflow, "{}");
        var ticket = server.Services.GetRequiredService<StreamTickets>().Issue(new Principal("other", "apikey:x", ["*"]), StreamTopics.None);
        using var client = await StreamClient.OpenAsync(server, ticket.Token);

        foreach (var wish in new[] { $"\"executionId\":\"{execution}\"", $"\"workflowId\":\"{workflow}\"" })
        {
            await client.SayAsync($$"""{"type":"subscribe",{{wish}}}""");
            Assert.Equal("NOT_FOUND", (await client.HearAsync("error"))["code"].AsString);
        }
    }

    [Fact]
    public async Task Too_many_refused_messages_close_with_1008()
    {
        using var client = await StreamClient.OpenAsync(server);

        for (var i = 0; i < 20; i++) await client.SayAsync("nonsense");

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await client.ClosedAsync());
    }

    [Theory]
    [InlineData(64 * 1024, null)]
    [InlineData((64 * 1024) + 1, WebSocketCloseStatus.MessageTooBig)]
    public async Task A_message_above_64_KiB_closes_with_1009(int bytes, WebSocketCloseStatus? closed)
    {
        using var client = await StreamClient.OpenAsync(server);

        await client.SayAsync("""{"type":"ping"}""".PadRight(bytes));

        if (closed is null) await client.HearAsync("pong");
        else Assert.Equal(closed, await client.ClosedAsync());
    }

    [Fact]
    public async Task The_101st_subscription_of_a_socket_is_refused()
    {
        var workflow = await SaveAsync(Waits);
        using var client = await StreamClient.OpenAsync(server);
        for (var i = 0; i < 100; i++) await client.SayAsync($$"""{"type":"subscribe","executionId":"{{await RunAsync(workflow, "{}")}}"}""");

        await client.SayAsync($$"""{"type":"subscribe","workflowId":"{{workflow}}"}""");

        Assert.Equal("RATE_LIMITED", (await client.HearAsync("error"))["code"].AsString);
    }

    [Fact]
    public async Task A_goodbye_is_answered()
    {
        using var client = await StreamClient.OpenAsync(server);

        await client.CloseAsync();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    private async Task<string> SaveAsync(string workflow) => (await server.SendAsync("POST", "/api/v1/workflows", workflow)).Body["id"].AsString!;

    private async Task<string> RunAsync(string workflowId, string body)
    {
        var (_, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{workflowId}/execute", body);
        return answer["executionId"].AsString ?? answer["id"].AsString ?? throw new InvalidOperationException(answer.ToString());
    }
}
