using System.Diagnostics;
using LinkFlow.Engine.Values;
using LinkFlow.Local;
using LinkFlow.Local.Secrets;
using LinkFlow.Local.Sqlite;
using LinkFlow.Nodes;
using LinkFlow.Nodes.Http;
using LinkFlow.Platform;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Credentials.Opening;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Variables;
using LinkFlow.Platform.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Benchmarks;

/// <summary>
/// What an execution pays for its definition, its variables and an opened credential, with and without their caches.
/// First whole executions over HTTP, webhook → http_request with a bearer credential, with opened secrets cached and
/// not; then each part by itself in this process, on the same data.
/// </summary>
internal static class CredentialBenchmark
{
    private const int Rounds = 5;
    private const int Operations = 20_000;
    private const string Tenant = "default";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);
    private static readonly (string, string) AllowLoopback = ("LinkFlow__Outbound__Allow", "127.0.0.0/8");

    /// <param name="arguments"><c>parts</c>: without the executions over HTTP.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("linkflow-benchmark-").FullName;
        try
        {
            var (target, _) = await ChildServer.StartBaselineAsync("empty", Path.Combine(folder, "target"));
            using var _1 = target;
            var cached = Path.Combine(folder, "cached");
            var (credential, workflow) = await ExecutionsAsync(target, cached, Path.Combine(folder, "uncached"), measures: !arguments.Contains("parts"));
            await PartsAsync(cached, credential, workflow);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(string Credential, string Workflow)> ExecutionsAsync(ChildServer target, string cachedFolder, string uncachedFolder, bool measures)
    {
        var (cached, _) = await ChildServer.StartLinkFlowAsync(cachedFolder, AllowLoopback);
        using var _1 = cached;
        var (uncached, _) = await ChildServer.StartLinkFlowAsync(uncachedFolder, AllowLoopback, ("LinkFlow__Secrets__CacheSeconds", "0"));
        using var _2 = uncached;
        var ids = await PrepareAsync(cached, target);
        await PrepareAsync(uncached, target);
        if (!measures) return ids;

        var request = LoadGenerator.Request("POST", "/webhooks/bench", """{"id":4711}""");
        (string Name, ChildServer Server)[] both = [("secrets cached", cached), ("not cached", uncached)];
        foreach (var (_, server) in both) await LoadGenerator.RunAsync(server.Port, _ => request, 10, TimeSpan.FromSeconds(5));
        Console.WriteLine($"webhook → http_request with a bearer credential (an empty Kestrel endpoint answers), lastNode; median of {Rounds} rounds of {Duration.TotalSeconds} s in turns");
        foreach (var concurrency in (int[])[1, 10])
        {
            var results = both.ToDictionary(s => s.Name, _ => new List<LoadGenerator.Result>());
            for (var round = 0; round < Rounds; round++)
                foreach (var (name, server) in both) results[name].Add(await LoadGenerator.RunAsync(server.Port, _ => request, concurrency, Duration));
            foreach (var (name, _) in both)
            {
                var rate = Medians.Of(results[name].Select(r => r.PerSecond));
                Console.WriteLine($"  concurrency {concurrency,2}  {name,-15} {rate,7:0}/s  {1_000_000 / rate,6:0} µs per execution  p99 {Medians.Of(results[name].Select(r => r.Percentile(0.99).TotalMilliseconds)),6:0.00} ms  failures {results[name].Sum(r => r.Failures)}");
            }
        }

        return ids;
    }

    private static async Task<(string Credential, string Workflow)> PrepareAsync(ChildServer server, ChildServer target)
    {
        for (var i = 0; i < 20; i++) await server.SendAsync(HttpMethod.Post, "/api/v1/variables", $$"""{"name":"NAME_{{i}}","value":"value {{i}}","type":"string"}""");
        var credential = JsonText.Parse(await server.SendAsync(HttpMethod.Post, "/api/v1/credentials", """{"name":"Bench","type":"bearer","data":{"token":"a-token-of-32-characters-01234567"},"allowedHosts":["127.0.0.1"]}"""))["id"].AsString!;
        var workflow = JsonText.Parse(await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", $$$"""
            {"name":"Benchmark","nodes":[
              {"id":"hook","type":"webhook","parameters":{"path":"bench","responseMode":"lastNode"}},
              {"id":"call","type":"http_request","parameters":{"method":"GET","url":"http://127.0.0.1:{{{target.Port}}}/"},"credentials":{"auth":"{{{credential}}}"}}],
             "connections":[{"source":"hook","target":"call"}]}
            """))["id"].AsString!;
        await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{workflow}/activate");
        return (credential, workflow);
    }

    private static async Task PartsAsync(string path, string credentialId, string workflowId)
    {
        using var folder = await DataFolder.OpenAsync(path);
        using var store = SqliteStore.Open(folder, new StoreOptions(), TimeProvider.System, NullLogger.Instance);
        using var secrets = await SecretStart.OpenAsync(folder, store, new SecretsOptions(), TimeProvider.System, NullLogger.Instance);
        await using var app = Host(store, secrets);
        var directory = app.Services.GetRequiredService<CredentialDirectory>();
        var cache = app.Services.GetRequiredService<CachedSecretStore>();
        var opening = app.Services.GetRequiredService<CredentialOpening>();
        var sets = app.Services.GetRequiredService<VariableSets>();
        var definitions = app.Services.GetRequiredService<WorkflowSource>();
        var user = new CredentialUser(workflowId, "call", "http_request", ["bearer"]);
        var (name, version) = (await directory.FindAsync(Tenant, credentialId, CancellationToken.None))!.Secret!;

        Console.WriteLine($"each by itself in one thread, mean of {Operations:N0} (from a warm page cache of the database)");
        await CompareAsync("opened secret", () => Open(cache, name, version), () => Open(secrets, name, version));
        await CompareAsync("opened credential", () => opening.OpenForNodeAsync(Tenant, user, credentialId, default).AsTask(), () =>
        {
            directory.Drop(Tenant, credentialId);
            cache.Clear();
            return opening.OpenForNodeAsync(Tenant, user, credentialId, default).AsTask();
        });
        await CompareAsync("definition", () => definitions.FindActiveAsync(Tenant, workflowId).AsTask(),
            () => new WorkflowSource(store.Documents, TimeProvider.System).FindActiveAsync(Tenant, workflowId).AsTask());
        await CompareAsync("20 variables", () => sets.CurrentAsync(Tenant).AsTask(), () =>
        {
            sets.Drop(Tenant);
            return sets.CurrentAsync(Tenant).AsTask();
        });
    }

    private static async Task Open(ISecretStore store, string name, string version)
    {
        using var secret = await store.OpenAsync(Tenant, name, version);
        if (secret is null) throw new InvalidOperationException("The secret is not there.");
    }

    private static async Task CompareAsync(string what, Func<Task> cached, Func<Task> uncached)
    {
        var (with, without) = (await MeanAsync(cached), await MeanAsync(uncached));
        Console.WriteLine($"  {what,-18} cached {with.Microseconds,7:0.00} µs {with.Bytes,7:N0} B   without {without.Microseconds,7:0.00} µs {without.Bytes,7:N0} B   {without.Microseconds / with.Microseconds,6:0.0}×");
    }

    private static async Task<(double Microseconds, long Bytes)> MeanAsync(Func<Task> operation)
    {
        for (var i = 0; i < Operations / 10; i++) await operation();
        var bytes = GC.GetTotalAllocatedBytes();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Operations; i++) await operation();
        return (Stopwatch.GetElapsedTime(started).TotalMicroseconds / Operations, (GC.GetTotalAllocatedBytes() - bytes) / Operations);
    }

    private static WebApplication Host(SqliteStore store, LocalSecretStore secrets)
    {
        var options = new LinkFlowOptions();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddLinkFlowLocal(options, store, secrets).AddLinkFlowPlatform(options);
        builder.Services.AddSingleton(BuiltInNodes.All());
        builder.Services.AddSingleton(new OutboundHttp(new OutboundGuard(new OutboundAllowList([])), TimeProvider.System));
        return builder.Build();
    }
}
