namespace LinkFlow.Scenarios.Faults;

/// <summary>A node that takes the process down with it, each time it runs.</summary>
public sealed class CrashingNodeTests
{
    private static readonly Dictionary<string, string> Settings = new() { ["LinkFlow__Outbound__Allow"] = "127.0.0.0/8" };

    [Fact]
    public async Task A_node_that_kills_the_process_fails_with_CRASHED_at_its_fourth_recovery()
    {
        await using var target = await RecordingTarget.StartAsync();
        using var folder = new TemporaryFolder();
        var server = await ServerProcess.StartAsync(folder.Path, Settings);
        var called = target.KillOnCall("/poison", () => server.Kill());
        var id = await CreateAsync(server, target.Url);

        await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{id}/execute", "{}");
        for (var call = 1; call <= 4; call++)
        {
            Assert.True(await called.WaitAsync(TimeSpan.FromSeconds(20)), $"Call {call} did not come.");
            server = ServerProcess.Launch(folder.Path, Settings);
        }

        await using (server)
        {
            await server.ReadyAsync();
            var execution = await server.FinishedAsync(id);
            Assert.Equal("error", execution["status"].AsString);
            Assert.True(execution["error"]["code"].AsString == "CRASHED", $"{execution}\n{server.Output}");
            Assert.Equal("poison", execution["error"]["nodeId"].AsString);
            Assert.Equal(4, target.Calls.Count);
            Assert.Single(target.Calls.Select(c => c.Key).Distinct());
        }
    }

    [Fact]
    public async Task A_node_with_onCrash_fail_is_called_at_most_once()
    {
        await using var target = await RecordingTarget.StartAsync();
        using var folder = new TemporaryFolder();
        var server = await ServerProcess.StartAsync(folder.Path, Settings);
        var called = target.KillOnCall("/poison", () => server.Kill());
        var id = await CreateAsync(server, target.Url, onCrash: "fail");

        await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{id}/execute", "{}");
        Assert.True(await called.WaitAsync(TimeSpan.FromSeconds(20)), "The call did not come.");
        server = ServerProcess.Launch(folder.Path, Settings);

        await using (server)
        {
            await server.ReadyAsync();
            var execution = await server.FinishedAsync(id);
            Assert.True(execution["error"]["code"].AsString == "CRASHED", $"{execution}\n{server.Output}");
            Assert.Single(target.Calls);
        }
    }

    private static async Task<string> CreateAsync(ServerProcess server, string target, string onCrash = "rerun")
    {
        var workflow = await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", $$$"""
            {"name":"Poison","nodes":[{"id":"start","type":"start"},
              {"id":"poison","type":"http_request","onCrash":"{{{onCrash}}}","parameters":{"method":"POST","url":"{{{target}}}/poison"}}],
             "connections":[{"source":"start","target":"poison"}]}
            """);
        return workflow["id"].AsString!;
    }
}
