using LinkFlow.Engine.Values;

namespace LinkFlow.Benchmarks;

/// <summary>
/// webhook → set_variable → respond with everything saved, beside (a) an empty Kestrel endpoint, (b) one that commits
/// one row by the same writer, (c) a bare Node.js server with one fdatasync per group. All in one run, in turns.
/// </summary>
internal static class WebhookBenchmark
{
    private const int Rounds = 5;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    private const string Workflow = """
        {"name":"Benchmark","nodes":[
          {"id":"hook","type":"webhook","parameters":{"path":"bench","responseMode":"respondNode"}},
          {"id":"set","type":"set_variable","parameters":{"fields":{"order":"{{ $json.body.id }}","total":"{{ $json.body.total * 2 }}"},"include":"none"}},
          {"id":"answer","type":"respond","parameters":{}}],
         "connections":[{"source":"hook","target":"set"},{"source":"set","target":"answer"}]}
        """;

    /// <param name="arguments"><c>alone</c>: without the others, for a look at one change.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("linkflow-benchmark-").FullName;
        try
        {
            var (linkFlow, _) = await ChildServer.StartLinkFlowAsync(Path.Combine(folder, "linkflow"));
            using var _1 = linkFlow;
            var created = JsonText.Parse(await linkFlow.SendAsync(HttpMethod.Post, "/api/v1/workflows", Workflow));
            await linkFlow.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{created["id"].AsString}/activate");
            var (empty, _) = await ChildServer.StartBaselineAsync("empty", Path.Combine(folder, "empty"));
            using var _2 = empty;
            var (row, _) = await ChildServer.StartBaselineAsync("row", Path.Combine(folder, "row"));
            using var _3 = row;
            var (node, _) = await ChildServer.StartNodeAsync(Path.Combine(folder, "node"));
            using var _4 = node;

            var body = """{"id":4711,"total":21.5,"customer":{"name":"Ada","country":"UK"}}""";
            var request = LoadGenerator.Request("POST", "/webhooks/bench", body);
            (string Name, ChildServer Server)[] all = [("LinkFlow", linkFlow), ("(a) empty endpoint", empty), ("(b) one row, same writer", row), ("(c) Node.js, fdatasync", node)];
            if (arguments.Contains("alone")) all = all[..1];

            foreach (var (_, server) in all) await LoadGenerator.RunAsync(server.Port, _ => request, 10, TimeSpan.FromSeconds(5));
            Console.WriteLine($"webhook → set_variable → respond, requests/s, median of {Rounds} rounds of {Duration.TotalSeconds} s");
            foreach (var concurrency in (int[])[1, 10, 50])
            {
                var rates = all.ToDictionary(s => s.Name, _ => new List<LoadGenerator.Result>());
                for (var round = 0; round < Rounds; round++)
                    foreach (var (name, server) in all) rates[name].Add(await LoadGenerator.RunAsync(server.Port, _ => request, concurrency, Duration));
                var own = Medians.Of(rates["LinkFlow"].Select(r => r.PerSecond));
                foreach (var (name, _) in all)
                {
                    var rate = Medians.Of(rates[name].Select(r => r.PerSecond));
                    var p99 = Medians.Of(rates[name].Select(r => r.Percentile(0.99).TotalMilliseconds));
                    Console.WriteLine($"  concurrency {concurrency,2}  {name,-26} {rate,8:0}/s  p99 {p99,7:0.00} ms  LinkFlow is {own / rate:0.00} of it  failures {rates[name].Sum(r => r.Failures)}");
                }
            }

            Console.WriteLine($"  LinkFlow's resident set after it: {linkFlow.ResidentMegabytes:0} MB");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
