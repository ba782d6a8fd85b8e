using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Tests.Events.Subscriptions;

public sealed class SubscriptionHealthTests
{
    [Fact]
    public async Task A_receiver_that_fails_for_three_days_is_disabled_with_an_event_and_can_be_enabled_again()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        world.Receiver.Say(500);
        for (var day = 0; day < 4; day++)
        {
            await world.FeedAsync($"e{day}");
            await world.TryToTheEndAsync();
            world.Platform.Clock.Advance(TimeSpan.FromHours(2));
        }

        var shown = await world.ShownAsync();
        Assert.Equal((false, true), (shown["enabled"].AsBoolean, shown["disabledReason"].AsString!.Contains("72 hours", StringComparison.Ordinal)));
        var told = Assert.Single(world.Platform.Store.Raised, r => r.Type == "linkflow.event_subscription.disabled.v1");
        Assert.Equal(shown["disabledReason"].AsString, told.Data["reason"].AsString);
        Assert.Equal(409, (await world.Platform.PostAsync($"{world.Path}/deliveries/{(await world.DeliveriesAsync())[0]["id"].AsString}/redeliver")).Status);

        world.Receiver.Say(200);
        var body = shown.AsObject!.Copy().Set("enabled", true);
        var enabled = await world.Platform.SendAsync("PUT", world.Path, JsonText.Write(body));
        Assert.Equal((200, true, true), (enabled.Status, enabled.Body["disabledReason"].IsNull, enabled.Body["failingSince"].IsNull));
        await world.FeedAsync("again");
        Assert.Null(await world.TryAsync());
    }

    [Fact]
    public async Task A_success_ends_a_row_of_failures()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        world.Receiver.Say(500);
        await world.FeedAsync();
        await world.TryAsync();
        Assert.False((await world.ShownAsync())["failingSince"].IsNull);
        world.Receiver.Say(204);
        world.Platform.Clock.Advance(TimeSpan.FromHours(1));
        await world.TryAsync();
        var shown = await world.ShownAsync();
        Assert.Equal((true, false), (shown["failingSince"].IsNull, shown["lastDeliveredAt"].IsNull));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_is_disabled_at_once()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        world.Receiver.Say(410);
        await world.FeedAsync();
        Assert.Null(await world.TryAsync());
        Assert.Equal((false, "failed"), ((await world.ShownAsync())["enabled"].AsBoolean, (await world.DeliveryAsync())["status"].AsString));
    }

    [Fact]
    public async Task While_it_is_disabled_nothing_is_taken_in_and_what_waits_waits()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.FeedAsync("e1");
        var body = (await world.ShownAsync()).AsObject!.Copy();
        await world.Platform.SendAsync("PUT", world.Path, JsonText.Write(body.Set("enabled", false)));
        await world.FeedAsync("e2");
        Assert.Null(await world.TryAsync());
        Assert.Equal("pending", (await world.DeliveryAsync())["status"].AsString);
        await world.Platform.SendAsync("PUT", world.Path, JsonText.Write(body.Set("enabled", true)));
        await world.TryAsync();
        Assert.Equal("delivered", (await world.DeliveryAsync())["status"].AsString);
    }

    [Fact]
    public async Task What_waited_past_its_time_is_not_sent()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.FeedAsync();
        world.Platform.Clock.Advance(TimeSpan.FromHours(24.1));
        Assert.Null(await world.TryAsync());
        Assert.Equal(("failed", 0), ((await world.DeliveryAsync())["status"].AsString, world.Receiver.Messages.Count));
    }
}
