using System.Text.RegularExpressions;
using LinkFlow.Platform;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Health;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Tests.Http;

/// <summary>The platform twice: as the server hosts it, and as the Function App does. Each has ports in memory and a runtime that runs nothing.</summary>
internal sealed partial class TwoHosts : IAsyncDisposable
{
    public const string OwnerKey = "test-owner-key-0123456789-abcdefghijk";

    private static readonly string[] Varying = ["X-Request-Id", "Content-Length", "Transfer-Encoding"];

    public required FunctionsWeb Functions { get; init; }
    public required WebApplication Server { get; init; }

    public static async Task<TwoHosts> StartAsync(Action<LinkFlowOptions>? configure = null) =>
        new() { Functions = await FunctionsWeb.StartAsync(Options(configure), AddPorts), Server = await StartServerAsync(Options(configure)) };

    public static LinkFlowOptions Options(Action<LinkFlowOptions>? configure = null)
    {
        var options = new LinkFlowOptions { OwnerApiKey = OwnerKey, PublicUrl = "https://flows.example.com" };
        configure?.Invoke(options);
        return options;
    }

    public static void AddPorts(IServiceCollection services) => services
        .AddSingleton<IDocumentStore, MemoryDocumentStore>().AddSingleton<ISecretStore, MemorySecretStore>().AddSingleton<IFileContents, MemoryFileContents>()
        .AddSingleton<IBlobStore, NoBlobs>().AddSingleton<FakeRuntime>()
        .AddSingleton<IExecutionRuntime>(s => s.GetRequiredService<FakeRuntime>()).AddSingleton<IExecutionHistory>(s => s.GetRequiredService<FakeRuntime>());

    /// <summary>What each host answers to one request: status, the headers that the contract names, and the body, without what differs from request to request.</summary>
    public async Task<(string Server, string Functions)> AskAsync(Func<HttpRequestMessage> request)
    {
        using var server = Server.GetTestClient();
        return (await AnswerAsync(server, request()), await AnswerAsync(Functions.Http, request()));
    }

    public async ValueTask DisposeAsync()
    {
        await Functions.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static async Task<WebApplication> StartServerAsync(LinkFlowOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddLinkFlowNodes(options).AddLinkFlowPlatform(options);
        AddPorts(builder.Services);
        var app = builder.Build();
        app.UseLinkFlowPlatform();
        await app.Services.GetRequiredService<FirstStart>().RunAsync(options.OwnerApiKey, saveKey: null, CancellationToken.None);
        await app.Services.GetRequiredService<ResumeLinks>().LoadAsync(CancellationToken.None);
        app.Services.GetRequiredService<HealthService>().HasStarted = true;
        await app.StartAsync();
        return app;
    }

    private static async Task<string> AnswerAsync(HttpClient http, HttpRequestMessage request)
    {
        using var answer = await http.SendAsync(request);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(h => !Varying.Contains(h.Key, StringComparer.OrdinalIgnoreCase)).OrderBy(h => h.Key, StringComparer.Ordinal)
            .Select(h => $"{h.Key}: {string.Join(", ", h.Value)}");
        Assert.True(answer.Headers.Contains("X-Request-Id"));
        return TraceId().Replace($"{(int)answer.StatusCode}\n{string.Join('\n', headers)}\n{await answer.Content.ReadAsStringAsync()}", "\"traceId\":\"…\"");
    }

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();

    /// <summary>Takes everything, keeps nothing: nothing here has payloads that large.</summary>
    private sealed class NoBlobs : IBlobStore
    {
        public ValueTask<string> PutAsync(string tenant, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) => new("blob");
        public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string tenant, string name, CancellationToken cancellationToken = default) => new((ReadOnlyMemory<byte>?)null);
    }
}
