using System.Collections.Concurrent;
using System.Net;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Secrets;
using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Scenarios.Faults;

/// <summary>kill -9 in the middle of rotations of the master key, with thousands of secrets and requests all the while.</summary>
public sealed class RotationTests
{
    private const int Secrets = 3_000;
    private const string Tenant = "default";
    private const string MasterKey = "/api/v1/secrets/master-key";
    private static readonly Dictionary<string, string> Settings = new() { ["LinkFlow__Limits__Credentials"] = "100000" };

    /// <summary>From a rotation's beginning to the kill; it takes some hundred milliseconds.</summary>
    private static readonly int[] KillsAfterMs = [0, 5, 20, 50, 120, 300];

    [Fact]
    public async Task Rotations_that_are_killed_again_and_again_lose_no_secret()
    {
        using var folder = new TemporaryFolder();
        var sealedBefore = new Dictionary<string, string>();
        await WithStoreAsync(folder.Path, (_, secrets) => PutAsync(secrets, sealedBefore));
        var (acknowledged, refused) = (new ConcurrentDictionary<string, string>(), new ConcurrentBag<string>());

        var interrupted = 0;
        var server = await ServerProcess.StartAsync(folder.Path, Settings);
        foreach (var after in KillsAfterMs)
        {
            using var stop = new CancellationTokenSource();
            var requests = Task.WhenAll(Enumerable.Range(0, 4).Select(i => RequestAsync(server, i, acknowledged, refused, stop.Token)));
            await BeginRotationAsync(server);
            await Task.Delay(after);
            server.Kill();
            await stop.CancelAsync();
            await requests;
            if (KeysIn(folder.Path) > 1) interrupted++;
            await server.DisposeAsync();
            server = await ServerProcess.StartAsync(folder.Path, Settings);
        }

        var status = await RotatedAsync(server);
        await server.StopAsync(TimeSpan.FromSeconds(30));
        await server.DisposeAsync();

        Assert.True(interrupted > 0, "Every rotation was over before the kill.");
        Assert.True(status["secrets"].AsNumber >= Secrets, $"{status}");
        Assert.Equal(1, KeysIn(folder.Path));
        Assert.NotEmpty(acknowledged);
        Assert.Empty(refused);
        await WithStoreAsync(folder.Path, async (documents, secrets) =>
        {
            await AllOpenAsync(secrets, sealedBefore);
            await AllOpenAsync(documents, secrets, acknowledged);
        });
    }

    [Fact]
    public async Task A_start_with_the_wrong_key_ends_and_names_the_right_one()
    {
        using var folder = new TemporaryFolder();
        await WithStoreAsync(folder.Path, (_, secrets) => secrets.PutAsync(Tenant, "a", "secret"u8.ToArray()));
        var id = (await File.ReadAllLinesAsync(Path.Combine(folder.Path, "master.key")))[1].Split(' ')[0];

        await using var server = ServerProcess.Launch(folder.Path, new Dictionary<string, string> { ["LinkFlow__Secrets__MasterKey"] = Convert.ToBase64String(new byte[32]) });
        for (var tries = 0; tries < 3_000 && !server.HasExited; tries++) await Task.Delay(10);

        Assert.Equal(1, server.ExitCode);
        Assert.Contains($"1 secrets are sealed with the master key {id}", server.Output, StringComparison.Ordinal);
    }

    private static async Task WithStoreAsync(string path, Func<IDocumentStore, LocalSecretStore, Task> work)
    {
        using var folder = await DataFolder.OpenAsync(path);
        using var store = SqliteStore.Open(folder, new StoreOptions(), TimeProvider.System, NullLogger.Instance);
        using var secrets = await SecretStart.OpenAsync(folder, store, new SecretsOptions(), TimeProvider.System, NullLogger.Instance);
        await work(store.Documents, secrets);
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

    private static async Task AllOpenAsync(IDocumentStore documents, LocalSecretStore secrets, IReadOnlyDictionary<string, string> tokens)
    {
        foreach (var (id, token) in tokens)
        {
            var document = await documents.GetAsync(Tenant, Credential.Type, id);
            var reference = Credential.FromDocument(document!.Body).Secret!;
            using var secret = await secrets.OpenAsync(Tenant, reference.Name, reference.Version);
            Assert.Equal(token, JsonText.Parse(secret!.Bytes)["token"].AsString);
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

    /// <summary>Saves credentials, and saves each once more without its secret, which has to be opened for it.</summary>
    private static async Task RequestAsync(ServerProcess server, int client, ConcurrentDictionary<string, string> acknowledged, ConcurrentBag<string> refused, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                var token = $"token-{client}-{i}-{Guid.NewGuid()}";
                var created = await SendAsync(HttpMethod.Post, "/api/v1/credentials", $$$"""{"name":"A","type":"bearer","data":{"token":"{{{token}}}"}}""");
                if (created["id"].AsString is not { } id) continue;
                acknowledged[id] = token;
                await SendAsync(HttpMethod.Put, $"/api/v1/credentials/{id}", """{"name":"B","type":"bearer","data":{"token":null}}""");
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                // The server was killed within this call: it was not acknowledged.
            }
        }

        async Task<Value> SendAsync(HttpMethod method, string path, string json)
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
            using var answer = await server.Http.SendAsync(request, stop);
            var text = await answer.Content.ReadAsStringAsync(stop);
            if (answer.IsSuccessStatusCode) return JsonText.Parse(text);
            refused.Add(text);
            return Value.Undefined;
        }
    }

    private static int KeysIn(string folder) => File.ReadAllLines(Path.Combine(folder, "master.key")).Length - 2;
}
