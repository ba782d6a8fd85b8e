using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Web;
using LinkFlow.Engine.Values;
using LinkFlow.Scenarios.Faults;

namespace LinkFlow.Scenarios.Secrets;

/// <summary>
/// Plants more than a hundred secrets in every type of credential, every secret field and in secret variables, lets
/// everything fail that can, and then looks for each, in each encoding, wherever the product leaves anything.
/// </summary>
public sealed class HundredSecretsTests : IAsyncLifetime, IDisposable
{
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly TemporaryFolder _folder = new();
    private readonly PlantedSecrets _secrets = new();
    private readonly List<string> _outputs = [];
    private readonly List<RecordedApi> _apis = [];
    private EchoingTarget _target = null!;
    private ServerProcess _server = null!;
    private RecordedApi _api = null!;
    private SecretPlanting _planting = null!;

    public async Task InitializeAsync()
    {
        _target = await EchoingTarget.StartAsync();
        _target.DrawToken = () => _secrets.Draw("a token that was given", 0);
        await StartAsync();
        _planting = new SecretPlanting(_api, _target, _secrets);
    }

    [Fact]
    public async Task No_secret_is_ever_seen_whatever_fails()
    {
        await _planting.PlantVariablesAsync();
        await _planting.PlantCredentialsAsync();
        await ConsentAsync();
        await RunRequestsAsync();
        await RunFamiliesAsync();
        await TryCredentialsAsync();
        await SaveBadlyAsync();
        await CallWebhooksAsync();
        await CrashAsync();
        await _api.CrawlAsync();

        var hunt = new SecretHunt(_secrets.All);
        LookAtFiles(hunt, "the data folder of the running server");
        await StopAsync();
        LookAtFiles(hunt, "the data folder");
        foreach (var (where, text) in _apis.SelectMany(a => a.Answers)) hunt.Look(where, text);
        foreach (var output in _outputs) hunt.Look("standard output", output);

        Assert.True(_secrets.All.Count >= 100, $"Only {_secrets.All.Count} secrets were planted.");
        AssertTheyWereUsed();
        Assert.True(hunt.Finds.Count == 0, $"{hunt.Found.Count} secrets were seen {hunt.Finds.Count} times:\n{string.Join('\n', hunt.Finds.DistinctBy(f => f[..Math.Min(f.Length, 60)]).Take(40))}");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _target.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private static string Json(object value) => JsonSerializer.Serialize(value, WithoutNulls);

    private async Task StartAsync()
    {
        _server = await ServerProcess.StartAsync(_folder.Path, new Dictionary<string, string>
        {
            ["LinkFlow__Outbound__Allow"] = "127.0.0.0/8", ["Logging__LogLevel__Default"] = "Trace", ["Logging__LogLevel__LinkFlow"] = "Trace",
        });
        _api = new RecordedApi(_server);
        _apis.Add(_api);
    }

    private async Task StopAsync()
    {
        await _server.StopAsync(TimeSpan.FromSeconds(60));
        _outputs.Add(_server.Output);
    }

    /// <summary>A user's browser comes back with a code, which is spent for tokens.</summary>
    private async Task ConsentAsync()
    {
        foreach (var credential in _planting.Credentials.Where(c => c.Type == "oauth2_authorization_code"))
        {
            var begun = await _api.MustAsync("GET", $"/api/v1/credentials/{credential.Id}/oauth2/authorize");
            var query = HttpUtility.ParseQueryString(new Uri(begun["url"].AsString!).Query);
            var code = Uri.EscapeDataString(_secrets.Draw("an authorization code", credential.Kind));
            await _api.SendAsync("GET", $"{new Uri(query["redirect_uri"]!).AbsolutePath}?state={Uri.EscapeDataString(query["state"]!)}&code={code}");
        }
    }

    /// <summary>Each credential is sent to each of the ways in which the world answers.</summary>
    private Task RunRequestsAsync() =>
        Parallel.ForEachAsync(_planting.Credentials.Where(c => c.IsForRequests), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (credential, _) =>
        {
            var id = (await _api.MustAsync("POST", "/api/v1/workflows", Requests(credential)))["id"].AsString;
            await _api.MustAsync("POST", $"/api/v1/workflows/{id}/execute", """{"wait":true,"timeoutSeconds":100}""");
        });

    private string Requests(SecretPlanting.PlantedCredential credential) => Json(new
    {
        name = $"Requests with {credential.Type} {credential.Kind}",
        settings = new { maxParallelNodes = 8 },
        nodes = EchoingTarget.Ways.SelectMany(way => new[] { Request(way, credential.Id), Echo("after-" + way) }).Prepend(new { id = "start", type = "start" }),
        connections = EchoingTarget.Ways.SelectMany(way => new[] { new { source = "start", target = way }, new { source = way, target = "after-" + way } }),
    });

    private object Request(string way, string credentialId, string onError = "continue") => new
    {
        id = way,
        type = "http_request",
        onError,
        parameters = new
        {
            url = _planting.FreshUrl(way), method = way == "plain" ? "POST" : "GET", bodyType = way == "plain" ? "json" : "none", body = way == "plain" ? new { hello = "world" } : null,
            includeResponse = way.Length % 2 == 0, timeoutSeconds = way == "slow" ? 1 : 20, maxResponseBytes = way == "big" ? 2048 : 1_000_000,
        },
        credentials = new { auth = credentialId },
        retry = new { maxAttempts = 2, initialDelayMs = 1, maxDelayMs = 5 },
    };

    /// <summary>What a workflow may do with what it got back.</summary>
    private static object Echo(string id) => new
    {
        id,
        type = "set_variable",
        onError = "continue",
        parameters = new { fields = new { text = "{{ JSON.stringify($json) }}", encoded = "{{ JSON.stringify($json).base64Encode() }}", url = "{{ encodeURIComponent(JSON.stringify($json)) }}" } },
    };

    /// <summary>A failing sub-workflow, whose parent fails, whose error workflow gets the error.</summary>
    private async Task RunFamiliesAsync()
    {
        var error = await _api.ActivateAsync("""{"name":"Error","nodes":[{"id":"error","type":"error"},{"id":"seen","type":"set_variable","parameters":{"fields":{"error":"{{ JSON.stringify($json) }}"}}}],"connections":[{"source":"error","target":"seen"}]}""");
        foreach (var credential in _planting.Credentials.Where(c => c.IsForRequests))
        {
            var child = await _api.ActivateAsync(Family("Child", error, Request("fail", credential.Id, "stop")));
            var parent = await _api.ActivateAsync(Family("Parent", error, new { id = "fail", type = "execute_workflow", parameters = new { workflowId = child } }));
            var failed = await _api.MustAsync("POST", $"/api/v1/workflows/{parent}/execute", """{"wait":true,"mode":"api","timeoutSeconds":60}""");
            await _api.MustAsync("POST", $"/api/v1/executions/{failed["id"].AsString}/retry", """{"from":"failed"}""");
        }
    }

    private static string Family(string name, string error, object node) => Json(new
    {
        name, settings = new { errorWorkflowId = error }, nodes = new[] { new { id = "start", type = "start" }, node }, connections = new[] { new { source = "start", target = "fail" } },
    });

    private Task TryCredentialsAsync() =>
        Parallel.ForEachAsync(_planting.Credentials, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (credential, _) =>
            await _api.SendAsync("POST", $"/api/v1/credentials/{credential.Id}/test"));

    /// <summary>Bodies that hold secrets and are refused.</summary>
    private async Task SaveBadlyAsync()
    {
        foreach (var credential in _planting.Credentials)
        {
            var path = $"/api/v1/credentials/{credential.Id}";
            var good = JsonText.Write(new ObjectValue { { "name", "n" }, { "type", credential.Type }, { "data", credential.Data } });
            await _api.SendAsync("PUT", path, good[..^3]);
            await _api.SendAsync("PUT", path, good, ("If-Match", "\"99\""));
            await _api.SendAsync("PUT", path, good.Replace("\"data\":", "\"Data\":", StringComparison.Ordinal));
            await _api.SendAsync("POST", "/api/v1/credentials", good.Replace("\"name\":\"n\"", "\"name\":\"\"", StringComparison.Ordinal), ("Idempotency-Key", credential.Id));
            foreach (var bad in new[] { new ObjectValue { { "data", new ArrayValue([credential.Data]) } }, new ObjectValue { { "data", Broken(credential.Data) } } })
            {
                await _api.SendAsync("PUT", path, JsonText.Write(bad.Set("name", "n").Set("type", credential.Type)));
                await _api.SendAsync("POST", path + "/rotate", JsonText.Write(bad));
            }
        }

        foreach (var secret in _secrets.All)
        {
            await _api.SendAsync("POST", "/api/v1/variables", JsonSerializer.Serialize(new { name = "BAD", type = "number", secret = true, value = secret.Text }));
            await _api.SendAsync("POST", "/api/v1/variables", JsonSerializer.Serialize(new { name = "BAD", type = "string", secret = true, value = new[] { secret.Text } }));
            await _api.SendAsync("POST", "/api/v1/variables", JsonSerializer.Serialize(new { name = "TEXT_0", secret = true, value = secret.Text }), ("Idempotency-Key", "again"));
            await _api.SendAsync("POST", "/api/v1/variables", $"{{\"name\":\"BAD\",\"secret\":true,\"value\":{JsonSerializer.Serialize(secret.Text)[..^1]}");
        }
    }

    /// <summary>Every field of another type than it should be, its value inside.</summary>
    private static ObjectValue Broken(ObjectValue data)
    {
        var broken = new ObjectValue();
        foreach (var (name, value) in data) broken.Set(name, value.IsArray ? new ObjectValue { { "was", value } } : new ArrayValue([value]));
        return broken;
    }

    private async Task CallWebhooksAsync()
    {
        foreach (var (auth, types) in new[] { ("basic", new[] { "basic" }), ("header", ["bearer", "api_key"]), ("jwt", ["jwt"]), ("hmac", ["hmac"]) })
            foreach (var credential in _planting.Credentials.Where(c => types.Contains(c.Type))) await CallWebhookAsync(auth, credential);
    }

    private async Task CallWebhookAsync(string auth, SecretPlanting.PlantedCredential credential)
    {
        var path = $"hook-{credential.Type}-{credential.Kind}";
        await _api.ActivateAsync(Json(new
        {
            name = path,
            nodes = new object[] { new { id = "hook", type = "webhook", parameters = new { path, auth, responseMode = "lastNode" }, credentials = new { auth = credential.Id } }, Echo("seen") },
            connections = new[] { new { source = "hook", target = "seen" } },
        }));
        // No client sends a header that is not ASCII.
        foreach (var (query, headers) in WebhookCalls.Of(credential.Type, credential.Data).Where(c => c.Headers.All(h => Ascii.IsValid(h.Value))))
            await _api.SendAsync("POST", $"/webhooks/{path}{query}", """{"order":42}""", headers);
    }

    /// <summary>kill -9 while requests are under way and executions wait; what is recovered is masked alike.</summary>
    private async Task CrashAsync()
    {
        foreach (var credential in _planting.Credentials.Where(c => c is { IsForRequests: true, Kind: < 3 }))
        {
            var id = await _api.ActivateAsync(Json(new
            {
                name = $"Crash {credential.Type}",
                nodes = new[] { new { id = "start", type = "start" }, new { id = "wait", type = "wait", parameters = new { @for = "signal", name = "go" } }, Request("json", credential.Id), Request("slow", credential.Id) },
                connections = new[] { new { source = "start", target = "wait" }, new { source = "wait", target = "json" }, new { source = "start", target = "slow" } },
            }));
            await _api.MustAsync("POST", $"/api/v1/workflows/{id}/execute", """{"mode":"api"}""");
        }

        var waiting = (await _api.AllAsync("/api/v1/executions")).Where(e => !e["finishedAt"].IsString).Select(e => e["id"].AsString!).ToList();
        _server.Kill();
        _outputs.Add(_server.Output);
        await _server.DisposeAsync();
        await StartAsync();
        foreach (var id in waiting) await _api.MustAsync("POST", $"/api/v1/executions/{id}/signals/go", "{}");
        for (var i = 0; i < 600 && (await _api.AllAsync("/api/v1/executions")).Any(e => !e["finishedAt"].IsString); i++) await Task.Delay(100);
        Assert.DoesNotContain(await _api.AllAsync("/api/v1/executions"), e => !e["finishedAt"].IsString);
    }

    private void LookAtFiles(SecretHunt hunt, string where)
    {
        // The lock is empty, and held.
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            hunt.Look($"{where}: {Path.GetFileName(file)}", bytes.ToArray());
        }
    }

    /// <summary>The world has seen one of each of these places: what was not found was hidden, not absent. (Keys that only sign are never sent.)</summary>
    private void AssertTheyWereUsed()
    {
        string[] sentAsTheyAre =
        [
            "a token that was given", "an authorization code", "api_key value", "aws sessionToken", "azure clientSecret", "basic password", "bearer token", "custom one", "custom two",
            "oauth_authorization_code clientSecret", "oauth_client_credentials clientSecret", "variable JSON_ more", "variable JSON_ user", "variable NUMBER", "variable TEXT_",
        ];
        var hunt = new SecretHunt(_secrets.All);
        foreach (var sent in _target.Received.Distinct()) hunt.Look("what was sent", sent);
        var places = hunt.Found.Select(f => PlaceWithoutKind(f.Place)).ToHashSet(StringComparer.Ordinal);
        Assert.True(sentAsTheyAre.All(places.Contains), $"Never sent: {string.Join(", ", sentAsTheyAre.Except(places))}. Sent: {string.Join(", ", places)}.");
    }

    private static string PlaceWithoutKind(string place) => string.Concat(place.Where(c => !char.IsAsciiDigit(c)));
}
