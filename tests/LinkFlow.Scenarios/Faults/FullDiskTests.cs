using System.Diagnostics;
using System.Net;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Faults;

/// <summary>The data folder on a small file system of its own that runs full, or made read-only under a running server.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_refuses_writes_serves_reads_and_loses_nothing_acknowledged()
    {
        using var disk = SmallDisk.Mount(megabytes: 24);
        await using var server = await ServerProcess.StartAsync(disk.Path);
        var workflow = await CreateAsync(server);
        var acknowledged = new List<string>();
        for (var n = 0; n < 20; n++) acknowledged.Add(await CallAsync(server) ?? throw new InvalidOperationException("There is space; the call must be taken."));

        disk.Fill();
        await UntilAsync(async () => await StatusAsync(server, "/health/ready") == HttpStatusCode.ServiceUnavailable, () => CallAndKeepAsync(server, acknowledged));
        using (var refused = await server.Http.PostAsync(new Uri("/webhooks/disk", UriKind.Relative), Json()))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Equal("UNAVAILABLE", JsonText.Parse(await refused.Content.ReadAsStringAsync())["error"]["code"].AsString);
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, $"/api/v1/workflows/{workflow}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/v1/executions"));
        disk.Free();
        await CheckBackAsync(server, acknowledged);
    }

    [Fact]
    public async Task A_read_only_folder_refuses_writes_serves_reads_and_comes_back()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path);
        var workflow = await CreateAsync(server);
        var acknowledged = new List<string> { (await CallAsync(server))! };

        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await UntilAsync(async () => await StatusAsync(server, "/health/ready") == HttpStatusCode.ServiceUnavailable, () => CallAndKeepAsync(server, acknowledged));
        Assert.Null(await CallAsync(server));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, $"/api/v1/workflows/{workflow}"));
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await CheckBackAsync(server, acknowledged);
    }

    /// <summary>Within 5 s and without a restart it takes calls again, and every acknowledged execution ends.</summary>
    private static async Task CheckBackAsync(ServerProcess server, List<string> acknowledged)
    {
        var watch = Stopwatch.StartNew();
        string? id;
        while ((id = await CallAsync(server)) is null)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), "There is space again, but 5 s later no call is taken.");
            await Task.Delay(50);
        }

        acknowledged.Add(id);
        foreach (var execution in acknowledged)
            await UntilAsync(async () => (await server.SendAsync(HttpMethod.Get, $"/api/v1/executions/{execution}"))["status"].AsString == "success", () => Task.CompletedTask);
        await UntilAsync(async () => await StatusAsync(server, "/health/ready") == HttpStatusCode.OK, () => Task.CompletedTask);
    }

    private static async Task<string> CreateAsync(ServerProcess server)
    {
        var workflow = (await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", """
            {"name":"Disk","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"disk"}},
              {"id":"set","type":"set_variable","parameters":{"fields":{"seen":true}}}],"connections":[{"source":"hook","target":"set"}]}
            """))["id"].AsString!;
        await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{workflow}/activate");
        return workflow;
    }

    private static StringContent Json() => new($$"""{"filler":"{{new string('x', 20_000)}}"}""", Encoding.UTF8, "application/json");

    /// <returns>The execution's id; null: refused with 503.</returns>
    private static async Task<string?> CallAsync(ServerProcess server)
    {
        using var answer = await server.Http.PostAsync(new Uri("/webhooks/disk", UriKind.Relative), Json());
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return null;
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {text}");
        return JsonText.Parse(text)["executionId"].AsString;
    }

    private static async Task CallAndKeepAsync(ServerProcess server, List<string> acknowledged)
    {
        if (await CallAsync(server) is { } id) acknowledged.Add(id);
    }

    private static async Task<HttpStatusCode> StatusAsync(ServerProcess server, string path)
    {
        using var answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, Func<Task> meanwhile)
    {
        for (var tries = 0; tries < 300; tries++)
        {
            if (await condition()) return;
            await meanwhile();
            await Task.Delay(50);
        }

        throw new TimeoutException("The server did not come to the expected state within 15 s.");
    }
}
