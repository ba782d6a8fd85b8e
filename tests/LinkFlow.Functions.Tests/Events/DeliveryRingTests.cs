using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Events;
using LinkFlow.Functions.Tests.Hosting;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.Subscriptions.Deliveries;
using LinkFlow.Platform.Ports;
using LinkFlow.Scenarios.Faults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Events;

/// <summary>Outbound webhooks of the Function App: each try is rung for by a message.</summary>
public sealed class DeliveryRingTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("linkflow-rings-").FullName;
    private readonly RingQueue _queue = new();
    private RecordingTarget _target = null!;
    private FunctionHost _host = null!;
    private string _subscription = "";

    public async Task InitializeAsync()
    {
        _target = await RecordingTarget.StartAsync();
        var settings = new Dictionary<string, string> { ["LinkFlow:OwnerApiKey"] = "scenario-owner-key-0123456789-abcdefgh", ["LinkFlow:Outbound:Allow"] = "127.0.0.0/8" };
        _host = await FunctionHost.StartAsync(_folder, settings, services =>
        {
            // Nothing sends by itself: what is in the queue does, when the test says.
            foreach (var clock in services.Where(s => s.ImplementationType?.Name == "DeliveryClock").ToList()) services.Remove(clock);
            services.AddSingleton<ServiceBusClient>(_queue).AddSingleton<ServiceBusDeliveries>().AddSingleton<DeliveryRings>();
        });
        _host.Services.GetRequiredService<DeliveryRings>();
        using var http = _host.Web.CreateClient();
        http.DefaultRequestHeaders.Add("X-API-Key", settings["LinkFlow:OwnerApiKey"]);
        using var body = new StringContent($$"""{"name":"n","url":"{{_target.Url}}/hook","types":["com.example.*"],"concurrency":3}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/api/v1/event-subscriptions", UriKind.Relative), body);
        _subscription = JsonText.Parse(await answer.Content.ReadAsStringAsync())["id"].AsString!;
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _target.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_ring_makes_one_try_and_a_second_ring_for_it_none()
    {
        await FeedAsync("e1");
        var ring = await _queue.TakeAsync();
        Assert.StartsWith(_subscription + "/", ring.SessionId);
        await RingAsync(ring);
        await RingAsync(ring);
        Assert.Single(_target.Calls);
        Assert.Equal(2, _queue.Completed);
        Assert.Empty(_queue.Messages);
    }

    [Fact]
    public async Task A_try_that_fails_rings_again_when_the_next_is_due()
    {
        await FeedAsync("e1");
        var ring = await _queue.TakeAsync();
        await _target.DisposeAsync();
        await RingAsync(ring);
        var next = await _queue.TakeAsync();
        Assert.InRange(next.ScheduledEnqueueTime, DateTimeOffset.UtcNow.AddSeconds(4), DateTimeOffset.UtcNow.AddSeconds(14));
        Assert.NotEqual(ring.MessageId, next.MessageId);
    }

    [Fact]
    public async Task Places_are_as_many_as_the_subscription_allows()
    {
        for (var n = 0; n < 40; n++) await FeedAsync($"e{n}");
        var sessions = new HashSet<string>();
        for (var n = 0; n < 40; n++) sessions.Add((await _queue.TakeAsync()).SessionId);
        Assert.Equal(["0", "1", "2"], sessions.Select(s => s.Split('/')[1]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_that_names_no_delivery_is_dead_at_once()
    {
        await RingAsync(new ServiceBusMessage("nonsense") { MessageId = "m" });
        Assert.Equal(("UNREADABLE", 0), (_queue.DeadReason, _queue.Completed));
    }

    [Fact]
    public async Task The_sweep_rings_for_what_is_late_and_leaves_the_rest()
    {
        await FeedAsync("e1");
        await _queue.TakeAsync();
        Assert.Equal(0, await _host.Services.GetRequiredService<DeliveryRings>().SweepAsync(default));
        await foreach (var (key, _) in _host.Services.GetRequiredService<DeliveryRound>().PendingAsync(null, TimeSpan.Zero, default))
            await _host.Services.GetRequiredService<ServiceBusDeliveries>().EnqueueAsync(key, DateTimeOffset.UtcNow, default);
        await RingAsync(await _queue.TakeAsync());
        Assert.Single(_target.Calls);
    }

    private Task FeedAsync(string id)
    {
        var feed = _host.Services.GetServices<IEventSubscriber>().Single(s => s.Name == "subscriptions");
        return feed.HandleAsync(new EventDelivery { Event = BusWorld.Event(id), Work = new UnitOfWork("default"), Try = 1 }, default);
    }

    private Task RingAsync(ServiceBusMessage ring)
    {
        var message = ServiceBusModelFactory.ServiceBusReceivedMessage(body: ring.Body, messageId: ring.MessageId, sessionId: ring.SessionId);
        return _host.InvokeAsync(FunctionCatalogue.OfTheApp["delivery-due"], _ => message, default, type => type == typeof(ServiceBusMessageActions) ? new RingActions(_queue) : null);
    }

    private sealed class RingQueue : ServiceBusClient
    {
        public ConcurrentQueue<ServiceBusMessage> Messages { get; } = new();
        public int Completed { get; set; }
        public string? DeadReason { get; set; }

        public async Task<ServiceBusMessage> TakeAsync()
        {
            for (var tries = 0; tries < 500; tries++)
            {
                if (Messages.TryDequeue(out var message)) return message;
                await Task.Delay(10);
            }

            throw new TimeoutException("Nothing was sent.");
        }

        public override ServiceBusSender CreateSender(string queueOrTopicName) => queueOrTopicName == ServiceBusDeliveries.Queue ? new Sender(this) : throw new ArgumentException(queueOrTopicName);

        public override ValueTask DisposeAsync() => default;

        private sealed class Sender(RingQueue queue) : ServiceBusSender
        {
            public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
            {
                queue.Messages.Enqueue(message);
                return Task.CompletedTask;
            }

            public override Task<long> ScheduleMessageAsync(ServiceBusMessage message, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
            {
                message.ScheduledEnqueueTime = scheduledEnqueueTime;
                queue.Messages.Enqueue(message);
                return Task.FromResult(1L);
            }
        }
    }

    private sealed class RingActions(RingQueue queue) : ServiceBusMessageActions
    {
        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
        {
            queue.Completed++;
            return Task.CompletedTask;
        }

        public override Task DeadLetterMessageAsync(
            ServiceBusReceivedMessage message, Dictionary<string, object>? propertiesToModify = default, string? deadLetterReason = default, string? deadLetterErrorDescription = default,
            CancellationToken cancellationToken = default)
        {
            queue.DeadReason = deadLetterReason;
            return Task.CompletedTask;
        }
    }
}
