using LinkFlow.Scenarios.Contract;

namespace LinkFlow.Scenarios.Faults;

public sealed class VariableKillTests
{
    [Fact]
    public async Task What_was_pinned_survives_a_crash()
    {
        using var folder = new TemporaryFolder();
        var server = await ServerProcess.StartAsync(folder.Path);
        var variable = (await server.SendAsync(HttpMethod.Post, "/api/v1/variables", """{"name":"REGION","value":"old"}"""))["id"].AsString;
        var workflow = (await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", VariableScenarios.Waiting("{}")))["id"].AsString!;
        await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{workflow}/activate");
        var id = (await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{workflow}/execute", """{"mode":"api"}"""))["executionId"].AsString;
        await server.SendAsync(HttpMethod.Put, $"/api/v1/variables/{variable}", """{"name":"REGION","value":"new"}""");

        server.Kill();
        await using var next = await ServerProcess.StartAsync(folder.Path);
        await next.SendAsync(HttpMethod.Post, $"/api/v1/executions/{id}/signals/go", "{}");
        await next.FinishedAsync(workflow);

        Assert.Equal("old", VariableScenarios.Seen(await next.SendAsync(HttpMethod.Get, $"/api/v1/executions/{id}?include=data")));
    }
}
