using System.Collections.Concurrent;
using System.Net;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Secrets;
using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Scenarios.Faults;

/// <summary>kill -9 in the middle of rotations of the master key, with thousands of secrets and requests all the while.</summary>
public sealed class RotationTests
{
    private const int Secrets = 3_000;
    private const string Tenant = "default";
    private const string MasterKey = "/api/v1/secrets/master-key";

    /// <summary>From a rotation's beginning to the kill; it takes some hundred milliseconds.</summary>
    private static readonly int[] KillsAfterMs = [0, 5, 20, 50, 120, 300];

    [Fact]
    public async Task Rotations_that_are_killed_again_and_again_lose_no_secret()
    {
        using var folder = new TemporaryFolder();
        var sealedBefore = new Dictionary<string, string>();
        await WithStoreAsync(folder.Path, store => PutAsync(store, sealedBefore));
        var acknowledged = new ConcurrentBag<string>();

        var interrupted = 0;
        var server = await ServerProcess.StartAsync(folder.Path);
        foreach (var after in KillsAfterMs)
        {
            using var stop = new CancellationTokenSource();
            var requests = Task.WhenAll(Enumerable.Range(0, 4).Select(i => RequestAsync(server, i, acknowledged, stop.Token)));
            await BeginRotationAsync(server);
            await Task.Delay(after);
            server.Kill();
            await stop.CancelAsync();
            await requests;
            if (KeysIn(folder.Path) > 1) interrupted++;
            await server.DisposeAsync();
            server = await ServerProcess.StartAsync(folder.Path);
        }

        var status = await RotatedAsync(server);
        await server.StopAsync(TimeSpan.FromSeconds(30));
        await server.DisposeAsync();

        Assert.True(interrupted > 0, "Every rotation was over before the kill.");
        Assert.True(status["secrets"].AsNumber >= Secrets, $"{status}");
        Assert.Equal(1, KeysIn(folder.Path));
        Assert.NotEmpty(acknowledged);
        await WithStoreAsync(folder.Path, store => AllOpenAsync(store, sealedBefore));
    }

    [Fact]
    public async Task A_start_with_the_wrong_key_ends_and_names_the_right_one()
    {
        using var folder = new TemporaryFolder();
        await WithStoreAsync(folder.Path, store => store.PutAsync(Tenant, "a", "secret"u8.ToArray()));
        var id = (await File.ReadAllLinesAsync(Path.Combine(folder.Path, "master.key")))[1].Split(' ')[0];

        await using var server = ServerProcess.Launch(folder.Path, new Dictionary<string, string> { ["LinkFlow__Secrets__MasterKey"] = Convert.ToBase64String(new byte[32]) });
        for (var tries = 0; tries < 3_000 && !server.HasExited; tries++) await Task.Delay(10);

        Assert.Equal(1, server.ExitCode);
        Assert.Contains($"1 secrets are sealed with the master key {id}", server.Output, StringComparison.Ordinal);
    }

    private static async Task WithStoreAsync(string path, Func<LocalSecretStore, Task> work)
    {
        using var folder = await DataFolder.OpenAsync(path);
        using var store = SqliteStore.Open(folder, new StoreOptions(), TimeProvider.System, NullLogger.Instance);
        using var secrets = await SecretStart.OpenAsync(folder, store, new SecretsOptions(), TimeProvider.System, NullLogger.Instance);
        await work(secrets);
    }

    private static async Task PutAsync(LocalSecretStore store, Dictionary<string, string> versions)
    {
        var puts = Enumerable.Range(0, Secrets).Select(async i => (Name: $"secret-{i}", Version: await store.PutAsync(Tenant, $"secret-{i}", Encoding.UTF8.GetBytes($"value-{i}"))));
        foreach (var (name, version) in await Task.WhenAll(puts)) versions.Add(name, version);
    }

    private static async Task AllOpenAsync(LocalSecretStore store, Dictionary<string, string> versions)
    {
        foreach (var (name, version) in versions)
        {
            using var secret = await store.OpenAsync(Tenant, name, version);
            Assert.Equal($"value-{name[7..]}", Encoding.UTF8.GetString(secret!.Bytes));
        }
    }

    /// <summary>A start goes on with a rotation by itself; the next one begins when that has ended.</summary>
    private static async Task BeginRotationAsync(ServerProcess server)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            using var answer = await server.Http.PostAsync(new Uri(MasterKey + "/rotate", UriKind.Relative), null);
            if (answer.StatusCode == HttpStatusCode.Accepted) return;
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            await Task.Delay(50);
        }

        throw new TimeoutException("The interrupted rotation did not end.");
    }

    private static async Task<Value> RotatedAsync(ServerProcess server)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            var status = await server.SendAsync(HttpMethod.Get, MasterKey);
            if (!status["rotating"].AsBoolean) return status;
            await Task.Delay(50);
        }

        throw new TimeoutException("The rotation did not end.");
    }

    private static async Task RequestAsync(ServerProcess server, int client, ConcurrentBag<string> acknowledged, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                using var content = new StringContent($$"""{"name":"W{{client}}-{{i}}","nodes":[{"id":"start","type":"start"}],"connections":[]}""", Encoding.UTF8, "application/json");
                using var answer = await server.Http.PostAsync(new Uri("/api/v1/workflows", UriKind.Relative), content, stop);
                if (answer.StatusCode == HttpStatusCode.Created) acknowledged.Add($"W{client}-{i}");
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                // The server was killed within this call: it was not acknowledged.
            }
        }
    }

    private static int KeysIn(string folder) => File.ReadAllLines(Path.Combine(folder, "master.key")).Length - 2;
}
