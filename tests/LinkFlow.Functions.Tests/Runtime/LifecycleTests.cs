using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace LinkFlow.Functions.Tests.Runtime;

public sealed class LifecycleTests
{
    [Theory]
    [InlineData(true, 60)]
    [InlineData(false, 0)]
    public async Task The_end_takes_effect_only_when_no_timer_is_open(bool leavesOpen, int seconds)
    {
        var stage = new Stage(async context =>
        {
            using var stop = new CancellationTokenSource();
            _ = context.CreateTimer(TimeSpan.FromMinutes(1), stop.Token);
            if (!leavesOpen) stop.Cancel();
            return null;
        });

        var ended = await stage.StartAsync();

        Assert.Equal((Completed, seconds), (ended.RuntimeStatus, (int)(ended.LastUpdatedAt - ended.CreatedAt).TotalSeconds));
    }

    [Fact]
    public async Task A_cancelled_timer_throws()
    {
        var stage = new Stage(async context =>
        {
            using var stop = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromMinutes(1), stop.Token);
            stop.Cancel();
            return await Assert.ThrowsAsync<TaskCanceledException>(() => timer) is not null;
        });

        Assert.True((await stage.StartAsync()).ReadOutputAs<bool>());
    }

    [Fact]
    public async Task A_timer_of_a_week_is_three()
    {
        var stage = new Stage(async context =>
        {
            await context.CreateTimer(TimeSpan.FromDays(7), CancellationToken.None);
            return null;
        });

        await stage.StartAsync();

        Assert.Equal(3, stage.Hub.Find("i")!.History.OfType<TimerCreated>().Count());
    }

    [Fact]
    public async Task A_finished_id_is_replaced_without_a_word_and_an_unfinished_one_is_not()
    {
        var stage = new Stage(async context => context.GetInput<string>() is { } text ? text : await context.WaitForExternalEvent<string>("e"));
        await stage.StartAsync("first");
        var replaced = await stage.StartAsync();

        Assert.Equal(Running, replaced.RuntimeStatus);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => stage.StartAsync());
    }

    [Fact]
    public async Task With_all_dedupe_statuses_every_repetition_throws()
    {
        var options = new StartOrchestrationOptions("i").WithDedupeStatuses(Completed, Failed, Terminated, Pending, Running, Suspended);
        var stage = new Stage(_ => Task.FromResult<object?>(null));
        await stage.StartAsync();

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => stage.Client.ScheduleNewOrchestrationInstanceAsync("main", options));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("@a")]
    [InlineData("ä")]
    public async Task Ids_that_the_scheduler_refuses_are_refused(string id)
        => await Assert.ThrowsAsync<ArgumentException>(() => new Stage(_ => Task.FromResult<object?>(null)).StartAsync(id: id));

    [Fact]
    public async Task While_suspended_events_wait_and_running_activities_finish()
    {
        var stage = new Stage(async context =>
        {
            await context.CallActivityAsync("one");
            return await context.WaitForExternalEvent<string>("e");
        }).With("one", _ => null);
        await stage.Client.ScheduleNewOrchestrationInstanceAsync("main", null, new StartOrchestrationOptions("i"));
        await stage.Hub.Ready()[0]();
        await stage.Client.SuspendInstanceAsync("i");
        await stage.Client.RaiseEventAsync("i", "e", "kept");

        Assert.Equal((Suspended, 1), ((await stage.ContinueAsync()).RuntimeStatus, stage.Ran.Count));
        await stage.Client.ResumeInstanceAsync("i");
        Assert.Equal("kept", (await stage.ContinueAsync()).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(false, Running)]
    [InlineData(true, Terminated)]
    public async Task Terminating_reaches_children_only_when_asked_to(bool recursive, OrchestrationRuntimeStatus child)
    {
        var stage = new Stage(async context => context.InstanceId == "child"
            ? await context.WaitForExternalEvent<string>("e")
            : await context.CallSubOrchestratorAsync<string>("main", null, new SubOrchestrationOptions(retry: null, "child")));
        await stage.StartAsync();

        await stage.Client.TerminateInstanceAsync("i", new TerminateInstanceOptions(Recursive: recursive));

        Assert.Equal(Terminated, (await stage.ContinueAsync()).RuntimeStatus);
        Assert.Equal(child, (await stage.Client.GetInstanceAsync("child"))!.RuntimeStatus);
    }

    [Fact]
    public async Task A_seed_repeats_a_run_to_the_last_event()
    {
        static async Task<string> History(int seed)
        {
            var stage = new Stage(async context =>
            {
                await Task.WhenAll(Enumerable.Range(0, 5).Select(n => context.CallActivityAsync("one", n)));
                return await context.WaitForExternalEvent<string>("e");
            }, RuntimeFaults.All with { EventsLost = 0 }, seed).With("one", _ => null);
            stage.Simulation.Outside.Enqueue(() => stage.Client.RaiseEventAsync("i", "e", "x"));
            await stage.StartAsync();
            return string.Join('\n', stage.Hub.Find("i")!.History);
        }

        Assert.Equal(await History(7), await History(7));
        Assert.NotEqual(await History(7), await History(8));
    }
}
