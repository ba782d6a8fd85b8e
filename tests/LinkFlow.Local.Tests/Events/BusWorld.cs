using System.Collections.Concurrent;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Events;
using LinkFlow.Local.Sqlite;
using LinkFlow.Local.Tests.Sqlite;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.DeadLetters;
using LinkFlow.Platform.Events.Publishing;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Local.Tests.Events;

/// <summary>A store with a bus over it, whose subscribers are the test's.</summary>
internal sealed class BusWorld : IAsyncDisposable
{
    public static readonly DocumentType Effect = new("effect");

    private readonly IReadOnlyList<IEventSubscriber> _subscribers;
    private readonly EventMetrics _metrics = new();

    private BusWorld(TestStore store, IReadOnlyList<IEventSubscriber> subscribers)
    {
        Store = store;
        _subscribers = subscribers;
        Options.Events.FirstRetryMilliseconds = 1;
        Options.Limits.ShutdownSeconds = 1;
    }

    public TestStore Store { get; }
    public LinkFlowOptions Options { get; } = new();
    public LocalEventBus Bus { get; private set; } = null!;

    public static async Task<BusWorld> StartAsync(params IEventSubscriber[] subscribers)
    {
        var world = new BusWorld(await TestStore.OpenAsync(), subscribers);
        await world.StartBusAsync();
        return world;
    }

    public async Task StartBusAsync()
    {
        var services = new ServiceCollection();
        foreach (var subscriber in _subscribers) services.AddSingleton(subscriber);
        var documents = Store.Store.Documents;
        var dispatch = new EventDispatch(documents, Options, _metrics, TimeProvider.System, NullLogger<EventDispatch>.Instance);
        Bus = new LocalEventBus(Store.Store, services.BuildServiceProvider(), dispatch, new PublishedEvents(documents, Options, TimeProvider.System), _metrics, Options, TimeProvider.System,
            NullLogger<LocalEventBus>.Instance);
        await Bus.StartAsync(default);
    }

    public async Task RestartAsync()
    {
        await Bus.StopAsync(default);
        Bus.Dispose();
        Store.Reopen();
        await StartBusAsync();
    }

    public Task RaiseAsync(string subject, int number, string type = "test.happened") => Store.Store.Documents.CommitAsync(
        new UnitOfWork(TestStore.Tenant).Raise(new OutgoingEvent(type, subject, new ObjectValue { { "number", number } })));

    public Task RaiseAsync(OutgoingEvent raised) => Store.Store.Documents.CommitAsync(new UnitOfWork(TestStore.Tenant).Raise(raised));

    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() =>
        [.. (await Store.Store.Documents.QueryAsync(new DocumentQuery(TestStore.Tenant, DeadLetter.Type) { Limit = 200 })).Items.Select(d => DeadLetter.FromDocument(d.Body))];

    /// <summary>What subscribers wrote with their work, by id.</summary>
    public async Task<IReadOnlyDictionary<string, long>> EffectsAsync() =>
        (await Store.Store.Documents.QueryAsync(new DocumentQuery(TestStore.Tenant, Effect) { Limit = 200 })).Items.ToDictionary(d => d.Id, d => d.ETag);

    public async Task SettleAsync()
    {
        for (var calm = 0; calm < 3; await Task.Delay(5))
        {
            var positions = await Bus.PositionsAsync();
            var last = await Store.NumberAsync("SELECT coalesce(max(position), 0) FROM outbox");
            calm = positions.All(p => p.Waiting == 0) && Bus.ReadThrough >= last ? calm + 1 : 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Bus.StopAsync(default);
        Bus.Dispose();
        _metrics.Dispose();
        Store.Dispose();
    }
}

/// <summary>Remembers what it was given, and writes an effect for it; can be made to fail.</summary>
internal sealed class RecordingSubscriber(string name = "recorder") : IEventSubscriber
{
    public ConcurrentQueue<(string Subject, int Number, int Try)> Seen { get; } = new();
    public Func<EventDelivery, CancellationToken, Task> Then { get; init; } = (_, _) => Task.CompletedTask;
    public Func<string, bool> Types { get; init; } = type => !type.StartsWith("linkflow.", StringComparison.Ordinal);

    public string Name => name;
    public ValueTask<bool> WantsAsync(string tenant, string type, CancellationToken cancellationToken) => new(Types(type));

    public async Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
    {
        Seen.Enqueue((delivery.Event.Subject!, (int)delivery.Event.Data["number"].AsNumber, delivery.Try));
        await Then(delivery, cancellationToken);
        // No expectation of its own: done twice, its version would be 2.
        delivery.Work.Put(BusWorld.Effect, $"{name}:{delivery.Event.Subject}:{delivery.Event.Data["number"].AsNumber}", new ObjectValue());
    }
}
