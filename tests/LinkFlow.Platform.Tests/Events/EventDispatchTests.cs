using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.DeadLetters;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Platform.Tests.Events;

public sealed class EventDispatchTests : IDisposable
{
    private const string Tenant = "default";
    private static readonly DocumentType Effect = new("effect");

    private readonly MemoryDocumentStore _store = new(TimeProvider.System);
    private readonly EventMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task A_repeat_does_nothing_twice()
    {
        var subscriber = new Subscriber();

        var first = await DispatchAsync(subscriber, Event());
        var second = await DispatchAsync(subscriber, Event());

        Assert.Equal((new Settled(DeliveryResult.Handled), new Settled(DeliveryResult.Repeated)), (first, second));
        Assert.Equal((1, 1L), (subscriber.Calls, await EffectAsync()));
    }

    [Fact]
    public async Task A_consumer_that_dies_between_the_commit_and_the_acknowledgement_has_handled_the_event_once()
    {
        var subscriber = new Subscriber();
        var dying = new DyingStore(_store);

        _ = DispatchAsync(subscriber, Event(), dying);
        await dying.Death;
        var again = await DispatchAsync(subscriber, Event());

        Assert.Equal((new Settled(DeliveryResult.Repeated), 1L), (again, await EffectAsync()));
    }

    [Fact]
    public async Task A_consumer_that_dies_before_the_commit_has_done_nothing()
    {
        var subscriber = new Subscriber();
        var dying = new DyingStore(_store) { DiesFirst = true };

        _ = DispatchAsync(subscriber, Event(), dying);
        await dying.Death;
        Assert.Equal(0, await EffectAsync());
        await DispatchAsync(subscriber, Event());

        Assert.Equal((2, 1L), (subscriber.Calls, await EffectAsync()));
    }

    [Fact]
    public async Task Two_hosts_that_get_an_event_at_once_handle_it_once()
    {
        var gate = new TaskCompletionSource();
        var slow = new Subscriber { Then = _ => gate.Task };
        var one = DispatchAsync(slow, Event());

        var two = await DispatchAsync(new Subscriber(), Event());
        gate.SetResult();

        Assert.Equal((new Settled(DeliveryResult.Repeated), new Settled(DeliveryResult.Handled)), (await one, two));
        Assert.Equal(1, await EffectAsync());
    }

    [Fact]
    public async Task Tries_are_counted_durably_and_wait_longer_each_time()
    {
        var failing = new Subscriber { Then = _ => throw new InvalidOperationException("no") };
        var delays = new List<double>();

        for (var i = 0; i < 4; i++) delays.Add(Assert.IsType<Again>(await DispatchAsync(failing, Event())).After.TotalSeconds);
        var last = await DispatchAsync(failing, Event());

        Assert.Equal(new Settled(DeliveryResult.DeadLettered), last);
        Assert.All(delays.Zip([1d, 2, 4, 8]), d => Assert.InRange(d.First, d.Second * 0.9, d.Second * 1.1));
        Assert.Equal((5, "no", 0L), (Assert.Single(await LettersAsync()).Tries, (await LettersAsync())[0].Message, await EffectAsync()));
        Assert.Equal([EventCatalogue.DeadLetterAdded.Type], _store.Raised.Select(e => e.Type));
    }

    [Fact]
    public async Task A_store_that_cannot_write_is_not_the_events_fault()
    {
        var subscriber = new Subscriber { Then = _ => throw new StoreUnavailableException("The disk is full.", TimeSpan.FromSeconds(3)) };

        for (var i = 0; i < 9; i++) Assert.Equal(new Again(InboxNote.New("s/e"), TimeSpan.FromSeconds(3)), await DispatchAsync(subscriber, Event()));

        Assert.Empty(await LettersAsync());
    }

    [Fact]
    public async Task A_subscriber_that_takes_too_long_has_failed()
    {
        var hanging = new Subscriber { Then = c => Task.Delay(Timeout.Infinite, c) };

        for (var i = 0; i < EventDispatch.MaxTries; i++) await DispatchAsync(hanging, Event(), clock: new ImpatientClock());

        Assert.Equal((DeadLetter.TimedOut, 5), (Assert.Single(await LettersAsync()).Reason, hanging.Calls));
    }

    [Fact]
    public async Task A_stop_is_no_failure_and_leaves_no_trace()
    {
        using var stop = new CancellationTokenSource();
        var stopped = new Subscriber { Then = _ => stop.CancelAsync() };
        var waiting = new Subscriber { Then = c => Task.Delay(Timeout.Infinite, c) };
        await stopped.Then(default);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Dispatch(_store, TimeProvider.System).DispatchAsync(waiting, Event(), InboxNote.New("s/e"), replay: null, stop.Token));

        Assert.Equal(0, _store.Commits);
    }

    [Theory]
    [InlineData(32, 0)]
    [InlineData(33, 1)]
    public async Task More_than_32_causes_are_a_loop_of_which_nobody_is_told(int depth, int letters)
    {
        var subscriber = new Subscriber();

        await DispatchAsync(subscriber, Event(depth));

        Assert.Equal((letters, 1 - letters), ((await LettersAsync()).Count(l => l.Reason == DeadLetter.Loop), subscriber.Calls));
        Assert.Empty(_store.Raised);
    }

    [Fact]
    public async Task What_is_raised_while_an_event_is_handled_follows_from_it()
    {
        var raising = new Subscriber { Raises = new OutgoingEvent("com.example.next", "n", new ObjectValue()) };

        await DispatchAsync(raising, Event(depth: 3));

        Assert.Equal(new EventCause("first", "e", 4), Assert.Single(_store.Raised).Cause);
    }

    private static CloudEvent Event(int depth = 0) => CloudEvent.Of(
        new OutgoingEvent("com.example.happened", "s", new ObjectValue { { "a", 1 } }) { Id = "e", Cause = new EventCause("first", depth == 0 ? null : "before", depth) }, Tenant, "", DateTimeOffset.UtcNow);

    private EventDispatch Dispatch(IDocumentStore store, TimeProvider clock) => new(store, new LinkFlowOptions(), _metrics, clock, NullLogger<EventDispatch>.Instance);

    private async Task<DispatchOutcome> DispatchAsync(Subscriber subscriber, CloudEvent @event, IDocumentStore? store = null, TimeProvider? clock = null)
    {
        var dispatch = Dispatch(store ?? _store, clock ?? TimeProvider.System);
        return await dispatch.DispatchAsync(subscriber, @event, await dispatch.ReadNoteAsync(Tenant, "s/e", null), replay: null, default);
    }

    /// <summary>How often the effect was written.</summary>
    private async Task<long> EffectAsync() => (await _store.GetAsync(Tenant, Effect, "s"))?.ETag ?? 0;

    private async Task<IReadOnlyList<DeadLetter>> LettersAsync() =>
        [.. (await _store.QueryAsync(new DocumentQuery(Tenant, DeadLetter.Type))).Items.Select(d => DeadLetter.FromDocument(d.Body))];

    private sealed class Subscriber : IEventSubscriber
    {
        public int Calls { get; private set; }
        public Func<CancellationToken, Task> Then { get; init; } = _ => Task.CompletedTask;
        public OutgoingEvent? Raises { get; init; }

        public string Name => "s";
        public ValueTask<bool> WantsAsync(string tenant, string type, CancellationToken cancellationToken) => new(true);

        public async Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
        {
            Calls++;
            await Then(cancellationToken);
            // Whoever comes twice writes twice, if the note lets it.
            delivery.Work.Put(Effect, delivery.Event.Subject!, new ObjectValue());
            if (Raises is { } raised) delivery.Work.Raise(raised);
        }
    }

    /// <summary>The process dies in a commit, behind it or before it: nothing that it would have done then is done.</summary>
    private sealed class DyingStore(IDocumentStore inner) : IDocumentStore
    {
        private readonly TaskCompletionSource _death = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Death => _death.Task;
        public bool DiesFirst { get; init; }

        public ValueTask<Document?> GetAsync(string tenant, DocumentType type, string id, CancellationToken cancellationToken = default) => inner.GetAsync(tenant, type, id, cancellationToken);
        public ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken = default) => inner.QueryAsync(query, cancellationToken);

        public async Task CommitAsync(UnitOfWork work, CancellationToken cancellationToken = default)
        {
            if (!DiesFirst) await inner.CommitAsync(work, cancellationToken);
            _death.SetResult();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        }
    }

    /// <summary>Timers are over at once.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
    }
}
