using System.Collections.Concurrent;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Local.Events;
using LinkFlow.Local.Tests.Journal;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.Publishing;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Local.Tests.Events;

/// <summary>What executions tell, read from their segments.</summary>
public sealed class ExecutionEventTests : IAsyncLifetime
{
    private const string Two = """{"start":{"type":"start"},"a":{"type":"call"},"b":{"type":"call"}}""";

    private readonly Everything _everything = new();
    private readonly EventMetrics _metrics = new();
    private JournalWorld _world = null!;
    private LocalEventBus _bus = null!;

    public async Task InitializeAsync()
    {
        _world = await JournalWorld.BeginAsync();
        var options = new LinkFlowOptions();
        _bus = new LocalEventBus(
            _world.Store, new ServiceCollection().AddSingleton<IEventSubscriber>(_everything).BuildServiceProvider(),
            new EventDispatch(_world.Store.Documents, options, _metrics, TimeProvider.System, NullLogger<EventDispatch>.Instance),
            new PublishedEvents(_world.Store.Documents, options, TimeProvider.System), _metrics, options, TimeProvider.System, NullLogger<LocalEventBus>.Instance);
        await _bus.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _bus.StopAsync(default);
        _bus.Dispose();
        _metrics.Dispose();
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData(SaveData.All)]
    [InlineData(SaveData.None)]
    public async Task Each_thing_that_happens_is_told_once_and_in_order_whatever_is_kept_of_it(SaveData saveData)
    {
        _world.Save("w", Two, "start > a > b", s => s with { SaveData = saveData });

        var id = (await _world.RunAsync("w"))["id"].AsString!;
        // Once the end of a second one has come, nothing of the first can come any more.
        var later = (await _world.RunAsync("w"))["id"].AsString!;
        await _world.UntilAsync(() => _everything.Seen.Any(e => e.Subject == later && e.Type == EventCatalogue.ExecutionSucceeded.Type));

        var told = _everything.Seen.Where(e => e.Subject == id).ToList();
        Assert.Equal(["execution.started", "node.completed", "node.completed", "node.completed", "execution.succeeded"], told.Select(e => e.Type[9..^3]));
        Assert.Equal(["start", "a", "b"], told.Where(e => e.Type == EventCatalogue.NodeCompleted.Type).Select(e => e.Data["nodeId"].AsString));
        Assert.All(told, e => Assert.Equal(id, e.CorrelationId));
        Assert.Equal(told.Select(e => e.Extensions["sequence"].AsString).Order(StringComparer.Ordinal), told.Select(e => e.Extensions["sequence"].AsString));
    }

    [Fact]
    public async Task A_failure_is_told_with_its_error_and_hands_its_chain_to_the_error_workflow()
    {
        _world.Answer = (call, _) => call.Node == "b" ? throw new NodeException("BROKEN", "It is broken.") : Task.FromResult(LinkFlow.Engine.Values.Value.From(call.Item));
        _world.Save("w", Two, "start > a > b", s => s with { ErrorWorkflowId = "handler" });
        _world.Save("handler", """{"failed":{"type":"error"}}""", "");

        await _world.StartAsync("w", change: s => s with { Cause = new EventCause("first", "before", 4) });
        await _world.UntilAsync(() => _everything.Seen.Any(e => e.Type == EventCatalogue.ExecutionSucceeded.Type));

        var failed = Assert.Single(_everything.Seen, e => e.Type == EventCatalogue.ExecutionFailed.Type);
        Assert.Equal(("BROKEN", "b"), (failed.Data["error"]["code"].AsString, failed.Data["error"]["nodeId"].AsString));
        Assert.All(_everything.Seen, e => Assert.Equal(("first", "before", 4), (e.CorrelationId, e.Extensions["causationid"].AsString, e.Depth)));
    }

    private sealed class Everything : IEventSubscriber
    {
        public ConcurrentQueue<CloudEvent> Seen { get; } = new();
        public string Name => "everything";
        public ValueTask<bool> WantsAsync(string tenant, string type, CancellationToken cancellationToken) => new(true);

        public Task HandleAsync(EventDelivery delivery, CancellationToken cancellationToken)
        {
            Seen.Enqueue(delivery.Event);
            return Task.CompletedTask;
        }
    }
}
