using LinkFlow.Engine.Values;
using LinkFlow.Functions.Events;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.DeadLetters;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Functions.Tests.Events;

/// <summary>The bus and its consumer over the broker's double, with subscribers that do what a test says.</summary>
internal sealed class BusWorld
{
    private readonly MemoryBlobs _blobs = new();

    public BusWorld(params Subscriber[] subscribers)
    {
        Subscribers = subscribers;
        Store = new MemoryDocumentStore(TimeProvider.System);
        var options = new LinkFlowOptions { Events = { FirstRetryMilliseconds = 1 } };
        var messages = new EventMessages(_blobs);
        Bus = new ServiceBusEventBus(Broker.Client, messages, subscribers);
        var metrics = new EventMetrics();
        var dispatch = new EventDispatch(Store, options, metrics, TimeProvider.System, NullLogger<EventDispatch>.Instance);
        Consumer = new EventConsumer(messages, subscribers, dispatch, metrics, TimeProvider.System, NullLogger<EventConsumer>.Instance);
    }

    public Broker Broker { get; } = new();
    public MemoryDocumentStore Store { get; }
    public IReadOnlyList<Subscriber> Subscribers { get; }
    public ServiceBusEventBus Bus { get; }
    public EventConsumer Consumer { get; }
    public int Blobs => _blobs.Count;

    public static CloudEvent Event(string id, string? subject = "s", Value data = default, string source = "/shop", string tenant = "default") => new()
    {
        Id = id, Source = source, Type = "com.example.a", Subject = subject, Time = DateTimeOffset.UnixEpoch, Data = data, DataContentType = "application/json",
        Extensions = new ObjectValue { { "tenantid", tenant } },
    };

    public Task PublishAsync(params CloudEvent[] events) => Bus.PublishAsync(events);

    public Task DrainAsync() => Broker.DrainAsync(lease => Consumer.HandleAsync(lease.Message, lease, CancellationToken.None));

    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() =>
        [.. (await Store.QueryAsync(new DocumentQuery("default", DeadLetter.Type) { OldestFirst = true })).Items.Select(d => DeadLetter.FromDocument(d.Body))];

    /// <summary>Notes what it gets, and what of it became durable: a document for each event it has handled.</summary>
    internal sealed class Subscriber(string name, Func<EventDelivery, Task>? act = null) : IEventSubscriber
    {
        private static readonly DocumentType Effect = new("effect");

        public string Name => name;
        public List<string> Got { get; } = [];

        public ValueTask<bool> WantsAsync(string tenant, string type, CancellationToken cancellationToken) => new(true);

        public async Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
        {
            lock (Got) Got.Add(delivery.Event.Id);
            if (act is not null) await act(delivery);
            // Not idempotent by itself: the second one of an event would conflict.
            delivery.Work.Put(Effect, $"{name}-{delivery.Event.Id}", new ObjectValue(0), expected: 0);
        }

        public static async Task<int> CountAsync(IDocumentStore store)
        {
            var count = 0;
            await foreach (var _ in store.ReadAllAsync(new DocumentQuery("default", Effect))) count++;
            return count;
        }
    }

    private sealed class MemoryBlobs : IBlobStore
    {
        private readonly Dictionary<string, byte[]> _blobs = [];

        public int Count => _blobs.Count;

        public ValueTask<string> PutAsync(string tenant, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
        {
            var name = $"{tenant}/{_blobs.Count}";
            _blobs[name] = content.ToArray();
            return new(name);
        }

        public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string tenant, string name, CancellationToken cancellationToken = default) =>
            new(_blobs.TryGetValue(name, out var content) ? content : (ReadOnlyMemory<byte>?)null);
    }
}
