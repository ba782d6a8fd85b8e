using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.Subscriptions.Deliveries;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Events.Subscriptions;

/// <summary>A platform with one subscription, a receiver for it, and a clock that the test moves; deliveries are tried when the test says.</summary>
internal sealed class SubscriptionWorld : IAsyncDisposable
{
    public const string Secret = "a-secret-of-sixteen-and-more";

    private SubscriptionWorld(TestPlatform platform, Receiver receiver) => (Platform, Receiver) = (platform, receiver);

    public TestPlatform Platform { get; }
    public Receiver Receiver { get; }
    public string Id { get; private set; } = "";
    public string Path => $"/api/v1/event-subscriptions/{Id}";
    private DeliveryRuns Runs => Platform.Services.GetRequiredService<DeliveryRuns>();

    public static async Task<SubscriptionWorld> StartAsync(string more = "", Action<LinkFlowOptions>? configure = null)
    {
        var world = new SubscriptionWorld(await TestPlatform.StartAsync(options =>
        {
            options.Events.DeliveryTimeoutSeconds = 1;
            configure?.Invoke(options);
        }), await Receiver.StartAsync());
        world.Id = await world.CreateAsync(more);
        return world;
    }

    public async Task<string> CreateAsync(string more = "")
    {
        var created = await Platform.PostAsync("/api/v1/event-subscriptions", $$"""{"name":"Shop","url":"{{Receiver.Url}}/hook","types":["com.example.*"],"secret":"{{Secret}}"{{more}}}""");
        return created.Status == 201 ? created.Body["id"].AsString! : throw new InvalidOperationException(created.Text);
    }

    /// <summary>Has the feed take an event in, as the bus would.</summary>
    public Task FeedAsync(string id = "e1", string type = "com.example.order.placed", string source = "/shop")
    {
        var feed = Platform.Services.GetServices<IEventSubscriber>().Single(s => s.Name == "subscriptions");
        var json = $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"{{{source}}}","type":"{{{type}}}","subject":"o1","time":"2026-11-21T00:00:00.000Z","tenantid":"default","data":{"total":5}}""";
        return feed.HandleAsync(new EventDelivery { Event = CloudEvent.FromJson(JsonText.Parse(json)), Work = new UnitOfWork("default"), Try = 1 }, default);
    }

    public async Task<IReadOnlyList<Value>> DeliveriesAsync(string query = "") => [.. (await Platform.GetAsync($"{Path}/deliveries{query}")).Body["items"].AsArray!];

    public async Task<Value> DeliveryAsync() => Assert.Single(await DeliveriesAsync());

    /// <summary>Tries the only delivery, if it is due.</summary>
    public async Task<DateTimeOffset?> TryAsync(bool claims = false) =>
        (await Runs.RunAsync(new DeliveryKey("default", Id, (await DeliveriesAsync())[0]["id"].AsString!), claims, default)).NextAt;

    /// <summary>Moves the clock from one try to the next until there is none.</summary>
    /// <returns>The pauses.</returns>
    public async Task<List<TimeSpan>> TryToTheEndAsync()
    {
        var pauses = new List<TimeSpan>();
        while (await TryAsync() is { } next)
        {
            pauses.Add(next - Platform.Clock.GetUtcNow());
            Platform.Clock.Advance(pauses[^1]);
        }

        return pauses;
    }

    public async Task<Value> ShownAsync() => (await Platform.GetAsync(Path)).Body;

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
