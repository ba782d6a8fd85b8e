using Azure.Messaging.ServiceBus;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Events;
using LinkFlow.Platform.Ports;
using static LinkFlow.Functions.Tests.Events.BusWorld;

namespace LinkFlow.Functions.Tests.Events;

public sealed class ServiceBusEventBusTests
{
    [Fact]
    public void Sessions_are_256_buckets_of_tenant_and_subject()
    {
        var sessions = Enumerable.Range(0, 10_000).Select(n => EventTopic.SessionOf(Event("e", $"s{n}"))).GroupBy(s => s).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(256, sessions.Count);
        Assert.All(sessions, s => Assert.InRange(s.Value, 10, 80));
        Assert.Equal(EventTopic.SessionOf(Event("e1", "s")), EventTopic.SessionOf(Event("e2", "s")));
        Assert.NotEqual(EventTopic.SessionOf(Event("e", "s")), EventTopic.SessionOf(Event("e", "s", tenant: "other")));
        Assert.True(Enumerable.Range(0, 100).Select(n => EventTopic.SessionOf(Event($"e{n}", subject: null))).Distinct().Count() > 50);
    }

    [Fact]
    public async Task Events_of_one_session_go_in_one_batch_in_their_order()
    {
        var world = new BusWorld();
        await world.PublishAsync([.. Enumerable.Range(0, 20).Select(n => Event($"e{n}", n % 2 == 0 ? "even" : "odd"))]);
        Assert.Equal(2, world.Broker.Batches.Count);
        Assert.All(world.Broker.Batches, b => Assert.Equal(b.Select(m => JsonText.Parse(m.Body.ToString())["id"].AsString!).OrderBy(i => int.Parse(i[1..])), b.Select(m => JsonText.Parse(m.Body.ToString())["id"].AsString!)));
    }

    [Fact]
    public async Task What_does_not_fit_in_one_batch_goes_in_several()
    {
        var world = new BusWorld();
        await world.PublishAsync([.. Enumerable.Range(0, 10).Select(n => Event($"e{n}", data: new string('x', 60_000)))]);
        Assert.Equal([4, 4, 2], world.Broker.Batches.Select(b => b.Count));
        Assert.Equal(0, world.Blobs);
    }

    [Fact]
    public async Task Large_data_goes_by_claim_check_and_comes_back_whole()
    {
        var large = new ObjectValue { { "text", new string('x', 300_000) } };
        Value seen = default;
        var world = new BusWorld(new Subscriber("a", d =>
        {
            seen = d.Event.Data;
            return Task.CompletedTask;
        }));
        await world.PublishAsync(Event("e1", data: large));
        Assert.Equal((1, true), (world.Blobs, world.Broker.Batches[0][0].Body.ToMemory().Length < 1_000));
        await world.DrainAsync();
        Assert.Equal(Value.From(large), seen);
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.ServiceBusy)]
    [InlineData(ServiceBusFailureReason.ServiceTimeout)]
    [InlineData(ServiceBusFailureReason.ServiceCommunicationProblem)]
    [InlineData(ServiceBusFailureReason.QuotaExceeded)]
    public async Task A_broker_that_cannot_take_events_now_is_told_apart_from_one_that_never_will(ServiceBusFailureReason reason)
    {
        var world = new BusWorld();
        world.Broker.SendFaults.Enqueue(new ServiceBusException("no", reason));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => world.PublishAsync(Event("e1")));
        world.Broker.SendFaults.Enqueue(new ServiceBusException("no", ServiceBusFailureReason.MessagingEntityNotFound));
        await Assert.ThrowsAsync<ServiceBusException>(() => world.PublishAsync(Event("e1")));
        await world.PublishAsync(Event("e1"));
        Assert.Equal(1, world.Broker.Waiting);
    }

    [Fact]
    public async Task The_topic_drops_repeats_and_nothing_that_only_looks_like_one()
    {
        var world = new BusWorld();
        await world.PublishAsync(Event("e1"), Event("e1"), Event("e1", source: "/bank"), Event("e1", tenant: "other"));
        await world.PublishAsync(Event("e1"));
        Assert.Equal(3, world.Broker.Waiting);
        // An outbox names what it sends: the same event for one subscriber alone is no repeat.
        await world.Bus.PublishAsync([new OutboxEvent("default", "tenant", "o1", Event("e1"), null), new OutboxEvent("default", "tenant", "o2", Event("e1"), "a")], default);
        await world.Bus.PublishAsync([new OutboxEvent("default", "tenant", "o1", Event("e1"), null)], default);
        Assert.Equal(5, world.Broker.Waiting);
    }

    [Fact]
    public async Task Nothing_can_be_replayed_and_that_is_said()
    {
        var world = new BusWorld(new Subscriber("a"));
        await Assert.ThrowsAsync<NotSupportedException>(() => world.Bus.ReplayAsync("a", DateTimeOffset.UnixEpoch));
        Assert.False(await world.Bus.ReplayAsync("b", DateTimeOffset.UnixEpoch));
        Assert.Empty(await world.Bus.PositionsAsync());
    }
}
