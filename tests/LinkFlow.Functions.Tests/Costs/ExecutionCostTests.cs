using System.Net.Http.Json;
using System.Text.Json;
using LinkFlow.Azure.Documents;
using LinkFlow.Azure.Tests.Documents;
using LinkFlow.Azure.Tests.Documents.Fake;
using LinkFlow.Functions.Tests.Hosting;
using LinkFlow.Platform.Ports;
using LinkFlow.Scenarios.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace LinkFlow.Functions.Tests.Costs;

/// <summary>What an execution costs in request units, from the request that starts it to the answer that it ended: the app over the fake container, by published prices. docs/azure.md has the numbers.</summary>
public sealed class ExecutionCostTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string OwnerKey = "cost-owner-key-0123456789-abcdefghijk";
    private readonly string _folder = Directory.CreateTempSubdirectory("linkflow-cost-").FullName;
    private readonly FakeCosmos _cosmos = new(TimeProvider.System);
    private readonly CosmosMetrics _metrics = new();
    private FunctionHost _host = null!;
    private RecordingTarget _target = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _target = await RecordingTarget.StartAsync();
        var requests = new CosmosRequests(_cosmos.Container(), new RequestPolicy(), _metrics, TimeProvider.System, NullLogger.Instance);
        var blobs = new MemoryBlobs();
        var store = new CosmosDocumentStore(requests, new CosmosOutbox(requests, blobs, NullLogger.Instance), blobs, _metrics, TimeProvider.System, NullLogger.Instance);
        var settings = new Dictionary<string, string> { ["LinkFlow:OwnerApiKey"] = OwnerKey, ["LinkFlow:Outbound:Allow"] = "127.0.0.1" };
        _host = await FunctionHost.StartAsync(_folder, settings, services => services.AddSingleton<IDocumentStore>(store));
        _http = _host.Web.CreateClient();
        _http.DefaultRequestHeaders.Add("X-API-Key", OwnerKey);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _target.DisposeAsync();
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("ten nodes that only compute", 10, """{"id":"n#","type":"set_variable","parameters":{"fields":{"n":"{{ $json.n + 1 }}"}}}""", 150)]
    [InlineData("ten HTTP requests, one after the other", 10, """{"id":"n#","type":"http_request","parameters":{"url":"URL/n#"}}""", 600)]
    public async Task An_execution_costs_no_more_than_the_documentation_says(string name, int length, string node, double most)
    {
        var nodes = Enumerable.Range(1, length).Select(i => node.Replace("#", $"{i}", StringComparison.Ordinal).Replace("URL", _target.Url.TrimEnd('/'), StringComparison.Ordinal));
        var connections = Enumerable.Range(1, length).Select(i => $$"""{"source":"{{(i == 1 ? "start" : $"n{i - 1}")}}","target":"n{{i}}"}""");
        var id = await PostAsync("/api/v1/workflows", $$"""{"name":"n","nodes":[{"id":"start","type":"start"},{{string.Join(',', nodes)}}],"connections":[{{string.Join(',', connections)}}]}""", "id");
        await RunAsync(id);
        _cosmos.Requests.Clear();

        Assert.Equal("success", await RunAsync(id));

        foreach (var kind in _cosmos.Requests.GroupBy(r => r.Operation)) output.WriteLine($"{name}: {kind.Key} {kind.Count()} requests, {kind.Sum(r => r.Charge):0.0} request units");
        output.WriteLine($"{name}: {_cosmos.Requests.Count} requests, {_cosmos.Charged:0.0} request units");
        Assert.InRange(_cosmos.Charged, most / 3, most);
        Assert.Contains($"| {name} | {most} |", await File.ReadAllTextAsync(Path.Combine(Scenarios.Repository.Root, "docs", "azure.md")), StringComparison.Ordinal);
        Assert.All(_cosmos.Requests, r => Assert.Contains("default", r.Key, StringComparison.Ordinal));
    }

    private Task<string> RunAsync(string id) => PostAsync($"/api/v1/workflows/{id}/execute", """{"input":{"n":1},"wait":true}""", "status");

    private async Task<string> PostAsync(string path, string body, string property)
    {
        using var answer = await _http.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return json.TryGetProperty(property, out var value) ? value.GetString()! : throw new InvalidOperationException(json.ToString());
    }
}
