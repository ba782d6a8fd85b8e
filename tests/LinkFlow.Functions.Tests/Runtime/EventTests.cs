using Microsoft.DurableTask;

namespace LinkFlow.Functions.Tests.Runtime;

public sealed class EventTests
{
    [Fact]
    public async Task The_last_who_waits_is_served_first()
    {
        var stage = new Stage(async context =>
        {
            var (first, second) = (context.WaitForExternalEvent<string>("e"), context.WaitForExternalEvent<string>("E"));
            return await Task.WhenAny(first, second) == second ? "second" : "first";
        });
        await stage.StartAsync();

        await stage.Client.RaiseEventAsync("i", "e", "x");

        Assert.Equal("second", (await stage.ContinueAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_cancelled_waiter_swallows_an_event()
    {
        var stage = new Stage(async context =>
        {
            var first = context.WaitForExternalEvent<string>("e");
            using var cancelled = new CancellationTokenSource();
            _ = context.WaitForExternalEvent<string>("e", cancelled.Token);
            cancelled.Cancel();
            return await first;
        });
        await stage.StartAsync();

        await stage.Client.RaiseEventAsync("i", "e", "swallowed");
        await stage.Simulation.RunAsync();
        await stage.Client.RaiseEventAsync("i", "e", "heard");

        Assert.Equal("heard", (await stage.ContinueAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Events_that_nobody_waits_for_yet_are_kept()
    {
        var stage = new Stage(async context =>
        {
            await context.CallActivityAsync("one");
            return await context.WaitForExternalEvent<string>("e");
        }).With("one", _ => null);
        stage.Simulation.Outside.Enqueue(() => stage.Client.RaiseEventAsync("i", "e", "early"));

        Assert.Equal("early", (await stage.StartAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Events_that_nobody_took_come_to_the_next_generation_and_held_ones_do_not()
    {
        var stage = new Stage(async context =>
        {
            var held = context.WaitForExternalEvent<string>("held");
            if (context.GetInput<int>() == 1)
                return await Task.WhenAny(held, context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None)) == held ? "held" : await context.WaitForExternalEvent<string>("buffered");
            await context.WaitForExternalEvent<string>("go");
            context.ContinueAsNew(1);
            return null;
        });
        await stage.StartAsync(0);

        foreach (var name in new[] { "held", "buffered", "go" }) await stage.Client.RaiseEventAsync("i", name, name);

        Assert.Equal("buffered", (await stage.ContinueAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Events_between_the_call_of_ContinueAsNew_and_its_effect_are_carried_over()
    {
        var stage = new Stage(async context =>
        {
            if (context.GetInput<int>() == 1) return await context.WaitForExternalEvent<string>("late");
            _ = context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            context.ContinueAsNew(1);
            return null;
        });
        await stage.Client.ScheduleNewOrchestrationInstanceAsync("main", 0, new StartOrchestrationOptions("i"));
        await stage.Hub.Ready()[0]();

        await stage.Client.RaiseEventAsync("i", "late", "carried");

        Assert.Equal("carried", (await stage.ContinueAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Events_come_twice_and_in_another_order_when_the_seed_says_so()
    {
        HashSet<string> heard = [];
        for (var seed = 1; seed <= 20; seed++)
        {
            var stage = new Stage(async context =>
            {
                var texts = new List<string>();
                while (texts.Count < 4) texts.Add(await context.WaitForExternalEvent<string>("e"));
                return string.Concat(texts);
            }, new RuntimeFaults { RepeatedEvents = 1, PartialDelivery = 1 }, seed);
            await stage.StartAsync();
            foreach (var text in new[] { "a", "b" }) await stage.Client.RaiseEventAsync("i", "e", text);
            heard.Add((await stage.ContinueAsync()).ReadOutputAs<string>()!);
        }

        Assert.True(heard.Count > 2);
    }

    [Fact]
    public async Task An_event_for_nobody_is_dropped()
    {
        var stage = new Stage(_ => Task.FromResult<object?>(null));

        await stage.Client.RaiseEventAsync("nobody", "e", "x");

        Assert.Empty(stage.Hub.Ready());
    }
}
