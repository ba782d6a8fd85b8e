using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Schedules;

public sealed class ScheduleFiringTests
{
    private const string EveryMinute = "\"cron\":\"* * * * *\"";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Fires_at_its_times_with_an_item_that_tells_them()
    {
        await using var world = await ScheduleWorld.StartAsync(EveryMinute);
        var began = world.Now;
        await world.PassAsync(Minute);
        await world.PassAsync(TimeSpan.FromSeconds(59));
        await world.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal("60 started, 120 started", await world.FiringsAsync(began));
        var start = world.Starts[1];
        Assert.Equal(("schedule", "tick", $"schedule:{world.Id}"), (start.Mode, start.StartNode, start.StartedBy));
        Assert.Equal([began.AddMinutes(2), began.AddSeconds(121)], new[] { "dueAt", "firedAt" }.Select(n => DateTimeOffset.Parse(start.Input[0].Json[n].AsString!)));
    }

    [Fact]
    public async Task Two_hosts_that_look_at_once_fire_once()
    {
        await using var world = await ScheduleWorld.StartAsync(EveryMinute);
        world.Platform.Clock.Advance(Minute);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(world.LookAsync)));
        Assert.Single(world.Starts);
    }

    [Fact]
    public async Task A_start_that_was_not_committed_fires_again()
    {
        await using var world = await ScheduleWorld.StartAsync(EveryMinute);
        var began = world.Now;
        world.Platform.Store.Fault = new StoreUnavailableException("The disk is full.", TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => world.PassAsync(Minute));
        world.Platform.Store.Fault = null;
        await world.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("60 started", await world.FiringsAsync(began));
    }

    [Theory]
    [InlineData("skip", "60 missed, 360 started")]
    [InlineData("runOnce", "300 started, 360 started")]
    [InlineData("runAll", "60 started, 120 started, 180 started, 240 started, 300 started, 360 started")]
    public async Task Catches_up_as_its_misfire_rule_says(string misfire, string expected)
    {
        await using var world = await ScheduleWorld.StartAsync($"{EveryMinute},\"misfire\":\"{misfire}\"");
        var began = world.Now;
        await world.PassAsync(TimeSpan.FromSeconds(359));
        await world.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(expected, await world.FiringsAsync(began));
    }

    [Fact]
    public async Task A_year_of_missed_seconds_is_one_record()
    {
        await using var world = await ScheduleWorld.StartAsync("\"everySeconds\":1,\"misfire\":\"runOnce\"");
        var began = world.Now;
        await world.PassAsync(TimeSpan.FromDays(365));
        Assert.Equal($"{365 * 86400} started", await world.FiringsAsync(began));
    }

    [Theory]
    [InlineData("allow", "60 started, 120 started", 2, 0)]
    [InlineData("skip", "60 started, 120 skipped", 1, 0)]
    [InlineData("queue", "60 started", 1, 0)]
    [InlineData("cancelPrevious", "60 started, 120 started", 2, 1)]
    public async Task Does_what_its_overlap_rule_says(string overlap, string expected, int starts, int cancels)
    {
        await using var world = await ScheduleWorld.StartAsync($"{EveryMinute},\"overlap\":\"{overlap}\"");
        var began = world.Now;
        await world.PassAsync(Minute);
        world.Executions(ExecutionStatus.Running);
        await world.PassAsync(Minute);
        Assert.Equal(expected, await world.FiringsAsync(began));
        Assert.Equal((starts, cancels), (world.Starts.Count, world.Platform.Runtime.Commands.Count(c => c.Command is CancelCommand)));
    }

    [Fact]
    public async Task What_is_queued_starts_when_the_one_before_has_ended()
    {
        await using var world = await ScheduleWorld.StartAsync($"{EveryMinute},\"overlap\":\"queue\"");
        var began = world.Now;
        await world.PassAsync(Minute);
        world.Executions(ExecutionStatus.Running);
        await world.PassAsync(Minute);
        await world.PassAsync(Minute);
        world.Executions(ExecutionStatus.Success);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        world.Executions(ExecutionStatus.Success);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("60 started, 120 started, 180 started", await world.FiringsAsync(began));
    }

    [Fact]
    public async Task Is_disabled_after_failures_in_a_row_with_an_event()
    {
        await using var world = await ScheduleWorld.StartAsync($"{EveryMinute},\"maxConsecutiveFailures\":2");
        await world.PassAsync(Minute);
        world.Executions(ExecutionStatus.Error);
        await world.PassAsync(Minute);
        world.Executions(ExecutionStatus.Error);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        var shown = await world.ShownAsync();
        Assert.Equal((false, "Its last 2 executions failed.", true), (shown["enabled"].AsBoolean, shown["disabledReason"].AsString, shown["nextAt"].IsNull));
        Assert.Equal(["linkflow.schedule.disabled.v1"], world.Platform.Store.Raised.Where(e => e.Subject == world.Id && e.Type.EndsWith(".disabled.v1", StringComparison.Ordinal)).Select(e => e.Type));
    }

    [Fact]
    public async Task Enabled_again_it_counts_failures_anew()
    {
        await using var world = await ScheduleWorld.StartAsync($"{EveryMinute},\"maxConsecutiveFailures\":1");
        await world.PassAsync(Minute);
        world.Executions(ExecutionStatus.TimedOut);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        var body = (await world.ShownAsync()).AsObject!;
        var copy = new LinkFlow.Engine.Values.ObjectValue();
        foreach (var (name, value) in body) copy.Set(name, name == "enabled" ? true : value);
        var saved = await world.Platform.SendAsync("PUT", $"/api/v1/schedules/{world.Id}", LinkFlow.Engine.Values.Value.From(copy).ToString());
        Assert.True(saved.Status == 200, saved.Text);
        await world.PassAsync(Minute);
        Assert.Equal(2, world.Starts.Count);
    }

    [Fact]
    public async Task Rests_while_its_workflow_is_not_active_and_misses_nothing_by_it()
    {
        await using var world = await ScheduleWorld.StartAsync($"{EveryMinute},\"misfire\":\"runAll\"");
        var began = world.Now;
        await world.Platform.SendAsync("POST", $"/api/v1/workflows/{world.WorkflowId}/deactivate");
        await world.PassAsync(TimeSpan.FromMinutes(10));
        await world.Platform.SendAsync("POST", $"/api/v1/workflows/{world.WorkflowId}/activate");
        await world.PassAsync(Minute);
        Assert.Equal("660 started", await world.FiringsAsync(began));
    }

    [Fact]
    public async Task A_trigger_that_is_gone_is_a_failed_firing()
    {
        await using var world = await ScheduleWorld.StartAsync(EveryMinute);
        var began = world.Now;
        await world.Platform.SendAsync("PUT", $"/api/v1/workflows/{world.WorkflowId}", """{"name":"Timed","nodes":[{"id":"other","type":"schedule","parameters":{"cron":"@daily"}}],"connections":[]}""");
        await world.Platform.SendAsync("POST", $"/api/v1/workflows/{world.WorkflowId}/activate");
        await world.PassAsync(Minute);
        Assert.Equal("60 failed", await world.FiringsAsync(began));
    }

    [Fact]
    public async Task Jitter_delays_a_firing_by_the_same_for_whoever_asks()
    {
        await using var world = await ScheduleWorld.StartAsync("\"everySeconds\":3600,\"jitterSeconds\":1800");
        world.Platform.Clock.Advance(TimeSpan.FromSeconds(3600));
        var first = await world.LookAsync();
        Assert.Equal(first, await world.LookAsync());
        Assert.InRange(first!.Value - world.Now, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1800));
        await world.PassAsync(first.Value - world.Now);
        Assert.Single(world.Starts);
    }

    [Fact]
    public async Task Something_due_once_is_over_then()
    {
        await using var world = await ScheduleWorld.StartAsync("\"at\":\"2098-01-01T00:00:00Z\"");
        await world.PassAsync(DateTimeOffset.Parse("2098-01-01T00:00:00Z") - world.Now);
        await world.PassAsync(TimeSpan.FromDays(1));
        Assert.Single(world.Starts);
        Assert.True((await world.ShownAsync())["nextAt"].IsNull);
    }
}
