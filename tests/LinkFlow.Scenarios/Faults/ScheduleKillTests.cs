using System.Globalization;

namespace LinkFlow.Scenarios.Faults;

/// <summary>Many schedules due in one second, and kill -9 of the server in that second.</summary>
public sealed class ScheduleKillTests
{
    private const int Schedules = 1_500;
    private const int Kills = 3;

    [Fact]
    public async Task Every_schedule_fires_once_though_the_server_is_killed_while_they_fire()
    {
        using var folder = new TemporaryFolder();
        var server = await ServerProcess.StartAsync(folder.Path);
        await CreateAsync(server, DateTimeOffset.UtcNow.AddSeconds(Schedules / 100));
        while (await FiredAsync(server) == 0) await Task.Delay(5);
        for (var kill = 0; kill < Kills; kill++)
        {
            server.Kill();
            server = await ServerProcess.StartAsync(folder.Path);
        }

        await using (server)
        {
            for (var tries = 0; tries < 600 && await FiredAsync(server) < Schedules; tries++) await Task.Delay(100);
            var starters = await StartersAsync(server);
            Assert.Equal((Schedules, Schedules), (starters.Count, starters.Distinct().Count()));
        }
    }

    private static async Task CreateAsync(ServerProcess server, DateTimeOffset due)
    {
        var workflow = await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", """{"name":"Timed","nodes":[{"id":"tick","type":"schedule","parameters":{"cron":"0 0 1 1 *"}}],"connections":[]}""");
        await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{workflow["id"].AsString}/activate");
        var at = due.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await Parallel.ForAsync(0, Schedules, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
            await server.SendAsync(HttpMethod.Post, "/api/v1/schedules", $$"""{"workflowId":"{{workflow["id"].AsString}}","at":"{{at}}","misfire":"runAll"}"""));
    }

    private static async Task<int> FiredAsync(ServerProcess server)
    {
        var first = await server.SendAsync(HttpMethod.Get, "/api/v1/executions?mode=schedule&limit=1");
        return first["items"].AsArray!.Count == 0 ? 0 : (await StartersAsync(server)).Count;
    }

    private static async Task<List<string>> StartersAsync(ServerProcess server)
    {
        var starters = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await server.SendAsync(HttpMethod.Get, $"/api/v1/executions?mode=schedule&limit=200{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            starters.AddRange(page["items"].AsArray!.Select(e => e["startedBy"].AsString!));
            cursor = page["nextCursor"].AsString;
        }

        return starters;
    }
}
