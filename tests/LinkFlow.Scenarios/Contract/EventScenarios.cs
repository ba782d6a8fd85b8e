using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract;

/// <summary>Events in the running server: published, they start workflows, whose own events may start others.</summary>
public sealed class EventScenarios
{
    [Fact]
    public async Task A_published_event_starts_a_workflow_once_with_the_whole_event()
    {
        await using var server = new TestServer();
        var id = await server.ActivateAsync(Workflow("Placed", "com.example.order.*", """{"data.country":["DE","AT"]}"""));
        for (var n = 0; n < 2; n++) await PublishAsync(server, "e1", """{"country":"DE","total":5}""");
        await PublishAsync(server, "e2", """{"country":"FR"}""");
        await PublishAsync(server, "e3", """{"country":"AT"}""");
        var executions = await ExecutionsAsync(server, id, atLeast: 2);
        Assert.Equal(["event:e3", "event:e1"], executions.Select(e => e["startedBy"].AsString));
        var first = await server.UntilAsync(executions[1]["id"].AsString!, "success");
        Assert.Equal(("event", "e1", 5d), (first["mode"].AsString, first["output"].AsArray![0]["json"]["id"].AsString, first["output"].AsArray![0]["json"]["data"]["total"].AsNumber));
    }

    [Fact]
    public async Task Events_of_LinkFlow_itself_start_workflows_too()
    {
        await using var server = new TestServer();
        var watcher = await server.ActivateAsync(Workflow("Watcher", "linkflow.execution.failed.v1", "{}"));
        var failing = await server.ActivateAsync("""{"name":"Failing","nodes":[{"id":"start","type":"start"},{"id":"stop","type":"stop_and_error","parameters":{"message":"no"}}],"connections":[{"source":"start","target":"stop"}]}""");
        var (_, started, _) = await server.SendAsync("POST", $"/api/v1/workflows/{failing}/execute", "{}");
        var watching = Assert.Single(await ExecutionsAsync(server, watcher, atLeast: 1));
        var shown = await server.UntilAsync(watching["id"].AsString!, "success");
        var @event = shown["output"].AsArray![0]["json"];
        Assert.Equal((started["executionId"].AsString, "no"), (@event["subject"].AsString, @event["data"]["error"]["message"].AsString));
        Assert.Equal(started["executionId"].AsString, @event["correlationid"].AsString);
    }

    [Fact]
    public async Task A_workflow_that_is_started_by_what_it_brings_about_ends_in_a_dead_letter()
    {
        await using var server = new TestServer();
        var id = await server.ActivateAsync(Workflow("Loop", "linkflow.execution.succeeded.v1", "{}"));
        var other = await server.ActivateAsync("""{"name":"First","nodes":[{"id":"start","type":"start"}],"connections":[]}""");
        await server.SendAsync("POST", $"/api/v1/workflows/{other}/execute", "{}");
        var letter = await DeadLetterAsync(server);
        Assert.Equal(("LOOP", "triggers", "linkflow.execution.succeeded.v1"), (letter["reason"].AsString, letter["subscriber"].AsString, letter["event"]["type"].AsString));
        var executions = await ExecutionsAsync(server, id, atLeast: 32);
        Assert.InRange(executions.Count, 32, 33);
        await Task.Delay(300);
        Assert.Equal(executions.Count, (await ExecutionsAsync(server, id, atLeast: 32)).Count);
    }

    private static string Workflow(string name, string type, string filter) => $$$"""
        {"name":"{{{name}}}","nodes":[{"id":"on","type":"event","parameters":{"type":"{{{type}}}","filter":{{{filter}}}}}],"connections":[]}
        """;

    private static async Task PublishAsync(TestServer server, string id, string data)
    {
        var (status, answer, _) = await server.SendAsync("POST", "/api/v1/events", $$"""{"specversion":"1.0","id":"{{id}}","source":"https://shop.example","type":"com.example.order.placed","subject":"o1","data":{{data}}}""");
        Assert.True(status == 202, answer.ToString());
    }

    private static async Task<Value> DeadLetterAsync(TestServer server)
    {
        for (var tries = 0; tries < 1_500; tries++)
        {
            var (_, list, _) = await server.SendAsync("GET", "/api/v1/dead-letters");
            if (list["items"].AsArray is { Count: > 0 } items) return items[0];
            await Task.Delay(20);
        }

        throw new TimeoutException("There was no dead letter.");
    }

    private static async Task<ArrayValue> ExecutionsAsync(TestServer server, string workflowId, int atLeast)
    {
        for (var tries = 0; tries < 1_500; tries++)
        {
            var (_, list, _) = await server.SendAsync("GET", $"/api/v1/executions?workflowId={workflowId}&limit=200");
            if (list["items"].AsArray is { } items && items.Count >= atLeast) return items;
            await Task.Delay(20);
        }

        throw new TimeoutException($"{workflowId} did not come to {atLeast} executions.");
    }
}
