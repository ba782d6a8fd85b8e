using System.Globalization;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Benchmarks;

/// <summary>10,000 schedules due in one second: how long until the last has started its execution.</summary>
internal static class SchedulesBenchmark
{
    private const int Schedules = 10_000;
    private const int Rounds = 3;

    public static async Task RunAsync()
    {
        for (var round = 1; round <= Rounds; round++)
        {
            var folder = Directory.CreateTempSubdirectory("linkflow-schedules-").FullName;
            var (server, _) = await ChildServer.StartLinkFlowAsync(folder);
            using (server)
            {
                var due = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 30);
                await CreateAsync(server, due);
                if (DateTimeOffset.UtcNow > due) throw new InvalidOperationException("Making the schedules took longer than the 30 s until they are due.");
                Console.WriteLine($"round {round}: {Schedules:N0} schedules made {(due - DateTimeOffset.UtcNow).TotalSeconds:N1} s before they are due");
                var delays = await DelaysAsync(server, due);
                Console.WriteLine($"  started behind the due time: first {delays[0]:N0} ms, median {delays[delays.Count / 2]:N0} ms, p99 {delays[(int)(delays.Count * 0.99)]:N0} ms, last {delays[^1]:N0} ms");
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CreateAsync(ChildServer server, DateTimeOffset due)
    {
        var workflow = (await SendAsync(server, "/api/v1/workflows", """{"name":"Timed","nodes":[{"id":"tick","type":"schedule","parameters":{"cron":"0 0 1 1 *"}}],"connections":[]}"""))["id"].AsString;
        await SendAsync(server, $"/api/v1/workflows/{workflow}/activate", "{}");
        var schedule = $$"""{"workflowId":"{{workflow}}","at":"{{due.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}}","misfire":"runAll"}""";
        await Parallel.ForAsync(0, Schedules, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) => await SendAsync(server, "/api/v1/schedules", schedule));
    }

    /// <summary>How long after the due time each execution started, in ms, in order.</summary>
    private static async Task<List<double>> DelaysAsync(ChildServer server, DateTimeOffset due)
    {
        // Nobody asks while they start: the readers would take the processor from them.
        await Task.Delay(due - DateTimeOffset.UtcNow + TimeSpan.FromSeconds(15));
        var delays = new Dictionary<string, double>();
        for (string? cursor = ""; cursor is not null;)
        {
            var text = await server.Http.GetStringAsync(new Uri($"/api/v1/executions?mode=schedule&limit=200{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", UriKind.Relative));
            var page = JsonText.Parse(text);
            foreach (var execution in page["items"].AsArray!)
                if (!delays.TryAdd(execution["startedBy"].AsString!, (DateTimeOffset.Parse(execution["startedAt"].AsString!, CultureInfo.InvariantCulture) - due).TotalMilliseconds))
                    throw new InvalidOperationException($"{execution["startedBy"].AsString} fired twice.");
            cursor = page["nextCursor"].AsString;
        }

        return delays.Count == Schedules ? [.. delays.Values.Order()] : throw new InvalidOperationException($"Only {delays.Count} of {Schedules} had fired 15 s behind their time.");
    }

    private static async Task<Value> SendAsync(ChildServer server, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await server.Http.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonText.Parse(text) : throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}: {text}");
    }
}
