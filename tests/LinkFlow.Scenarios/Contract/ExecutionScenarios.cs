
namespace LinkFlow.Scenarios.Contract;

/// <summary>Executions over HTTP, from start to retry, against the whole server.</summary>
public sealed class ExecutionScenarios(TestServer server) : IClassFixture<TestServer>
{
    private const string Chain = """
        {"name":"Chain","nodes":[
          {"id":"start","type":"start"},
          {"id":"double","type":"set_variable","parameters":{"fields":{"n":"{{ $json.n * 2 }}"}}},
          {"id":"large","type":"condition","parameters":{"conditions":[{"left":"{{ $json.n }}","operator":"gt","right":10}]}},
          {"id":"yes","type":"no_op"},{"id":"no","type":"no_op"}],
         "connections":[{"source":"start","target":"double"},{"source":"double","target":"large"},
          {"source":"large","sourceOutput":"true","target":"yes"},{"source":"large","sourceOutput":"false","target":"no"}]}
        """;

    private const string Waits = """
        {"name":"Waits","nodes":[{"id":"start","type":"start"},{"id":"wait","type":"wait","parameters":{"for":"signal","name":"go"}}],
         "connections":[{"source":"start","target":"wait"}]}
        """;

    private const string Fails = """
        {"name":"Fails","nodes":[{"id":"start","type":"start"},{"id":"stop","type":"stop_and_error","parameters":{"message":"no way","code":"NO_WAY"}}],
         "connections":[{"source":"start","target":"stop"}]}
        """;

    [Fact]
    public async Task A_manual_run_is_waited_for_and_shows_its_output()
    {
        var id = await SaveAsync(Chain);

        var (status, execution, _) = await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"input":[{"n":1},{"n":9}],"wait":true}""");

        Assert.Equal((200, "success", "manual"), (status, execution["status"].AsString, execution["mode"].AsString));
        Assert.Equal([18d, 2d], execution["output"].AsArray!.Select(i => i["json"]["n"].AsNumber));
    }

    [Fact]
    public async Task A_run_shows_its_nodes_their_data_and_its_history()
    {
        var id = await SaveAsync(Chain);
        var execution = await RunAsync(id, """{"input":{"n":9},"wait":true}""");

        var (_, nodes, _) = await server.SendAsync("GET", $"/api/v1/executions/{execution}/nodes");
        var (_, one, _) = await server.SendAsync("GET", $"/api/v1/executions/{execution}/nodes/double?run=0");
        var (_, history, _) = await server.SendAsync("GET", $"/api/v1/executions/{execution}/history?limit=2");
        var (_, rest, _) = await server.SendAsync("GET", $"/api/v1/executions/{execution}/history?cursor={history["nextCursor"].AsString}");

        Assert.Equal(["double:success", "large:success", "no:skipped", "start:success", "yes:success"],
            nodes["items"].AsArray!.Select(n => $"{n["nodeId"].AsString}:{n["status"].AsString}").Order());
        Assert.Equal((9d, 18d), (one["input"]["main"].AsArray![0]["json"]["n"].AsNumber, one["output"]["main"].AsArray![0]["json"]["n"].AsNumber));
        Assert.Equal("execution_started", history["items"].AsArray![0]["type"].AsString);
        Assert.Equal(3, rest["items"].AsArray![0]["seq"].AsNumber);
        Assert.Equal("execution_finished", rest["items"].AsArray![^1]["type"].AsString);
    }

    [Fact]
    public async Task Events_are_streamed_from_where_the_caller_left_off_to_the_end()
    {
        var id = await SaveAsync(Waits);
        var execution = await RunAsync(id, "{}");
        var stream = server.Http.GetStringAsync(new Uri($"/api/v1/executions/{execution}/events", UriKind.Relative));
        await server.SendAsync("POST", $"/api/v1/executions/{execution}/signals/go", """{"ok":true}""");

        var whole = await stream;
        var (_, rest, _) = await server.SendAsync("GET", $"/api/v1/executions/{execution}/events", null, ("Last-Event-ID", "2"));

        Assert.Contains("id: 1\nevent: execution_started\ndata: {", whole, StringComparison.Ordinal);
        Assert.EndsWith("event: end\ndata: {\"status\":\"success\"}\n\n", whole, StringComparison.Ordinal);
        Assert.StartsWith("id: 3\n", rest.AsString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_wakes_a_wait_and_its_body_becomes_the_item()
    {
        var id = await SaveAsync(Waits);
        var execution = await RunAsync(id, "{}");
        await server.UntilAsync(execution, "waiting");

        var (status, _, _) = await server.SendAsync("POST", $"/api/v1/executions/{execution}/signals/go", """{"answer":42}""");

        Assert.Equal(202, status);
        Assert.Equal(42, (await server.UntilAsync(execution, "success"))["output"].AsArray![0]["json"]["answer"].AsNumber);
    }

    [Fact]
    public async Task Pause_resume_and_cancel_are_followed_and_a_finished_execution_takes_none()
    {
        var id = await SaveAsync(Waits);
        var execution = await RunAsync(id, "{}");
        await server.UntilAsync(execution, "waiting");

        await server.SendAsync("POST", $"/api/v1/executions/{execution}/pause");
        await server.UntilAsync(execution, "paused");
        await server.SendAsync("POST", $"/api/v1/executions/{execution}/resume");
        await server.UntilAsync(execution, "waiting");
        await server.SendAsync("POST", $"/api/v1/executions/{execution}/cancel");
        await server.UntilAsync(execution, "cancelled");

        foreach (var command in new[] { "pause", "resume", "cancel", "signals/go" })
            Assert.Equal(409, (await server.SendAsync("POST", $"/api/v1/executions/{execution}/{command}")).Status);
    }

    [Theory]
    [InlineData("/api/v1/executions/none")]
    [InlineData("/api/v1/executions/none/nodes")]
    [InlineData("/api/v1/executions/none/nodes/a?run=1")]
    [InlineData("/api/v1/executions/none/history")]
    [InlineData("/api/v1/executions/none/events")]
    [InlineData("/api/v1/executions/00000000-0000-7000-8000-000000000000")]
    [InlineData("/api/v1/executions/%F0%9F%98%80%27%22")]
    [InlineData("/api/v1/workflows/none/versions")]
    [InlineData("/api/v1/workflows/none/versions/99999999999")]
    [InlineData("/api/v1/nodes/none")]
    [InlineData("/api/v1/api-keys/none")]
    [InlineData("/resume/none/none")]
    public async Task What_is_not_there_is_404(string path)
    {
        var (status, body, _) = await server.SendAsync("GET", path);

        Assert.Equal((404, "NOT_FOUND"), (status, body["error"]["code"].AsString));
    }

    [Fact]
    public async Task Runs_are_paged_where_a_limit_is_given()
    {
        var execution = await RunAsync(await SaveAsync(Chain), """{"input":{"n":9},"wait":true}""");

        var (_, first, _) = await server.SendAsync("GET", $"/api/v1/executions/{execution}/nodes?limit=3");
        var (_, second, _) = await server.SendAsync("GET", $"/api/v1/executions/{execution}/nodes?limit=3&cursor={first["nextCursor"].AsString}");

        Assert.Equal((3, 2), (first["items"].AsArray!.Count, second["items"].AsArray!.Count));
        Assert.True(second["nextCursor"].IsNull);
    }

    [Fact]
    public async Task Another_mode_than_manual_needs_an_active_workflow()
    {
        var id = await SaveAsync(Chain);
        Assert.Equal(409, (await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"mode":"api"}""")).Status);

        await server.SendAsync("POST", $"/api/v1/workflows/{id}/activate");

        Assert.Equal(202, (await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"mode":"api"}""")).Status);
    }

    [Theory]
    [InlineData("""{"input":5}""", "/input")]
    [InlineData("""{"input":[1]}""", "/input/0")]
    [InlineData("""{"mode":"webhook"}""", "/mode")]
    [InlineData("""{"timeoutSeconds":201}""", "/timeoutSeconds")]
    [InlineData("""{"startNodeId":"strat"}""", "/startNodeId")]
    [InlineData("""{"wiat":true}""", "/wiat")]
    public async Task A_run_that_cannot_be_meant_is_400_by_pointer(string body, string pointer)
    {
        var id = await SaveAsync(Chain);

        var (status, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", body);

        Assert.Equal(400, status);
        Assert.True(answer["error"]["details"][pointer].IsArray, answer.ToString());
    }

    [Fact]
    public async Task A_failed_run_tells_why_and_can_be_retried()
    {
        var id = await SaveAsync(Fails);
        var failed = await RunAsync(id, """{"wait":true}""");

        var (status, retried, _) = await server.SendAsync("POST", $"/api/v1/executions/{failed}/retry", """{"from":"failed"}""");
        var second = await server.UntilAsync(retried["executionId"].AsString!, "error");

        Assert.Equal((202, failed, "retry"), (status, second["retryOf"].AsString, second["mode"].AsString));
        Assert.Equal(("NO_WAY", "stop"), (second["error"]["code"].AsString, second["error"]["nodeId"].AsString));
        Assert.Equal(400, (await server.SendAsync("POST", $"/api/v1/executions/{failed}/retry", """{"from":"nowhere"}""")).Status);
    }

    [Fact]
    public async Task Only_a_finished_execution_can_be_deleted()
    {
        var id = await SaveAsync(Waits);
        var execution = await RunAsync(id, "{}");
        Assert.Equal(409, (await server.SendAsync("DELETE", $"/api/v1/executions/{execution}")).Status);
        await server.SendAsync("POST", $"/api/v1/executions/{execution}/cancel");
        await server.UntilAsync(execution, "cancelled");

        Assert.Equal(204, (await server.SendAsync("DELETE", $"/api/v1/executions/{execution}")).Status);

        Assert.Equal(404, (await server.SendAsync("GET", $"/api/v1/executions/{execution}")).Status);
    }

    [Fact]
    public async Task Lists_are_filtered_by_workflow_status_mode_and_time()
    {
        var id = await SaveAsync(Chain);
        var execution = await RunAsync(id, """{"wait":true,"input":{"n":1}}""");

        foreach (var filter in new[] { "status=success", "mode=manual", "from=2020-01-01", "to=2999-01-01T00:00:00Z" })
            Assert.Equal([execution], await ListAsync($"workflowId={id}&{filter}"));
        foreach (var filter in new[] { "status=error", "mode=webhook", "from=2999-01-01", "to=2020-01-01" })
            Assert.Empty(await ListAsync($"workflowId={id}&{filter}"));
    }

    [Fact]
    public async Task The_same_Idempotency_Key_starts_one_execution()
    {
        var id = await SaveAsync(Chain);
        (string, string)[] key = [("Idempotency-Key", Guid.NewGuid().ToString())];

        var (_, first, _) = await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"input":{"n":1},"wait":true}""", key);
        var (_, again, _) = await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"input":{"n":1},"wait":true}""", key);

        Assert.Equal("success", first["status"].AsString);
        Assert.Equal(first, again);
        Assert.Single(await ListAsync($"workflowId={id}"));
    }

    private async Task<IEnumerable<string>> ListAsync(string query) =>
        (await server.SendAsync("GET", "/api/v1/executions?" + query)).Body["items"].AsArray!.Select(e => e["id"].AsString!).ToList();

    private async Task<string> SaveAsync(string workflow) => (await server.SendAsync("POST", "/api/v1/workflows", workflow)).Body["id"].AsString!;

    private async Task<string> RunAsync(string workflowId, string body)
    {
        var (_, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{workflowId}/execute", body);
        return answer["executionId"].AsString ?? answer["id"].AsString ?? throw new InvalidOperationException(answer.ToString());
    }
}
