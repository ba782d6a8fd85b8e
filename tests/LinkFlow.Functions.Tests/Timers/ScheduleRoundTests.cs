using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Tests.Http;
using LinkFlow.Functions.Timers;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;
using LinkFlow.Platform.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Timers;

/// <summary>Schedules where nothing runs all the time: rings and rounds, late, lost and twice, fire each due time once.</summary>
public sealed class ScheduleRoundTests
{
    private const string EveryMinute = """{"id":"tick","type":"schedule","parameters":{"cron":"* * * * *"}}""";
    private const string EverySecond = """{"id":"tick","type":"schedule","parameters":{"cron":"* * * * * *"}}""";

    [Fact]
    public async Task An_activated_schedule_asks_for_its_ring()
    {
        await using var world = await World.StartAsync(EveryMinute);

        var (_, at) = Assert.Single(world.Rings.Asked);

        Assert.Equal((0, true), (at.Second, at > world.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_ring_fires_and_asks_for_the_next()
    {
        await using var world = await World.StartAsync(EveryMinute);

        await world.RingAsync();

        Assert.Single(world.Runtime.Starts);
        Assert.Equal(world.Rings.Asked[0].At.AddMinutes(1), world.Rings.Asked[1].At);
    }

    [Fact]
    public async Task A_ring_that_comes_twice_fires_once()
    {
        await using var world = await World.StartAsync(EveryMinute);

        await Task.WhenAll(world.RingAsync(), world.RingAsync(), world.RingAsync());

        Assert.Single(world.Runtime.Starts);
    }

    [Fact]
    public async Task A_ring_before_its_time_fires_nothing()
    {
        await using var world = await World.StartAsync(EveryMinute);

        await world.Round.LookAsync("default", world.Rings.Asked[0].Id, CancellationToken.None);

        Assert.Empty(world.Runtime.Starts);
    }

    [Fact]
    public async Task The_round_fires_what_no_ring_came_for_and_two_rounds_fire_it_once()
    {
        await using var world = await World.StartAsync(EveryMinute);
        world.Clock.Advance(TimeSpan.FromSeconds(61));

        var rounds = await Task.WhenAll(world.Round.SweepAsync(CancellationToken.None), world.Round.SweepAsync(CancellationToken.None));

        Assert.Single(world.Runtime.Starts);
        Assert.All(rounds, r => Assert.Equal(0, r.Failed));
    }

    [Fact]
    public async Task A_round_with_nothing_due_looks_at_nothing()
    {
        await using var world = await World.StartAsync(EveryMinute);

        Assert.Equal((0, 0), await world.Round.SweepAsync(CancellationToken.None));
        Assert.Single(world.Rings.Asked);
    }

    [Fact]
    public async Task Without_rings_the_round_fires_every_second_that_passed()
    {
        await using var world = await World.StartAsync(EverySecond);
        world.Clock.Advance(TimeSpan.FromSeconds(30));

        await world.Round.SweepAsync(CancellationToken.None);

        Assert.InRange(world.Runtime.Starts.Count, 29, 31);
        Assert.Equal(world.Runtime.Starts.Count, world.Runtime.Starts.Select(s => s.Input[0].Json["dueAt"].AsString).Distinct().Count());
    }

    [Fact]
    public async Task A_queue_that_takes_nothing_keeps_nobody_from_saving_a_schedule()
    {
        await using var world = await World.StartAsync(EveryMinute, new Rings { Fault = new InvalidOperationException("no broker") });

        Assert.Empty(world.Rings.Asked);
        world.Clock.Advance(TimeSpan.FromSeconds(61));
        // The firing is committed; only its ring is not to be had, and the round says so.
        Assert.Equal((1, 1), await world.Round.SweepAsync(CancellationToken.None));
        Assert.Single(world.Runtime.Starts);
    }

    [Fact]
    public void A_message_is_named_by_what_it_rings_for_so_that_the_queue_drops_a_second_one()
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);

        var message = ServiceBusDueTimes.Message("default", "0198", at);

        Assert.Equal("default/0198/1800000000000", message.MessageId);
        Assert.Equal(("default", "0198"), ServiceBusDueTimes.Read(message.Body));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("{\"tenant\":7,\"scheduleId\":\"x\"}")]
    public void A_message_that_names_no_schedule_is_none_of_ours(string body) => Assert.Null(ServiceBusDueTimes.Read(BinaryData.FromString(body)));

    /// <summary>The application with a clock that stands, a runtime that runs nothing, and a queue that only notes.</summary>
    private sealed class World(FunctionsWeb web, Rings rings) : IAsyncDisposable
    {
        public FixedClock Clock { get; } = (FixedClock)web.Services.GetRequiredService<TimeProvider>();
        public FakeRuntime Runtime { get; } = web.Services.GetRequiredService<FakeRuntime>();
        public ScheduleRound Round { get; } = web.Services.GetRequiredService<ScheduleRound>();
        public Rings Rings { get; } = rings;

        public static async Task<World> StartAsync(string node, Rings? rings = null)
        {
            rings ??= new Rings();
            var web = await FunctionsWeb.StartAsync(TwoHosts.Options(), services =>
            {
                TwoHosts.AddPorts(services);
                services.AddSingleton<TimeProvider>(new FixedClock()).AddSingleton<IDueTimeQueue>(rings);
            });
            web.Http.DefaultRequestHeaders.Add("X-API-Key", TwoHosts.OwnerKey);
            using var saved = await web.Http.PostAsync("/api/v1/workflows", Json($$"""{"name":"w","nodes":[{{node}}],"connections":[]}"""));
            var id = JsonText.Parse(await saved.Content.ReadAsStringAsync())["id"].AsString;
            using var activated = await web.Http.PostAsync($"/api/v1/workflows/{id}/activate", null);
            Assert.True(activated.IsSuccessStatusCode, await activated.Content.ReadAsStringAsync());
            return new World(web, rings);
        }

        /// <summary>Moves to the last ring that was asked for, and lets it ring.</summary>
        public Task RingAsync()
        {
            var (id, at) = Rings.Asked[0];
            if (at > Clock.GetUtcNow()) Clock.Advance(at - Clock.GetUtcNow());
            return Round.LookAsync("default", id, CancellationToken.None);
        }

        public ValueTask DisposeAsync() => web.DisposeAsync();

        private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
    }

    private sealed class Rings : IDueTimeQueue
    {
        private readonly List<(string Id, DateTimeOffset At)> _asked = [];

        public Exception? Fault { get; init; }

        public IReadOnlyList<(string Id, DateTimeOffset At)> Asked
        {
            get
            {
                lock (_asked) return [.. _asked];
            }
        }

        public Task EnqueueAsync(string tenant, string scheduleId, DateTimeOffset dueAt, CancellationToken cancellationToken)
        {
            if (Fault is not null) throw Fault;
            lock (_asked) _asked.Add((scheduleId, dueAt));
            return Task.CompletedTask;
        }
    }
}
