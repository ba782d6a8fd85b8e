using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Events;

public sealed class EventTriggerTests
{
    private const string Order = """{"specversion":"1.0","id":"e1","source":"/shop","type":"com.example.order.placed","time":"2026-11-21T00:00:00.000Z","subject":"o1","tenantid":"default","correlationid":"c1","causationdepth":4,"data":{"country":"DE"}}""";

    [Fact]
    public async Task An_event_starts_the_active_workflows_whose_type_and_filter_match()
    {
        await using var platform = await TestPlatform.StartAsync();
        var exact = await ActivateAsync(platform, "com.example.order.placed");
        var prefix = await ActivateAsync(platform, "com.example.*", """{"data.country":["DE","AT"]}""");
        await ActivateAsync(platform, "com.example.order.*", """{"data.country":"FR"}""");
        await ActivateAsync(platform, "com.example.order.paid");
        await HandleAsync(platform, Order);
        var starts = platform.Runtime.Starts;
        Assert.Equal(new[] { exact, prefix }.Order(), starts.Select(s => s.WorkflowId).Order());
        Assert.All(starts, s => Assert.Equal(("event", "event:e1", "on"), (s.Mode, s.StartedBy, s.StartNode)));
        Assert.Equal(JsonText.Parse(Order), Value.From(Assert.Single(starts[0].Input).Json));
        Assert.Equal(("c1", "e1", 5), (starts[0].Cause!.CorrelationId, starts[0].Cause!.CausationId, starts[0].Cause!.Depth));
    }

    [Fact]
    public async Task The_same_source_and_id_starts_a_workflow_once_in_seven_days()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ActivateAsync(platform, "com.example.order.placed");
        await HandleAsync(platform, Order);
        await HandleAsync(platform, Order, tries: 2);
        await HandleAsync(platform, Order.Replace("o1", "o2", StringComparison.Ordinal));
        Assert.Single(platform.Runtime.Starts);
        await HandleAsync(platform, Order.Replace("/shop", "/bank", StringComparison.Ordinal));
        Assert.Equal(2, platform.Runtime.Starts.Count);
        platform.Clock.Advance(TimeSpan.FromDays(7.01));
        await HandleAsync(platform, Order);
        Assert.Equal(3, platform.Runtime.Starts.Count);
    }

    [Fact]
    public async Task A_replay_starts_it_once_more_and_only_once()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ActivateAsync(platform, "com.example.order.placed");
        foreach (var replay in new long?[] { null, 1, 1, 2 }) await HandleAsync(platform, Order, replay: replay);
        Assert.Equal(3, platform.Runtime.Starts.Count);
    }

    [Fact]
    public async Task A_workflow_that_cannot_start_keeps_no_other_from_it_and_is_tried_again_alone()
    {
        await using var platform = await TestPlatform.StartAsync();
        var broken = await ActivateAsync(platform, "com.example.*");
        await ActivateAsync(platform, "com.example.order.placed");
        platform.Runtime.OnStart = s => s.WorkflowId == broken ? throw new ArgumentException("No.") : Task.FromResult(new StartOutcome(StartOutcomeKind.Accepted, s.ExecutionId, default, default));
        var refused = await Assert.ThrowsAsync<EventRefusedException>(() => HandleAsync(platform, Order));
        Assert.Equal(("START_REFUSED", "No."), (refused.Reason, refused.Message));
        Assert.Equal(2, platform.Runtime.Starts.Count);
    }

    [Fact]
    public async Task A_store_that_is_full_is_no_fault_of_the_event()
    {
        await using var platform = await TestPlatform.StartAsync();
        await ActivateAsync(platform, "com.example.*");
        platform.Store.FailNext = _ => true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => HandleAsync(platform, Order));
        await HandleAsync(platform, Order, tries: 2);
        Assert.Single(platform.Runtime.Starts);
    }

    [Fact]
    public async Task A_deactivated_workflow_is_not_started_and_its_types_are_wanted_no_more()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await ActivateAsync(platform, "com.example.*");
        Assert.True(await Triggers(platform).WantsAsync("default", "com.example.a", default));
        Assert.False(await Triggers(platform).WantsAsync("other", "com.example.a", default));
        await platform.PostAsync($"/api/v1/workflows/{id}/deactivate");
        Assert.False(await Triggers(platform).WantsAsync("default", "com.example.a", default));
        await HandleAsync(platform, Order);
        Assert.Empty(platform.Runtime.Starts);
    }

    [Fact]
    public async Task A_new_version_takes_its_triggers_with_it()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await ActivateAsync(platform, "com.example.*");
        await platform.SendAsync("PUT", $"/api/v1/workflows/{id}", Workflow("org.other.*", "{}"));
        Assert.True(await Triggers(platform).WantsAsync("default", "com.example.a", default));
        await platform.PostAsync($"/api/v1/workflows/{id}/activate");
        Assert.Equal((false, true), (await Triggers(platform).WantsAsync("default", "com.example.a", default), await Triggers(platform).WantsAsync("default", "org.other.a", default)));
    }

    [Theory]
    [InlineData("*", "{}", "/nodes/0/parameters/type", "its own executions")]
    [InlineData("a.*.b", "{}", "/nodes/0/parameters/type", "elsewhere than at its end")]
    [InlineData("{{ $json.a }}", "{}", "/nodes/0/parameters/type", "cannot be an expression")]
    [InlineData("a", """{"Subject":1}""", "/nodes/0/parameters/filter/Subject", "lower-case")]
    [InlineData("a", """{"subject":"{{ 1 }}"}""", "/nodes/0/parameters/filter", "expression")]
    public async Task An_activation_is_refused_for_a_type_or_filter_that_means_nothing(string type, string filter, string pointer, string message)
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.WorkflowAsync(Workflow(type, filter));
        var answer = await platform.PostAsync($"/api/v1/workflows/{id}/activate");
        Assert.Equal(400, answer.Status);
        Assert.Contains(message, answer.Details[pointer].ToString());
    }

    private static IEventSubscriber Triggers(TestPlatform platform) => platform.Services.GetServices<IEventSubscriber>().Single(s => s.Name == "triggers");

    private static Task HandleAsync(TestPlatform platform, string json, int tries = 1, long? replay = null) =>
        Triggers(platform).HandleAsync(new EventDelivery { Event = CloudEvent.FromJson(JsonText.Parse(json)), Work = new UnitOfWork("default"), Try = tries, Replay = replay }, default);

    private static Task<string> ActivateAsync(TestPlatform platform, string type, string filter = "{}") => platform.ActiveWorkflowAsync(Workflow(type, filter));

    private static string Workflow(string type, string filter) => $$$"""
        {"name":"w","nodes":[{"id":"on","type":"event","parameters":{"type":"{{{type}}}","filter":{{{filter}}}}},{"id":"end","type":"no_op"}],"connections":[{"source":"on","target":"end"}]}
        """;
}
