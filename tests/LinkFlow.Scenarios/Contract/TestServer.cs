using System.Net.Http.Headers;
using System.Text;
using LinkFlow.Engine.Values;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace LinkFlow.Scenarios.Contract;

/// <summary>The whole server in this process: real store, real runtime, HTTP in memory.</summary>
public sealed class TestServer : WebApplicationFactory<Program>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("linkflow-contract-").FullName;

    /// <summary>By name, as <c>LinkFlow:Environment</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public HttpClient Http => field ??= CreateOwner();

    public async Task<(int Status, Value Body, HttpResponseHeaders Headers)> SendAsync(string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length > 0 && answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonText.Parse(text) : Value.From(text), answer.Headers);
    }

    /// <summary>Saves and activates a workflow; returns its id.</summary>
    public async Task<string> ActivateAsync(string workflow)
    {
        var (status, saved, _) = await SendAsync("POST", "/api/v1/workflows", workflow);
        if (status != 201) throw new InvalidOperationException(saved.ToString());
        var id = saved["id"].AsString!;
        var (activated, answer, _) = await SendAsync("POST", $"/api/v1/workflows/{id}/activate");
        return activated == 200 ? id : throw new InvalidOperationException(answer.ToString());
    }

    /// <summary>The execution once it stands at one of these statuses.</summary>
    public async Task<Value> UntilAsync(string executionId, params string[] statuses)
    {
        for (var tries = 0; tries < 3_000; tries++)
        {
            var (_, execution, _) = await SendAsync("GET", $"/api/v1/executions/{executionId}?include=data");
            if (statuses.Contains(execution["status"].AsString)) return execution;
            await Task.Delay(10);
        }

        throw new TimeoutException($"{executionId} came to none of {string.Join(", ", statuses)}.");
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("LinkFlow:DataPath", _folder);
        builder.UseSetting("LinkFlow:OwnerApiKey", ServerProcess.OwnerKey);
        foreach (var (name, value) in Settings) builder.UseSetting(name, value);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private HttpClient CreateOwner()
    {
        var http = CreateClient();
        http.DefaultRequestHeaders.Add("X-API-Key", ServerProcess.OwnerKey);
        return http;
    }
}
