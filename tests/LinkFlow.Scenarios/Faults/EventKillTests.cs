using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Faults;

/// <summary>Events under load, and kill -9 of the server while they are published, handled, and cause others.</summary>
public sealed class EventKillTests
{
    private const int Events = 300;
    private const int Subjects = 20;
    private const int Kills = 4;

    [Fact]
    public async Task Each_event_and_each_that_follows_from_it_is_handled_once_though_the_server_is_killed_under_load()
    {
        using var folder = new TemporaryFolder();
        var load = new Load(await ServerProcess.StartAsync(folder.Path));
        var first = await load.ActivateAsync("First", "com.example.tick", "{}");
        var second = await load.ActivateAsync("Second", "linkflow.execution.succeeded.v1", $$"""{"data.workflowId":"{{first}}"}""");
        var publishing = load.PublishAsync();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await load.UntilAsync(Events * kill / (Kills + 1));
            await load.RestartAsync(folder.Path);
        }

        await publishing;
        var ticks = await load.StartersAsync(first, Events);
        var followers = await load.StartersAsync(second, Events);
        await load.Server.DisposeAsync();
        Assert.Equal((Events, Events), (ticks.Count, ticks.Distinct().Count()));
        Assert.Equal((Events, Events), (followers.Count, followers.Distinct().Count()));
        Assert.Equal(Enumerable.Range(0, Events).Select(n => $"event:e{n}").Order(), ticks.Order());
    }

    /// <summary>Publishes as a careful client does: what was not acknowledged is sent again with the same id.</summary>
    private sealed class Load(ServerProcess server)
    {
        private int _published;

        public ServerProcess Server { get; private set; } = server;

        public async Task<string> ActivateAsync(string name, string type, string filter)
        {
            var workflow = $$$"""{"name":"{{{name}}}","nodes":[{"id":"on","type":"event","parameters":{"type":"{{{type}}}","filter":{{{filter}}}}}],"connections":[]}""";
            var id = (await Server.SendAsync(HttpMethod.Post, "/api/v1/workflows", workflow))["id"].AsString!;
            await Server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{id}/activate");
            return id;
        }

        public Task PublishAsync() => Parallel.ForAsync(0, Events, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, _) =>
        {
            var json = $$$"""{"specversion":"1.0","id":"e{{{n}}}","source":"https://clock.example","type":"com.example.tick","subject":"s{{{n % Subjects}}}","data":{"n":{{{n}}}}}""";
            await InsistAsync(() => Server.SendAsync(HttpMethod.Post, "/api/v1/events", json));
            Interlocked.Increment(ref _published);
        });

        public async Task UntilAsync(int published)
        {
            while (Volatile.Read(ref _published) < published) await Task.Delay(5);
        }

        public async Task RestartAsync(string path)
        {
            Server.Kill();
            Server = await ServerProcess.StartAsync(path);
        }

        /// <summary>What started the executions of a workflow, once there are as many as expected and none comes any more.</summary>
        public async Task<IReadOnlyList<string>> StartersAsync(string workflow, int expected)
        {
            for (var (tries, calm) = (0, 0); tries < 600 && calm < 5; tries++, await Task.Delay(100))
                calm = (await AllAsync(workflow)).Count >= expected ? calm + 1 : 0;
            return await AllAsync(workflow);
        }

        private async Task<List<string>> AllAsync(string workflow)
        {
            var starters = new List<string>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await Server.SendAsync(HttpMethod.Get, $"/api/v1/executions?workflowId={workflow}&limit=200{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
                starters.AddRange(page["items"].AsArray!.Select(e => e["startedBy"].AsString!));
                cursor = page["nextCursor"].AsString;
            }

            return starters;
        }

        private static async Task InsistAsync(Func<Task<Value>> call)
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    await call();
                    return;
                }
                catch (Exception e) when (tries < 1_000 && e is (HttpRequestException or IOException or InvalidOperationException or TaskCanceledException))
                {
                    await Task.Delay(20);
                }
            }
        }
    }
}
