namespace LinkFlow.Scenarios.Contract;

/// <summary>Schedules in the running server.</summary>
public sealed class ScheduleScenarios
{
    [Fact]
    public async Task A_schedule_node_fires_on_time_until_its_workflow_is_deactivated()
    {
        await using var server = new TestServer();
        var id = await server.ActivateAsync("""
            {"name":"Every second","nodes":[{"id":"tick","type":"schedule","parameters":{"everySeconds":1}},
              {"id":"say","type":"set_variable","parameters":{"fields":{"said":"{{ $json.dueAt }}"}}}],
             "connections":[{"source":"tick","target":"say"}]}
            """);
        var (_, list, _) = await server.SendAsync("GET", $"/api/v1/schedules?workflowId={id}");
        var schedule = list["items"].AsArray![0]["id"].AsString!;
        var fired = await UntilAsync(server, $"/api/v1/schedules/{schedule}/firings", atLeast: 3);
        Assert.All(fired, f => Assert.Equal("started", f["outcome"].AsString));
        var execution = await server.UntilAsync(fired[0]["executionId"].AsString!, "success");
        Assert.Equal(("schedule", $"schedule:{schedule}", fired[0]["dueAt"].AsString), (execution["mode"].AsString, execution["startedBy"].AsString, execution["output"].AsArray![0]["json"]["said"].AsString));

        await server.SendAsync("POST", $"/api/v1/workflows/{id}/deactivate");
        var before = await CountAsync(server, id);
        await Task.Delay(1500);
        Assert.Equal(before, await CountAsync(server, id));
    }

    [Fact]
    public async Task A_schedule_made_by_the_api_fires_the_trigger_it_names()
    {
        await using var server = new TestServer();
        var id = await server.ActivateAsync("""{"name":"Yearly","nodes":[{"id":"a","type":"schedule","parameters":{"cron":"@yearly"}},{"id":"b","type":"schedule","parameters":{"cron":"@yearly"}}],"connections":[]}""");
        var (refused, problem, _) = await server.SendAsync("POST", "/api/v1/schedules", $$"""{"workflowId":"{{id}}","everySeconds":1}""");
        Assert.Equal((400, true), (refused, problem["error"]["details"]["/nodeId"].ToString().Contains("2 schedule triggers", StringComparison.Ordinal)));
        var (created, schedule, _) = await server.SendAsync("POST", "/api/v1/schedules", $$"""{"workflowId":"{{id}}","nodeId":"b","everySeconds":1}""");
        Assert.Equal(201, created);
        await UntilAsync(server, $"/api/v1/schedules/{schedule["id"].AsString}/firings", atLeast: 1);
    }

    private static async Task<int> CountAsync(TestServer server, string workflowId)
    {
        var (_, list, _) = await server.SendAsync("GET", $"/api/v1/executions?workflowId={workflowId}&limit=200");
        return list["items"].AsArray!.Count;
    }

    private static async Task<LinkFlow.Engine.Values.ArrayValue> UntilAsync(TestServer server, string path, int atLeast)
    {
        for (var tries = 0; tries < 1_000; tries++)
        {
            var (_, list, _) = await server.SendAsync("GET", path);
            if (list["items"].AsArray is { } items && items.Count >= atLeast) return items;
            await Task.Delay(20);
        }

        throw new TimeoutException($"{path} did not come to {atLeast} items.");
    }
}
