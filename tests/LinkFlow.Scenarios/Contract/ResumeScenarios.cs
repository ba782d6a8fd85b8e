using System.Text.RegularExpressions;

namespace LinkFlow.Scenarios.Contract;

/// <summary>A workflow that hands out its resume URL and waits for the call.</summary>
public sealed class ResumeScenarios(TestServer server) : IClassFixture<TestServer>
{
    private const string Waiting = """
        {"name":"Resume","nodes":[{"id":"start","type":"start"},
          {"id":"link","type":"set_variable","parameters":{"fields":{"url":"{{ $execution.resumeUrl }}"}}},
          {"id":"wait","type":"wait","parameters":{"for":"webhook"}}],
         "connections":[{"source":"start","target":"link"},{"source":"link","target":"wait"}]}
        """;

    [Fact]
    public async Task Only_POST_resumes_and_its_request_becomes_the_item()
    {
        var (execution, path) = await StartAsync();

        var (shown, page, _) = await server.SendAsync("GET", path);
        Assert.Equal(200, shown);
        Assert.Contains("<form method=\"post\">", page.AsString, StringComparison.Ordinal);
        Assert.Equal("waiting", (await server.UntilAsync(execution, "waiting"))["status"].AsString);

        Assert.Equal(202, (await server.SendAsync("POST", path, """{"paid":true}""")).Status);

        var done = await server.UntilAsync(execution, "success");
        Assert.True(done["output"].AsArray![0]["json"]["body"]["paid"].AsBoolean);
        Assert.Equal(409, (await server.SendAsync("POST", path, "{}")).Status);
    }

    [Fact]
    public async Task A_link_that_was_changed_is_404_and_no_signal_can_stand_in_for_it()
    {
        var (execution, path) = await StartAsync();

        Assert.Equal(404, (await server.SendAsync("POST", path[..^2] + (path.EndsWith('A') ? "BB" : "AA"), "{}")).Status);
        Assert.Equal(400, (await server.SendAsync("POST", $"/api/v1/executions/{execution}/signals/~webhook:wait:0", "{}")).Status);
        Assert.Equal(404, (await server.SendAsync("POST", $"/approvals/{execution}/W10.abc", "{}")).Status);
    }

    [Theory]
    [InlineData("""{"approved":true}""", "yes")]
    [InlineData("""{"approved":false,"comment":"too dear"}""", "no")]
    public async Task An_approver_decides_by_a_link_of_their_own(string decision, string goesOnAt)
    {
        var id = (await server.SendAsync("POST", "/api/v1/workflows", """
            {"name":"Approval","nodes":[{"id":"start","type":"start"},{"id":"ask","type":"wait","parameters":{"for":"approval","approvers":["ada@example.com"]}},
              {"id":"yes","type":"no_op"},{"id":"no","type":"no_op"}],
             "connections":[{"source":"start","target":"ask"},{"source":"ask","sourceOutput":"approved","target":"yes"},{"source":"ask","sourceOutput":"rejected","target":"no"}]}
            """)).Body["id"].AsString!;
        var execution = (await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute")).Body["executionId"].AsString!;
        await server.UntilAsync(execution, "waiting");
        var asked = (await server.SendAsync("GET", $"/api/v1/executions/{execution}/nodes/ask")).Body["approvals"].AsArray!.Single();
        var path = new Uri(asked["url"].AsString!).AbsolutePath;

        Assert.Contains("Approve", (await server.SendAsync("GET", path)).Body.AsString, StringComparison.Ordinal);
        Assert.Equal(400, (await server.SendAsync("POST", path, "{}")).Status);
        Assert.Equal(202, (await server.SendAsync("POST", path, decision)).Status);

        var nodes = (await server.UntilAsync(execution, "success"))["nodes"].AsArray!;
        Assert.Equal("success", nodes.Single(n => n["nodeId"].AsString == goesOnAt)["status"].AsString);
        Assert.Equal("ada@example.com", nodes.Single(n => n["nodeId"].AsString == goesOnAt)["input"]["main"].AsArray![0]["json"]["approver"].AsString);
    }

    private async Task<(string Execution, string Path)> StartAsync()
    {
        var id = (await server.SendAsync("POST", "/api/v1/workflows", Waiting)).Body["id"].AsString!;
        var execution = (await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute")).Body["executionId"].AsString!;
        var waiting = await server.UntilAsync(execution, "waiting");
        var url = Regex.Match(waiting.ToString(), "\"url\":\"([^\"]+)\"").Groups[1].Value;
        return (execution, new Uri(url).AbsolutePath);
    }
}
