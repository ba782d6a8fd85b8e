using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Schedules;

/// <summary>An active workflow with a schedule of the test's making, and a clock that the test moves.</summary>
internal sealed class ScheduleWorld : IAsyncDisposable
{
    private const string Workflow = """{"name":"Timed","nodes":[{"id":"tick","type":"schedule","parameters":{"at":"2099-01-01T00:00:00Z"}},{"id":"end","type":"no_op"}],"connections":[{"source":"tick","target":"end"}]}""";

    private ScheduleWorld(TestPlatform platform, string workflowId) => (Platform, WorkflowId) = (platform, workflowId);

    public TestPlatform Platform { get; }
    public string WorkflowId { get; }
    public string Id { get; private set; } = "";
    public DateTimeOffset Now => Platform.Clock.GetUtcNow();
    private ScheduleFiring Firing => Platform.Services.GetRequiredService<ScheduleFiring>();

    /// <summary>The clock stands at the beginning of a minute.</summary>
    public static async Task<ScheduleWorld> StartAsync(string rule)
    {
        var platform = await TestPlatform.StartAsync();
        platform.Clock.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerMinute - (platform.Clock.GetUtcNow().UtcTicks % TimeSpan.TicksPerMinute)));
        var saved = await platform.SendAsync("POST", "/api/v1/workflows", Workflow);
        var id = saved.Body["id"].AsString!;
        await platform.SendAsync("POST", $"/api/v1/workflows/{id}/activate");
        var world = new ScheduleWorld(platform, id);
        var created = await platform.SendAsync("POST", "/api/v1/schedules", $$"""{"workflowId":"{{id}}",{{rule}}}""");
        Assert.Equal(201, created.Status);
        world.Id = created.Body["id"].AsString!;
        return world;
    }

    /// <summary>Moves the clock and looks at the schedule until it has nothing more to do now.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Platform.Clock.Advance(time);
        for (var next = await Firing.TickAsync("default", Id, default); next <= Now + TimeSpan.FromMilliseconds(1); next = await Firing.TickAsync("default", Id, default))
            if (next > Now) Platform.Clock.Advance(next.Value - Now);
    }

    /// <summary>One look, as another host would take at the same time.</summary>
    public Task<DateTimeOffset?> LookAsync() => Firing.TickAsync("default", Id, default);

    /// <summary>dueAt minus the test's beginning in seconds, and the outcome: <c>60 started</c>.</summary>
    public async Task<string> FiringsAsync(DateTimeOffset since)
    {
        var list = await Platform.SendAsync("GET", $"/api/v1/schedules/{Id}/firings");
        return string.Join(", ", list.Body["items"].AsArray!.Reverse().Select(f => $"{(DateTimeOffset.Parse(f["dueAt"].AsString!) - since).TotalSeconds} {f["outcome"].AsString}"));
    }

    public async Task<Value> ShownAsync() => (await Platform.SendAsync("GET", $"/api/v1/schedules/{Id}")).Body;

    /// <summary>Has every execution that was started stand at a status.</summary>
    public void Executions(ExecutionStatus status)
    {
        foreach (var start in Platform.Runtime.Starts)
        {
            Platform.Runtime.Executions[start.ExecutionId] = new Execution
            {
                Id = start.ExecutionId, WorkflowId = WorkflowId, WorkflowVersion = 1, Status = status, Mode = "schedule", StartNode = "tick", StartedAt = 0,
            };
        }
    }

    public IReadOnlyList<StartExecution> Starts => Platform.Runtime.Starts;

    public ValueTask DisposeAsync() => Platform.DisposeAsync();
}
