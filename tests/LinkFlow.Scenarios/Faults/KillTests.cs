using System.Collections.Concurrent;
using System.Net;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Faults;

/// <summary>kill -9 of the server under load, again and again; then every promise about what was acknowledged is checked.</summary>
public sealed class KillTests
{
    private const int Kills = 30;

    [Fact]
    public async Task What_was_acknowledged_exists_once_and_ends_however_often_the_server_is_killed()
    {
        await using var target = await RecordingTarget.StartAsync();
        target.Delay = TimeSpan.FromMilliseconds(5);
        using var folder = new TemporaryFolder();
        var random = new Random(20261121);
        var acknowledged = new ConcurrentDictionary<string, string>();

        var server = await StartAsync(folder.Path);
        var workflow = await CreateAsync(server, target.Url);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, 8).Select(n => LoadAsync(server, $"{kill}-{n}", acknowledged, stop.Token)).ToArray();
            await Task.Delay(random.Next(60, 500));
            // A slow machine may need longer for its first answers, and a kill before them shows nothing.
            for (var tries = 0; acknowledged.Count <= kill + 1 && tries < 500; tries++) await Task.Delay(10);
            server.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(load);
            server = await StartAsync(folder.Path);
        }

        await using (server)
        {
            Assert.True(acknowledged.Count > Kills, $"Only {acknowledged.Count} calls were acknowledged: the load is too low to show anything.");
            await CheckAsync(server, workflow, target, acknowledged);
        }
    }

    private static Task<ServerProcess> StartAsync(string folder) =>
        ServerProcess.StartAsync(folder, new Dictionary<string, string> { ["LinkFlow__Outbound__Allow"] = "127.0.0.0/8" });

    private static async Task<string> CreateAsync(ServerProcess server, string target)
    {
        var body = $$$$"""
            {"name":"Orders","nodes":[
              {"id":"hook","type":"webhook","parameters":{"path":"orders"}},
              {"id":"first","type":"http_request","parameters":{"method":"POST","url":"{{{{target}}}}/first","bodyType":"json","body":{"order":"{{ $json.body.order }}"}}},
              {"id":"choose","type":"condition","parameters":{"expression":"{{ Math.random() < 0.5 }}"}},
              {"id":"left","type":"http_request","parameters":{"method":"POST","url":"{{{{target}}}}/left","bodyType":"json","body":{"order":"{{ $('hook').first().json.body.order }}"}}},
              {"id":"right","type":"http_request","parameters":{"method":"POST","url":"{{{{target}}}}/right","bodyType":"json","body":{"order":"{{ $('hook').first().json.body.order }}"}}},
              {"id":"end","type":"set_variable","parameters":{"fields":{"done":true}}}],
             "connections":[{"source":"hook","target":"first"},{"source":"first","target":"choose"},
              {"source":"choose","sourceOutput":"true","target":"left"},{"source":"choose","sourceOutput":"false","target":"right"},
              {"source":"left","target":"end"},{"source":"right","target":"end"}]}
            """;
        var id = (await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", body))["id"].AsString!;
        await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{id}/activate");
        return id;
    }

    /// <summary>Calls the webhook until told to stop; remembers only calls whose complete 2xx was received.</summary>
    private static async Task LoadAsync(ServerProcess server, string name, ConcurrentDictionary<string, string> acknowledged, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var order = $"{name}-{n}";
            try
            {
                using var content = new StringContent($$"""{"order":"{{order}}"}""", Encoding.UTF8, "application/json");
                using var answer = await server.Http.PostAsync(new Uri("/webhooks/orders", UriKind.Relative), content, stop);
                var text = await answer.Content.ReadAsStringAsync(stop);
                if (answer.StatusCode == HttpStatusCode.OK) acknowledged[order] = JsonText.Parse(text)["executionId"].AsString!;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                // The server was killed within this call: it was not acknowledged.
            }
        }
    }

    private static async Task CheckAsync(ServerProcess server, string workflow, RecordingTarget target, ConcurrentDictionary<string, string> acknowledged)
    {
        var executions = await AllFinishedAsync(server, workflow);
        var calls = target.Calls.ToLookup(c => JsonText.Parse(c.Body)["order"].AsString!);
        Assert.All(executions.Values, status => Assert.Equal("success", status));
        Assert.Equal(acknowledged.Count, acknowledged.Values.Distinct().Count());

        foreach (var (order, execution) in acknowledged)
        {
            Assert.True(executions.ContainsKey(execution), $"Order {order} was acknowledged as {execution}, which is not there.");
            var byNode = calls[order].GroupBy(c => c.Path).ToDictionary(g => g.Key, g => g.ToArray());
            Assert.True(byNode.ContainsKey("/first"), $"Order {order} never reached the first call.");
            Assert.True(byNode.ContainsKey("/left") ^ byNode.ContainsKey("/right"), $"Order {order} called {string.Join(", ", byNode.Keys)}.");
            var repeated = byNode.Where(n => n.Value.Length > 1).ToArray();
            if (repeated.Length > 0) await CheckRepeatsAsync(server, execution, repeated);
        }
    }

    /// <summary>A call may be repeated only for an attempt that a crash interrupted, and then with the same key.</summary>
    private static async Task CheckRepeatsAsync(ServerProcess server, string execution, KeyValuePair<string, RecordingTarget.Call[]>[] repeated)
    {
        var history = (await server.SendAsync(HttpMethod.Get, $"/api/v1/executions/{execution}/history?limit=200"))["items"].AsArray!;
        foreach (var (path, calls) in repeated)
        {
            Assert.Single(calls.Select(c => c.Key).Distinct());
            Assert.NotNull(calls[0].Key);
            var recoveries = history.Count(e => e["type"].AsString == "attempt_recovered" && e["node"].AsString == path[1..]);
            Assert.True(calls.Length <= recoveries + 1, $"{execution}: {path} was called {calls.Length} times, but its attempt was recovered {recoveries} times.");
        }
    }

    /// <summary>Every execution of the workflow with its status, once all have ended.</summary>
    private static async Task<Dictionary<string, string>> AllFinishedAsync(ServerProcess server, string workflow)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            var executions = new Dictionary<string, string>();
            for (var cursor = ""; ;)
            {
                var page = await server.SendAsync(HttpMethod.Get, $"/api/v1/executions?workflowId={workflow}&limit=200{cursor}");
                foreach (var execution in page["items"].AsArray!) executions.Add(execution["id"].AsString!, execution["status"].AsString!);
                if (page["nextCursor"].AsString is not { } next) break;
                cursor = "&cursor=" + Uri.EscapeDataString(next);
            }

            if (executions.Values.All(s => s is "success" or "error" or "cancelled" or "timed_out")) return executions;
            await Task.Delay(100);
        }

        throw new TimeoutException("Executions were still unfinished a minute after the last start.");
    }
}
