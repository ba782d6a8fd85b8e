namespace LinkFlow.Scenarios.Contract;

/// <summary>Test URLs, chosen keys and the list of last calls against the whole server.</summary>
public sealed class TestUrlScenarios(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("lastNode", """{"id":"n","type":"set_variable","parameters":{"fields":{"got":"{{ $json.body.x }}"},"include":"none"}}""", "durable")]
    [InlineData("respondNode", """{"id":"n","type":"respond","parameters":{"body":{"got":"{{ $json.body.x }}"}}}""", "durable")]
    [InlineData("respondNode", """{"id":"n","type":"respond","parameters":{"body":{"got":"{{ $json.body.x }}"}}}""", "express")]
    public async Task A_draft_answers_its_one_call_as_its_node_says(string mode, string node, string kind)
    {
        var (path, id) = await DraftAsync(node, mode, kind);
        await server.SendAsync("POST", $"/api/v1/workflows/{id}/listen");

        var (status, body, headers) = await server.SendAsync("POST", $"/webhooks-test/{path}", """{"x":7}""");
        var (again, _, _) = await server.SendAsync("POST", $"/webhooks-test/{path}", """{"x":7}""");

        Assert.Equal((200, 7d, 404), (status, body["got"].AsNumber, again));
        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
        var execution = Assert.Single((await server.SendAsync("GET", $"/api/v1/executions?workflowId={id}")).Body["items"].AsArray!);
        Assert.Equal(("manual", 1d), (execution["mode"].AsString, execution["workflowVersion"].AsNumber));
    }

    [Fact]
    public async Task The_newest_version_runs_with_its_pinned_data_while_the_active_one_goes_on()
    {
        var path = $"t{Guid.NewGuid():n}";
        var id = await server.ActivateAsync(Pinned(path, "old", "{}"));
        await server.SendAsync("PUT", $"/api/v1/workflows/{id}", Pinned(path, "new", """{"look":[{"from":"pin"}]}"""));
        await server.SendAsync("POST", $"/api/v1/workflows/{id}/listen", """{"nodeId":"hook","seconds":60}""");

        var (_, tested, _) = await server.SendAsync("POST", $"/webhooks-test/{path}", "{}");
        var (_, real, _) = await server.SendAsync("POST", $"/webhooks/{path}", "{}");

        Assert.Equal("""{"from":"pin"}""", tested.ToString());
        Assert.Equal("old", real["from"].AsString);
    }

    [Fact]
    public async Task Of_ten_calls_with_one_key_one_starts_and_the_list_tells_which()
    {
        var workflow = await server.ActivateAsync("""
            {"name":"keys","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"keys","dedupeBy":{"header":"X-Event-Id"}}},{"id":"n","type":"no_op"}],
             "connections":[{"source":"hook","target":"n"}]}
            """);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => server.SendAsync("POST", "/webhooks/keys", "{}", ("X-Event-Id", "e1"))));

        var started = Assert.Single(answers.Select(a => a.Body["executionId"].AsString).Distinct());
        var calls = (await server.SendAsync("GET", $"/api/v1/webhooks/calls?workflowId={workflow}")).Body["items"].AsArray!;
        Assert.Equal((1, 9), (calls.Count(c => c["outcome"].AsString == "started"), calls.Count(c => c["outcome"].AsString == "repeated")));
        Assert.All(calls, c => Assert.Equal((started, 200d, "e1"), (c["executionId"].AsString, c["status"].AsNumber, c["headers"]["x-event-id"].AsString)));
        Assert.All(calls, c => Assert.Equal("***", c["headers"]["x-api-key"].AsString));
    }

    private static string Pinned(string path, string from, string pinData) => $$$"""
        {"name":"pins","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"{{{path}}}","responseMode":"lastNode"}},
          {"id":"look","type":"set_variable","parameters":{"fields":{"from":"{{{from}}}"},"include":"none"}}],
         "connections":[{"source":"hook","target":"look"}],"pinData":{{{pinData}}}}
        """;

    private async Task<(string Path, string Id)> DraftAsync(string node, string mode, string kind)
    {
        var path = $"t{Guid.NewGuid():n}";
        var (status, saved, _) = await server.SendAsync("POST", "/api/v1/workflows", $$$"""
            {"name":"draft","settings":{"mode":"{{{kind}}}"},"nodes":[{"id":"hook","type":"webhook","parameters":{"path":"{{{path}}}","responseMode":"{{{mode}}}"}},{{{node}}}],
             "connections":[{"source":"hook","target":"n"}]}
            """);
        return status == 201 ? (path, saved["id"].AsString!) : throw new InvalidOperationException(saved.ToString());
    }
}
