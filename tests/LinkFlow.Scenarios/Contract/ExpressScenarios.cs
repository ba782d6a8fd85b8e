namespace LinkFlow.Scenarios.Contract;

/// <summary>Express workflows over HTTP: what they may await, and that they answer.</summary>
public sealed class ExpressScenarios(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("express", 200)]
    [InlineData("durable", 400)]
    public async Task An_express_workflow_may_await_only_express_ones(string mode, int expected)
    {
        var child = await SaveAsync($$$$"""
            {"name":"Child","settings":{"mode":"{{{{mode}}}}"},"nodes":[{"id":"called","type":"subworkflow"},{"id":"set","type":"set_variable","parameters":{"fields":{"n":"{{ $json.n + 1 }}"}}}],
             "connections":[{"source":"called","target":"set"}]}
            """);
        await server.SendAsync("POST", $"/api/v1/workflows/{child}/activate");
        var parent = await SaveAsync($$$$"""
            {"name":"Parent","settings":{"mode":"express"},"nodes":[{"id":"start","type":"start"},{"id":"call","type":"execute_workflow","parameters":{"workflowId":"{{{{child}}}}"}}],
             "connections":[{"source":"start","target":"call"}]}
            """);

        var (status, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{parent}/execute", """{"input":{"n":1},"wait":true}""");

        Assert.True(status == expected, $"{status}: {answer}");
        if (status == 200) Assert.Equal(2, answer["output"].AsArray![0]["json"]["n"].AsNumber);
        else Assert.Contains("which is durable", answer["error"]["details"].ToString(), StringComparison.Ordinal);
    }

    private async Task<string> SaveAsync(string workflow) => (await server.SendAsync("POST", "/api/v1/workflows", workflow)).Body["id"].AsString!;
}
