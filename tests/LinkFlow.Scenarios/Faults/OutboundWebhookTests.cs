using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Faults;

/// <summary>Events on their way to someone else's URL through kill -9: each arrives, and a repeat has the id of the first.</summary>
public sealed class OutboundWebhookTests
{
    private const int Kills = 5;
    private const int EventsPerRound = 60;

    [Fact]
    public async Task Every_event_is_delivered_and_a_receiver_that_looks_at_ids_sees_it_once()
    {
        using var folder = new TemporaryFolder();
        await using var target = await RecordingTarget.StartAsync();
        target.Delay = TimeSpan.FromMilliseconds(60);
        var random = new Random(20261122);
        var server = await StartAsync(folder);
        await server.SendAsync(HttpMethod.Post, "/api/v1/event-subscriptions", $$"""{"name":"n","url":"{{target.Url}}/hook","types":["com.example.*"],"concurrency":8}""");
        for (var round = 0; round < Kills; round++)
        {
            await PublishAsync(server, round);
            await Task.Delay(random.Next(0, 150));
            server.Kill();
            server = await StartAsync(folder);
        }

        await using (server)
        {
            for (var tries = 0; tries < 600 && Ids(target).Count() < Kills * EventsPerRound; tries++) await Task.Delay(50);
            Assert.Equal(Kills * EventsPerRound, Ids(target).Count());
            // One delivery, one event: repeats bear the id of the first.
            Assert.Equal(Kills * EventsPerRound, target.Calls.Select(c => (c.Delivery, JsonText.Parse(c.Body)["id"].AsString)).Distinct().Count());
            Assert.True(target.Calls.Count > Kills * EventsPerRound, "Nothing was sent twice: no kill came between a call and its record, so that this shows nothing.");
        }
    }

    private static Task<ServerProcess> StartAsync(TemporaryFolder folder) => ServerProcess.StartAsync(folder.Path, new Dictionary<string, string> { ["LinkFlow__Outbound__Allow"] = "127.0.0.0/8" });

    private static IEnumerable<string> Ids(RecordingTarget target) => target.Calls.Select(c => c.Delivery!).Distinct();

    private static Task PublishAsync(ServerProcess server, int round) => Parallel.ForAsync(0, EventsPerRound, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, _) =>
        await server.SendAsync(HttpMethod.Post, "/api/v1/events", $$"""{"specversion":"1.0","id":"{{round}}-{{n}}","source":"/test","type":"com.example.a","subject":"s{{n}}"}"""));
}
