using System.Diagnostics;
using System.Net;
using LinkFlow.Azure.Documents;
using LinkFlow.Platform.Settings;
using Microsoft.Azure.Cosmos;

namespace LinkFlow.Azure.Tests.Emulators;

/// <summary>
/// Cosmos DB's wire as an emulator from npm speaks it: writing and reading single items, with preconditions. It knows neither batches nor ordered queries nor time to live, and looks at no
/// partition key; so no more than that is tested here, to see the real client at work.
/// </summary>
public sealed class CosmosEmulator : IAsyncLifetime, IDisposable
{
    private const string Package = "@vercel/cosmosdb-server@1.0.1";

    /// <summary>The emulators' own, published by Microsoft.</summary>
    private const string Key = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

    private Process? _process;
    private CosmosClient? _client;

    public Container Container { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var folder = NpmPackage.Install(Package);
        var port = NpmPackage.FreePort();
        _process = await NpmPackage.StartAsync(folder, port, Path.Combine(folder, "node_modules", "@vercel", "cosmosdb-server", "lib", "cli.js"), "--no-ssl", "--host", "127.0.0.1", "--port", $"{port}");
        var options = CosmosConnection.OptionsFor(ConnectionMode.Gateway);
        options.HttpClientFactory = () => new HttpClient(new HonestNotFound());
        _client = new CosmosClient($"http://127.0.0.1:{port}", Key, options);
        var settings = new AzureOptions();
        await CosmosConnection.CreateAsync(_client, settings);
        Container = _client.GetContainer(settings.CosmosDatabase, settings.CosmosContainer);
    }

    public Task DisposeAsync() => NpmPackage.StopAsync(_process);

    public void Dispose()
    {
        _client?.Dispose();
        _process?.Dispose();
    }

    /// <summary>The emulator answers 500 where the service answers 404.</summary>
    private sealed class HonestNotFound() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.InternalServerError && request.RequestUri!.AbsolutePath.Contains("/docs/", StringComparison.Ordinal)) answer.StatusCode = HttpStatusCode.NotFound;
            return answer;
        }
    }
}
