using System.Text;

namespace LinkFlow.Scenarios.Contract;

/// <summary>Branches that fan out and meet again, over and over: items double at each step.</summary>
public sealed class InflowScenarios
{
    [Fact]
    public async Task References_that_double_at_every_step_end_the_execution_and_not_the_process()
    {
        await using var server = new TestServer();
        var id = await server.ActivateAsync(Workflow(steps: 60));
        var (_, started, _) = await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"wait":true}""");
        var execution = await server.UntilAsync(started["id"].AsString ?? started["executionId"].AsString!, "error", "success");
        Assert.Equal("TOO_MANY_ITEMS", execution["error"]["code"].AsString);
        Assert.Contains("reach the node", execution["error"]["message"].AsString);
        Assert.Equal(200, (await server.SendAsync("GET", "/health/ready")).Status);
    }

    private static string Workflow(int steps)
    {
        var (nodes, connections) = (new StringBuilder("""{"id":"start","type":"start"},{"id":"n0","type":"no_op"}"""), new StringBuilder("""{"source":"start","target":"n0"}"""));
        for (var step = 1; step <= steps; step++)
        {
            foreach (var node in new[] { $"a{step}", $"b{step}", $"n{step}" }) nodes.Append($$""",{"id":"{{node}}","type":"no_op","disabled":true}""");
            foreach (var side in new[] { $"a{step}", $"b{step}" })
                connections.Append($$""",{"source":"n{{step - 1}}","target":"{{side}}"},{"source":"{{side}}","target":"n{{step}}"}""");
        }

        return $$"""{"name":"Doubling","nodes":[{{nodes}}],"connections":[{{connections}}]}""";
    }
}
