using LinkFlow.Engine.Values;

namespace LinkFlow.Benchmarks;

/// <summary>
/// The server with 1,000,000 finished and 10,000 waiting executions: how soon it is ready, and how lists answer over
/// HTTP, each documented filter, first page and random cursor, 1,000 requests by 8 callers.
/// </summary>
internal static class LargeStoreBenchmark
{
    private const int Requests = 1_000;
    private const int Callers = 8;

    private const string Workflow = """
        {"name":"Seeded","nodes":[
          {"id":"hook","type":"webhook","parameters":{"path":"seeded"}},
          {"id":"approved","type":"wait","parameters":{"for":"signal","name":"approved"}}],
         "connections":[{"source":"hook","target":"approved"}]}
        """;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("linkflow-benchmark-").FullName;
        try
        {
            var workflows = new List<string>();
            var (first, emptyReady) = await ChildServer.StartLinkFlowAsync(folder);
            using (first)
            {
                for (var n = 0; n < 20; n++) workflows.Add(JsonText.Parse(await first.SendAsync(HttpMethod.Post, "/api/v1/workflows", Workflow))["id"].AsString!);
                await Task.Delay(2000);
                Console.WriteLine($"empty store: ready {emptyReady.TotalMilliseconds:0} ms after the process began, resident set {first.ResidentMegabytes:0} MB idle");
            }

            await RestartsAsync("empty store", folder);
            await StoreSeeder.SeedAsync(folder, workflows);
            await RestartsAsync("1,000,000 finished, 10,000 waiting", folder);

            var (server, _) = await ChildServer.StartLinkFlowAsync(folder);
            using (server)
            {
                // The runtime compiles what runs often anew; until then the first thousands of requests are slower.
                for (var n = 0; n < 4; n++) await ListAsync(server, $"(warming up, {n + 1})", "limit=50");
                Console.WriteLine($"lists, {Requests} requests by {Callers} callers each");
                await ListAsync(server, "no filter", "limit=50");
                await ListAsync(server, "workflowId", $"workflowId={workflows[3]}");
                foreach (var status in (string[])["success", "error", "cancelled", "waiting", "running"]) await ListAsync(server, $"status={status}", $"status={status}");
                foreach (var mode in (string[])["webhook", "retry", "error"]) await ListAsync(server, $"mode={mode}", $"mode={mode}");
                await ListAsync(server, "workflowId, status", $"workflowId={workflows[5]}&status=error");
                await ListAsync(server, "workflowId, status, mode", $"workflowId={workflows[5]}&status=timed_out&mode=retry");
                var (from, to) = (DateTimeOffset.UtcNow.AddDays(-12), DateTimeOffset.UtcNow.AddDays(-11));
                await ListAsync(server, "from, to", $"from={from:yyyy-MM-ddTHH:mm:ssZ}&to={to:yyyy-MM-ddTHH:mm:ssZ}");
                Console.WriteLine($"resident set after it: {server.ResidentMegabytes:0} MB");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RestartsAsync(string name, string folder)
    {
        var times = new List<double>();
        for (var n = 0; n < 5; n++)
        {
            var (server, ready) = await ChildServer.StartLinkFlowAsync(folder);
            server.Dispose();
            times.Add(ready.TotalMilliseconds);
        }

        Console.WriteLine($"{name}: ready {Medians.Of(times):0} ms after the process began (median of {times.Count}, most {times.Max():0})");
    }

    /// <summary>Second pages from all over the 25 days.</summary>
    private static async Task<List<string>> CursorsAsync(ChildServer server, string query)
    {
        var cursors = new List<string>();
        var random = new Random(1);
        for (var n = 0; n < 60; n++)
        {
            var until = query.Contains("to=", StringComparison.Ordinal) ? query : $"{query}&to={DateTimeOffset.UtcNow.AddMinutes(-random.Next(25 * 24 * 60)):yyyy-MM-ddTHH:mm:ssZ}";
            var page = JsonText.Parse(await server.SendAsync(HttpMethod.Get, $"/api/v1/executions?{until}"));
            if (page["nextCursor"].AsString is { } cursor) cursors.Add($"{until}&cursor={Uri.EscapeDataString(cursor)}");
        }

        return cursors;
    }

    private static async Task ListAsync(ChildServer server, string name, string query)
    {
        var cursors = await CursorsAsync(server, query);
        var first = await LoadGenerator.RunAsync(server.Port, _ => LoadGenerator.Request("GET", $"/api/v1/executions?{query}", apiKey: ChildServer.OwnerKey), Callers, TimeSpan.FromMinutes(1), Requests);
        var line = $"  {name,-28} first page: median {first.Percentile(0.5).TotalMilliseconds,5:0.0} ms, p99 {first.Percentile(0.99).TotalMilliseconds,5:0.0} ms";
        if (cursors.Count > 0)
        {
            var later = await LoadGenerator.RunAsync(server.Port, n => LoadGenerator.Request("GET", $"/api/v1/executions?{cursors[(n * 7919) % cursors.Count]}", apiKey: ChildServer.OwnerKey), Callers, TimeSpan.FromMinutes(1), Requests);
            line += $"; cursor: median {later.Percentile(0.5).TotalMilliseconds,5:0.0} ms, p99 {later.Percentile(0.99).TotalMilliseconds,5:0.0} ms";
            first = first with { Failures = first.Failures + later.Failures };
        }

        Console.WriteLine(first.Failures == 0 ? line : $"{line}; {first.Failures} failures");
    }
}
