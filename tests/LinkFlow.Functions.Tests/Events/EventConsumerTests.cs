using Azure.Messaging.ServiceBus;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.DeadLetters;
using LinkFlow.Platform.Ports;
using static LinkFlow.Functions.Tests.Events.BusWorld;

namespace LinkFlow.Functions.Tests.Events;

public sealed class EventConsumerTests
{
    [Fact]
    public async Task Every_subscriber_gets_every_event_once_and_in_the_order_of_its_subject()
    {
        var (a, b) = (new Subscriber("a"), new Subscriber("b"));
        var world = new BusWorld(a, b);
        await world.PublishAsync([.. Enumerable.Range(0, 50).Select(n => Event($"e{n:d2}", $"s{n % 5}"))]);
        await world.DrainAsync();
        Assert.Equal(100, await Subscriber.CountAsync(world.Store));
        foreach (var subject in Enumerable.Range(0, 5))
            Assert.Equal(Enumerable.Range(0, 10).Select(n => $"e{(n * 5) + subject:d2}"), a.Got.Where(e => int.Parse(e[1..]) % 5 == subject));
    }

    [Fact]
    public async Task A_message_that_comes_again_does_nothing_twice()
    {
        var a = new Subscriber("a");
        var world = new BusWorld(a);
        await world.PublishAsync(Event("e1"));
        var session = world.Broker.Sessions[0];
        // The lock runs out while it is handled: completing fails, and the message comes again.
        var lost = world.Broker.Receive(session)!;
        lost.IsLost = true;
        await world.Consumer.HandleAsync(lost.Message, lost, default);
        lost.Release();
        Assert.Equal((1, 1), (a.Got.Count, world.Broker.Waiting));
        await world.DrainAsync();
        Assert.Equal((1, 0, 1), (a.Got.Count, world.Broker.Waiting, await Subscriber.CountAsync(world.Store)));
    }

    [Fact]
    public async Task A_consumer_that_dies_before_it_settles_leaves_the_rest_to_the_next()
    {
        var a = new Subscriber("a");
        var world = new BusWorld(a);
        await world.PublishAsync(Event("e1"), Event("e2"));
        var lease = world.Broker.Receive(world.Broker.Sessions[0])!;
        await world.Consumer.HandleAsync(lease.Message, new DeadActions(), default);
        lease.Release();
        await world.DrainAsync();
        Assert.Equal(["e1", "e2"], a.Got);
        Assert.Equal(2, await Subscriber.CountAsync(world.Store));
    }

    [Fact]
    public async Task Two_hosts_that_have_one_message_at_once_handle_it_once()
    {
        var both = new Barrier(2);
        var world = new BusWorld(new Subscriber("a", async _ =>
        {
            await Task.Yield();
            both.SignalAndWait(TimeSpan.FromSeconds(5));
        }));
        await world.PublishAsync(Event("e1"));
        var lease = world.Broker.Receive(world.Broker.Sessions[0])!;
        await Task.WhenAll(Task.Run(() => world.Consumer.HandleAsync(lease.Message, new DeadActions(), default)), Task.Run(() => world.Consumer.HandleAsync(lease.Message, lease, default)));
        Assert.Equal((0, 1), (world.Broker.Waiting, await Subscriber.CountAsync(world.Store)));
    }

    [Fact]
    public async Task What_fails_five_times_is_a_dead_letter_at_the_broker_and_a_document_and_holds_nothing_else_up()
    {
        var a = new Subscriber("a", d => d.Event.Id == "bad" ? throw new InvalidOperationException("Never.") : Task.CompletedTask);
        var b = new Subscriber("b");
        var world = new BusWorld(a, b);
        await world.PublishAsync(Event("bad"), Event("good"));
        await world.DrainAsync();
        Assert.Equal(["bad", "bad", "bad", "bad", "bad", "good"], a.Got);
        Assert.Equal(["bad", "good"], b.Got);
        Assert.Equal("DEAD_LETTERED", Assert.Single(world.Broker.Dead).Reason);
        var letter = Assert.Single(await world.DeadLettersAsync());
        Assert.Equal(("a", DeadLetter.Failed, "Never.", 5, "bad"), (letter.Subscriber, letter.Reason, letter.Message, letter.Tries, letter.Event.Id));
    }

    [Fact]
    public async Task A_requeued_dead_letter_goes_to_its_subscriber_alone_although_it_was_handled()
    {
        var fails = true;
        var (a, b) = (new Subscriber("a", _ => fails ? throw new EventRefusedException("NO", "Not yet.") : Task.CompletedTask), new Subscriber("b"));
        var world = new BusWorld(a, b);
        await world.Bus.PublishAsync([new OutboxEvent("default", "tenant", "o1", Event("e1"), null)], default);
        await world.DrainAsync();
        fails = false;
        await world.Bus.PublishAsync([new OutboxEvent("default", "tenant", "o2", Event("e1"), "a")], default);
        await world.DrainAsync();
        Assert.Equal((2, 1, 2), (a.Got.Count, b.Got.Count, await Subscriber.CountAsync(world.Store)));
    }

    [Fact]
    public async Task A_chain_of_more_than_32_is_a_loop()
    {
        var a = new Subscriber("a");
        var world = new BusWorld(a);
        var far = Event("e1");
        far.Extensions.Set("causationdepth", 33);
        await world.PublishAsync(far);
        await world.DrainAsync();
        Assert.Equal((0, DeadLetter.Loop), (a.Got.Count, Assert.Single(await world.DeadLettersAsync()).Reason));
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_while_costs_no_try_and_changes_no_order()
    {
        var a = new Subscriber("a");
        var world = new BusWorld(a);
        await world.PublishAsync(Event("e1"), Event("e2"));
        world.Store.Fault = new StoreUnavailableException("away", TimeSpan.FromMilliseconds(5));
        var draining = world.DrainAsync();
        await Task.Delay(50);
        world.Store.Fault = null;
        await draining;
        Assert.Equal(["e1", "e2"], a.Got.Distinct());
        Assert.Equal((0, 2), (world.Broker.Dead.Count, await Subscriber.CountAsync(world.Store)));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"a","time":"2026-01-01T00:00:00Z"}""")]
    public async Task A_message_that_is_no_event_of_ours_is_dead_at_once(string body)
    {
        var world = new BusWorld(new Subscriber("a"));
        world.Broker.Send([new ServiceBusMessage(body) { MessageId = "m1", SessionId = "00" }]);
        await world.DrainAsync();
        Assert.Equal([("m1", "UNREADABLE")], world.Broker.Dead);
    }

    [Fact]
    public async Task A_host_that_stops_gives_the_message_back()
    {
        using var stopping = new CancellationTokenSource();
        var world = new BusWorld(new Subscriber("a", async _ =>
        {
            await stopping.CancelAsync();
            stopping.Token.ThrowIfCancellationRequested();
        }));
        await world.PublishAsync(Event("e1"));
        var lease = world.Broker.Receive(world.Broker.Sessions[0])!;
        await world.Consumer.HandleAsync(lease.Message, lease, stopping.Token);
        Assert.Equal((1, 0), (world.Broker.Waiting, world.Broker.Dead.Count));
    }

    /// <summary>Duplicates, lost locks, deaths before settling and failures, drawn at random: each event takes effect once for each subscriber, in the order of its subject.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Whatever_happens_on_the_way_each_event_takes_effect_once(int seed)
    {
        var random = new Random(seed);
        var a = new Subscriber("a", d => random.Next(10) == 0 ? throw new IOException("Now and then.") : Task.CompletedTask);
        var world = new BusWorld(a, new Subscriber("b"));
        var events = Enumerable.Range(0, 300).Select(n => Event($"e{n:d3}", $"s{n % 20}")).ToArray();
        for (var n = 0; n < events.Length; n += 10) await world.PublishAsync([.. events.Skip(Math.Max(0, n - random.Next(10))).Take(20)]);
        await world.Broker.DrainAsync(async lease =>
        {
            lease.IsLost = random.Next(8) == 0;
            await world.Consumer.HandleAsync(lease.Message, random.Next(8) == 0 ? new DeadActions() : lease, default);
        });
        var buried = (await world.DeadLettersAsync()).Count;
        Assert.Equal(600 - buried, await Subscriber.CountAsync(world.Store));
        foreach (var subject in a.Got.Distinct().GroupBy(e => int.Parse(e[1..]) % 20)) Assert.Equal(subject.Order(StringComparer.Ordinal), subject);
    }

    /// <summary>Of a process that is gone: what it would have settled is not.</summary>
    private sealed class DeadActions : Microsoft.Azure.Functions.Worker.ServiceBusMessageActions
    {
        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => throw new IOException("The host is gone.");
        public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default) => throw new IOException("The host is gone.");
        public override Task DeadLetterMessageAsync(
            ServiceBusReceivedMessage message, Dictionary<string, object>? propertiesToModify = default, string? deadLetterReason = default, string? deadLetterErrorDescription = default,
            CancellationToken cancellationToken = default) => throw new IOException("The host is gone.");
    }
}
