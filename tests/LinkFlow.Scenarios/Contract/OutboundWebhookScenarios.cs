using LinkFlow.Engine.Values;
using LinkFlow.Scenarios.Faults;

namespace LinkFlow.Scenarios.Contract;

/// <summary>Outbound webhooks of the running server.</summary>
public sealed class OutboundWebhookScenarios
{
    [Fact]
    public async Task A_slow_receiver_holds_no_other_up()
    {
        await using var server = new TestServer { Settings = new Dictionary<string, string> { ["LinkFlow:Outbound:Allow"] = "127.0.0.0/8" } };
        await using var slow = await RecordingTarget.StartAsync();
        await using var fast = await RecordingTarget.StartAsync();
        slow.Delay = TimeSpan.FromSeconds(60);
        foreach (var target in new[] { slow, fast }) await SubscribeAsync(server, target, "com.example.*");
        for (var n = 0; n < 50; n++) await server.SendAsync("POST", "/api/v1/events", $$"""{"type":"com.example.a","subject":"same","data":{{n}}}""");
        await UntilAsync(() => fast.Calls.Count == 50);
        Assert.Equal(Enumerable.Range(0, 50), fast.Calls.Select(c => (int)JsonText.Parse(c.Body)["data"].AsNumber).Order());
        // Nothing came of its first call yet, so no second one was begun.
        Assert.Single(slow.Calls);
    }

    [Fact]
    public async Task With_a_concurrency_of_one_deliveries_come_in_order()
    {
        await using var server = new TestServer { Settings = new Dictionary<string, string> { ["LinkFlow:Outbound:Allow"] = "127.0.0.0/8" } };
        await using var target = await RecordingTarget.StartAsync();
        await SubscribeAsync(server, target, "com.example.*", ""","concurrency":1""");
        for (var n = 0; n < 40; n++) await server.SendAsync("POST", "/api/v1/events", $$"""{"type":"com.example.a","subject":"same","data":{{n}}}""");
        await UntilAsync(() => target.Calls.Count == 40);
        Assert.Equal(Enumerable.Range(0, 40), target.Calls.Select(c => (int)JsonText.Parse(c.Body)["data"].AsNumber));
    }

    [Fact]
    public async Task An_event_of_a_failed_execution_is_delivered_to_who_asked_for_it()
    {
        await using var server = new TestServer { Settings = new Dictionary<string, string> { ["LinkFlow:Outbound:Allow"] = "127.0.0.0/8" } };
        await using var target = await RecordingTarget.StartAsync();
        var id = await server.ActivateAsync("""{"name":"F","nodes":[{"id":"start","type":"start"},{"id":"stop","type":"stop_and_error","parameters":{"message":"no"}}],"connections":[{"source":"start","target":"stop"}]}""");
        await SubscribeAsync(server, target, "linkflow.execution.failed.v1", $$$""","filter":{"data.workflowId":"{{{id}}}"}""");
        await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", "{}");
        await UntilAsync(() => !target.Calls.IsEmpty);
        Assert.Equal("linkflow.execution.failed.v1", JsonText.Parse(Assert.Single(target.Calls).Body)["type"].AsString);
    }

    private static async Task SubscribeAsync(TestServer server, RecordingTarget target, string type, string more = "")
    {
        var (status, answer, _) = await server.SendAsync("POST", "/api/v1/event-subscriptions", $$"""{"name":"n","url":"{{target.Url}}/hook","types":["{{type}}"]{{more}}}""");
        Assert.True(status == 201, answer.ToString());
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var tries = 0; tries < 1_500 && !holds(); tries++) await Task.Delay(20);
        Assert.True(holds());
    }
}
