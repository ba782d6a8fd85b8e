using System.Net.Http.Headers;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes;
using LinkFlow.Nodes.Http;
using LinkFlow.Platform.Health;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Tests;

/// <summary>The platform in a host of its own: HTTP in memory, documents in memory, a runtime that runs nothing.</summary>
public sealed class TestPlatform : IAsyncDisposable
{
    public const string OwnerKey = "test-owner-key-0123456789-abcdefghijk";

    private readonly WebApplication _app;

    private TestPlatform(WebApplication app, MemoryDocumentStore store, FakeRuntime runtime, FixedClock clock)
    {
        _app = app;
        Store = store;
        Runtime = runtime;
        Clock = clock;
        Http = app.GetTestClient();
    }

    public HttpClient Http { get; }
    public MemoryDocumentStore Store { get; }
    public FakeRuntime Runtime { get; }
    public FixedClock Clock { get; }
    public CapturedLog Log { get; private init; } = new();
    public MemorySecretStore Secrets { get; private init; } = new();
    public required MemoryFileContents Contents { get; init; }
    public IServiceProvider Services => _app.Services;

    public static async Task<TestPlatform> StartAsync(Action<LinkFlowOptions>? configure = null, Action<WebApplication>? map = null, Action<IServiceCollection>? services = null)
    {
        var options = new LinkFlowOptions();
        configure?.Invoke(options);
        var clock = new FixedClock();
        var store = new MemoryDocumentStore(clock);
        var runtime = new FakeRuntime(store);
        var secrets = new MemorySecretStore();
        var contents = new MemoryFileContents(clock);
        var log = new CapturedLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton<IDocumentStore>(store).AddSingleton<IBlobStore, NoBlobs>().AddSingleton<IFileContents>(contents).AddSingleton<ISecretStore>(secrets)
            .AddSingleton<IExecutionRuntime>(runtime).AddSingleton<IExecutionHistory>(runtime).AddSingleton(BuiltInNodes.All())
            .AddSingleton(new OutboundHttp(new OutboundGuard(new OutboundAllowList(["127.0.0.0/8"])), clock)).AddLinkFlowPlatform(options).AddLinkFlowUpkeep();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseLinkFlowPlatform();
        map?.Invoke(app);
        await app.Services.GetRequiredService<FirstStart>().RunAsync(OwnerKey, (_, _) => Task.CompletedTask, CancellationToken.None);
        app.Services.GetRequiredService<HealthService>().HasStarted = true;
        await app.StartAsync();
        return new TestPlatform(app, store, runtime, clock) { Log = log, Secrets = secrets, Contents = contents };
    }

    /// <summary>Sends a request with the owner's key, unless another (or, with "", none) is given.</summary>
    /// <param name="headers">name: value.</param>
    public async Task<TestAnswer> SendAsync(string method, string path, string? json = null, string? key = null, params string[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key != "") request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? OwnerKey);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var header in headers)
        {
            var (name, value) = (header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            if (name == "Content-Type") request.Content!.Headers.ContentType = value.Length == 0 ? null : MediaTypeHeaderValue.Parse(value);
            else if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        return await TestAnswer.OfAsync(await Http.SendAsync(request));
    }

    public Task<TestAnswer> GetAsync(string path) => SendAsync("GET", path);
    public Task<TestAnswer> PostAsync(string path, string? json = null, params string[] headers) => SendAsync("POST", path, json, null, headers);

    /// <summary>Makes a key with these scopes.</summary>
    public async Task<string> KeyAsync(params string[] scopes)
    {
        var list = string.Join(',', scopes.Select(s => $"\"{s}\""));
        return (await PostAsync("/api/v1/api-keys", $$"""{"name":"k","scopes":[{{list}}]}""")).Body["key"].AsString!;
    }

    /// <summary>Saves a workflow and returns its id.</summary>
    public async Task<string> WorkflowAsync(string json = Examples.Minimal)
    {
        var answer = await PostAsync("/api/v1/workflows", json);
        return answer.Body["id"].AsString ?? throw new InvalidOperationException(answer.Text);
    }

    public async Task<string> ActiveWorkflowAsync(string json)
    {
        var id = await WorkflowAsync(json);
        var answer = await PostAsync($"/api/v1/workflows/{id}/activate");
        return answer.Status == 200 ? id : throw new InvalidOperationException(answer.Text);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class NoBlobs : IBlobStore
    {
        public ValueTask<string> PutAsync(string tenant, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) => new("blob");
        public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string tenant, string name, CancellationToken cancellationToken = default) => new((ReadOnlyMemory<byte>?)null);
    }
}

/// <summary>An answer, read whole.</summary>
public sealed record TestAnswer(int Status, string Text, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    /// <summary>The body as JSON; undefined when it is none.</summary>
    public Value Body { get; private init; }
    public string? Code => Body["error"]["code"].AsString;
    public string Message => Body["error"]["message"].AsString ?? "";
    public Value Details => Body["error"]["details"];
    public string? Header(string name) => Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    public static async Task<TestAnswer> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType == "application/json" && text.Length > 0;
        return new TestAnswer((int)response.StatusCode, text, response.Headers, response.Content.Headers) { Body = isJson ? JsonText.Parse(text) : Value.Undefined };
    }
}
