using LinkFlow.Engine.Values;
using LinkFlow.Local.Tests.Sqlite;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.DeadLetters;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Tests.Events;

public sealed class EventBusTests
{
    [Fact]
    public async Task Each_subscriber_handles_each_event_once()
    {
        var (one, two) = (new RecordingSubscriber("one"), new RecordingSubscriber("two"));
        await using var world = await BusWorld.StartAsync(one, two);

        for (var i = 0; i < 50; i++) await world.RaiseAsync($"s{i % 7}", i);
        await world.SettleAsync();

        Assert.Equal((50, 50), (one.Seen.Count, two.Seen.Count));
        Assert.All((await world.EffectsAsync()).Values, version => Assert.Equal(1, version));
    }

    [Fact]
    public async Task Events_of_one_subject_keep_their_order_also_where_one_fails()
    {
        var subscriber = new RecordingSubscriber { Then = (d, _) => d.Try < 3 && d.Event.Data["number"].AsNumber % 5 == 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask };
        await using var world = await BusWorld.StartAsync(subscriber);

        await Parallel.ForAsync(0, 4, async (s, _) => { for (var i = 0; i < 20; i++) await world.RaiseAsync($"s{s}", i); });
        await world.SettleAsync();

        foreach (var subject in subscriber.Seen.GroupBy(s => s.Subject))
            Assert.Equal(Enumerable.Range(0, 20), subject.Where(s => s.Number % 5 != 0 || s.Try == 3).Select(s => s.Number));
    }

    [Fact]
    public async Task A_poison_event_is_a_dead_letter_after_five_tries_and_holds_up_its_subject_only_until_then()
    {
        var subscriber = new RecordingSubscriber { Then = (d, _) => d.Event.Subject == "bad" && d.Event.Data["number"].AsNumber == 1 ? throw new InvalidOperationException("poison") : Task.CompletedTask };
        await using var world = await BusWorld.StartAsync(subscriber);

        foreach (var (subject, number) in new[] { ("bad", 1), ("bad", 2), ("good", 1) }) await world.RaiseAsync(subject, number);
        await world.SettleAsync();

        Assert.Equal([1, 2, 3, 4, 5], subscriber.Seen.Where(s => s is ("bad", 1, _)).Select(s => s.Try));
        Assert.Equal(["recorder:bad:2", "recorder:good:1"], (await world.EffectsAsync()).Keys.Order());
        var letter = Assert.Single(await world.DeadLettersAsync());
        Assert.Equal(("recorder", DeadLetter.Failed, "poison", 5, "bad"), (letter.Subscriber, letter.Reason, letter.Message, letter.Tries, letter.Event.Subject));
    }

    [Fact]
    public async Task What_a_subscriber_refuses_is_not_tried_again()
    {
        var subscriber = new RecordingSubscriber { Then = (_, _) => throw new EventRefusedException("NOT_MINE", "It is none of mine.") };
        await using var world = await BusWorld.StartAsync(subscriber);

        await world.RaiseAsync("s", 1);
        await world.SettleAsync();

        Assert.Equal(("NOT_MINE", 1), (Assert.Single(await world.DeadLettersAsync()).Reason, subscriber.Seen.Count));
    }

    [Fact]
    public async Task A_chain_of_more_than_32_events_ends_as_a_loop()
    {
        var subscriber = new RecordingSubscriber
        {
            Then = (d, _) =>
            {
                d.Work.Raise(new OutgoingEvent("test.happened", "again", new ObjectValue { { "number", d.Event.Data["number"].AsNumber + 1 } }));
                return Task.CompletedTask;
            },
        };
        await using var world = await BusWorld.StartAsync(subscriber);

        await world.RaiseAsync("again", 0);
        while ((await world.DeadLettersAsync()).Count == 0) await Task.Delay(5);
        await world.SettleAsync();

        var letter = Assert.Single(await world.DeadLettersAsync());
        Assert.Equal((DeadLetter.Loop, 33, EventDispatch.MaxDepth + 1), (letter.Reason, letter.Event.Depth, subscriber.Seen.Count));
    }

    [Fact]
    public async Task A_chain_shares_its_correlation_and_names_its_cause()
    {
        CloudEvent? first = null, second = null;
        var subscriber = new RecordingSubscriber
        {
            Then = (d, _) =>
            {
                if (d.Event.Subject == "b") second = d.Event;
                else d.Work.Raise(new OutgoingEvent("test.happened", "b", (first = d.Event).Data));
                return Task.CompletedTask;
            },
        };
        await using var world = await BusWorld.StartAsync(subscriber);

        await world.RaiseAsync("a", 1);
        while (second is null) await Task.Delay(5);

        Assert.Equal((first!.Id, first.Id, 1), (second.CorrelationId, second.Extensions["causationid"].AsString, second.Depth));
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        var subscriber = new RecordingSubscriber();
        await using var world = await BusWorld.StartAsync(subscriber);
        for (var i = 0; i < 10; i++) await world.RaiseAsync("s", i);
        await world.SettleAsync();

        await world.RestartAsync();
        for (var i = 10; i < 20; i++) await world.RaiseAsync("s", i);
        await world.SettleAsync();

        Assert.Equal(Enumerable.Range(0, 20), subscriber.Seen.Select(s => s.Number));
    }

    [Fact]
    public async Task What_was_handled_behind_a_held_subject_is_not_handled_again_after_a_restart()
    {
        var isHeld = true;
        var subscriber = new RecordingSubscriber { Then = (d, c) => isHeld && d.Event.Subject == "slow" ? Task.Delay(Timeout.Infinite, c) : Task.CompletedTask };
        await using var world = await BusWorld.StartAsync(subscriber);
        await world.RaiseAsync("slow", 0);
        for (var i = 0; i < 20; i++) await world.RaiseAsync($"fast{i}", i);
        while ((await world.EffectsAsync()).Count < 20) await Task.Delay(5);

        isHeld = false;
        await world.RestartAsync();
        await world.SettleAsync();

        Assert.Equal((21, 2), (subscriber.Seen.Distinct().Count(), subscriber.Seen.Count(s => s.Subject == "slow")));
        Assert.All((await world.EffectsAsync()).Values, version => Assert.Equal(1, version));
        Assert.Equal(22, subscriber.Seen.Count);
    }

    [Fact]
    public async Task A_subject_that_is_held_back_holds_up_no_other_however_much_waits_behind_it()
    {
        var gate = new TaskCompletionSource();
        var subscriber = new RecordingSubscriber
        {
            Then = (d, _) => d.Event.Subject != "stuck" ? Task.CompletedTask : gate.Task.IsCompleted ? Task.CompletedTask : throw new StoreUnavailableException("later", TimeSpan.FromMilliseconds(20)),
        };
        await using var world = await BusWorld.StartAsync(subscriber);
        world.Options.Events.Waiting = 100;

        for (var i = 0; i < 300; i++) await world.RaiseAsync("stuck", i);
        await world.RaiseAsync("other", 1);
        while (!(await world.EffectsAsync()).ContainsKey("recorder:other:1")) await Task.Delay(5);
        gate.SetResult();
        await world.SettleAsync();

        Assert.Equal(Enumerable.Range(0, 300), subscriber.Seen.Where(s => s.Subject == "stuck").Select(s => s.Number).Distinct());
        Assert.Empty(await world.DeadLettersAsync());
    }

    [Fact]
    public async Task A_replay_gives_one_subscriber_everything_since_a_time_once_more()
    {
        var (one, two) = (new RecordingSubscriber("one"), new RecordingSubscriber("two"));
        await using var world = await BusWorld.StartAsync(one, two);
        await world.RaiseAsync("s", 1);
        world.Store.Clock.Now += TimeSpan.FromHours(1);
        await world.RaiseAsync("s", 2);
        await world.SettleAsync();

        Assert.True(await world.Bus.ReplayAsync("one", world.Store.Clock.Now));
        await world.RaiseAsync("s", 3);
        while (one.Seen.Count < 4) await Task.Delay(5);
        await world.SettleAsync();

        Assert.Equal([1, 2, 2, 3], one.Seen.Select(s => s.Number));
        Assert.Equal([1, 2, 3], two.Seen.Select(s => s.Number));
        Assert.False(await world.Bus.ReplayAsync("three", world.Store.Clock.Now));
    }

    [Fact]
    public async Task A_requeued_event_goes_to_the_subscriber_that_failed_and_to_no_other()
    {
        var isBroken = true;
        var broken = new RecordingSubscriber("broken") { Then = (_, _) => isBroken ? throw new EventRefusedException("BROKEN", "It is broken.") : Task.CompletedTask };
        var other = new RecordingSubscriber("other");
        await using var world = await BusWorld.StartAsync(broken, other);
        await world.RaiseAsync("s", 1);
        while ((await world.DeadLettersAsync()).Count == 0) await Task.Delay(5);
        var letter = (await world.DeadLettersAsync())[0];

        isBroken = false;
        await world.RaiseAsync(letter.Requeued());
        await world.SettleAsync();

        Assert.Equal((2, 1, true), (broken.Seen.Count, other.Seen.Count, (await world.EffectsAsync()).ContainsKey("broken:s:1")));
    }

    [Fact]
    public async Task The_notes_of_what_is_behind_the_position_are_forgotten()
    {
        var subscriber = new RecordingSubscriber();
        await using var world = await BusWorld.StartAsync(subscriber);
        for (var i = 0; i < 10; i++) await world.RaiseAsync("s", i);
        await world.SettleAsync();

        await world.RestartAsync();

        Assert.Equal(0, await world.Store.NumberAsync("SELECT count(*) FROM documents WHERE type = 'event-inbox'"));
    }

    [Fact]
    public async Task What_every_subscriber_has_had_is_kept_for_its_days_and_then_forgotten()
    {
        await using var world = await BusWorld.StartAsync(new RecordingSubscriber());
        await world.RaiseAsync("s", 1);
        await world.SettleAsync();
        await world.RestartAsync();

        Assert.Equal(0, await world.Bus.CleanOnceAsync(default));
        world.Store.Clock.Now = DateTimeOffset.UtcNow.AddDays(-8);
        await world.Store.ExecuteAsync("UPDATE outbox SET at = 0");
        Assert.Equal(1, await world.Bus.CleanOnceAsync(default));
    }

    [Fact]
    public async Task An_event_that_is_too_large_is_refused_with_the_change_that_raises_it()
    {
        await using var world = await BusWorld.StartAsync();
        var huge = new OutgoingEvent("test.happened", "s", new string('x', CloudEvent.MaxStoredBytes));

        var e = await Assert.ThrowsAsync<ArgumentException>(() => world.Store.Store.Documents.CommitAsync(new UnitOfWork(TestStore.Tenant).Raise(huge)));

        Assert.Contains("at most 1048576", e.Message, StringComparison.Ordinal);
    }
}
