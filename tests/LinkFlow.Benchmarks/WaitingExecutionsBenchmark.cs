using LinkFlow.Engine.Values;

namespace LinkFlow.Benchmarks;

/// <summary>100,000 executions that wait for a signal: the memory that they take, and how soon one wakes.</summary>
internal static class WaitingExecutionsBenchmark
{
    private const int Executions = 100_000;
    private const int Signals = 1_000;

    private const string Workflow = """
        {"name":"Waiting","nodes":[
          {"id":"hook","type":"webhook","parameters":{"path":"waiting"}},
          {"id":"approved","type":"wait","parameters":{"for":"signal","name":"approved"}},
          {"id":"set","type":"set_variable","parameters":{"fields":{"done":true}}}],
         "connections":[{"source":"hook","target":"approved"},{"source":"approved","target":"set"}]}
        """;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("linkflow-benchmark-").FullName;
        try
        {
            var (server, _) = await ChildServer.StartLinkFlowAsync(folder);
            using var _1 = server;
            var idle = server.ResidentMegabytes;
            var workflow = JsonText.Parse(await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", Workflow))["id"].AsString;
            await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{workflow}/activate");

            var started = await LoadGenerator.RunAsync(server.Port, n => LoadGenerator.Request("POST", "/webhooks/waiting", $$"""{"order":{{n}}}"""), 32, TimeSpan.FromMinutes(10), Executions);
            await UntilAllWaitAsync(server, workflow!);
            Console.WriteLine($"{Executions:N0} waiting executions: started at {started.PerSecond:0}/s, failures {started.Failures}");
            Console.WriteLine($"  resident set: {idle:0} MB idle before, {server.ResidentMegabytes:0} MB with all of them waiting");

            var ids = await SampleAsync(server, workflow!);
            var wakes = new List<double>();
            foreach (var id in ids)
            {
                var sent = DateTimeOffset.UtcNow;
                await server.SendAsync(HttpMethod.Post, $"/api/v1/executions/{id}/signals/approved", """{"by":"Ada"}""");
                wakes.Add((await FinishedAtAsync(server, id) - sent).TotalMilliseconds);
            }

            wakes.Sort();
            Console.WriteLine($"  from sending a signal to the committed end, {wakes.Count} of them: median {wakes[wakes.Count / 2]:0} ms, p99 {wakes[wakes.Count * 99 / 100]:0} ms, most {wakes[^1]:0} ms");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task UntilAllWaitAsync(ChildServer server, string workflow)
    {
        while (true)
        {
            var running = JsonText.Parse(await server.SendAsync(HttpMethod.Get, $"/api/v1/executions?workflowId={workflow}&status=running&limit=1"));
            if (running["items"].AsArray!.Count == 0) return;
            await Task.Delay(100);
        }
    }

    /// <summary>Executions spread over the whole list.</summary>
    private static async Task<List<string>> SampleAsync(ChildServer server, string workflow)
    {
        var ids = new List<string>();
        var cursor = "";
        while (true)
        {
            var page = JsonText.Parse(await server.SendAsync(HttpMethod.Get, $"/api/v1/executions?workflowId={workflow}&limit=200{cursor}"));
            ids.AddRange(page["items"].AsArray!.Select(e => e["id"].AsString!));
            if (page["nextCursor"].AsString is not { } next) break;
            cursor = $"&cursor={Uri.EscapeDataString(next)}";
        }

        var random = new Random(1);
        return [.. Enumerable.Range(0, Signals).Select(_ => ids[random.Next(ids.Count)]).Distinct()];
    }

    private static async Task<DateTimeOffset> FinishedAtAsync(ChildServer server, string id)
    {
        while (true)
        {
            var execution = JsonText.Parse(await server.SendAsync(HttpMethod.Get, $"/api/v1/executions/{id}"));
            if (execution["finishedAt"].AsString is { } at) return DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
            await Task.Delay(1);
        }
    }
}
