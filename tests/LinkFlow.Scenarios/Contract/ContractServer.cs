using System.Net.Http.Headers;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract;

/// <summary>A host of the platform that scenarios call: the server, or the Function App. The same scenarios must hold for both.</summary>
public interface IContractServer
{
    /// <summary>Called as the owner.</summary>
    HttpClient Http { get; }
}

public static class ContractCalls
{
    public static async Task<(int Status, Value Body, HttpResponseHeaders Headers)> SendAsync(this IContractServer server, string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await server.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length > 0 && answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonText.Parse(text) : Value.From(text), answer.Headers);
    }

    /// <summary>Saves and activates a workflow; returns its id.</summary>
    public static async Task<string> ActivateAsync(this IContractServer server, string workflow)
    {
        var (status, saved, _) = await server.SendAsync("POST", "/api/v1/workflows", workflow);
        if (status != 201) throw new InvalidOperationException(saved.ToString());
        var id = saved["id"].AsString!;
        var (activated, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{id}/activate");
        return activated == 200 ? id : throw new InvalidOperationException(answer.ToString());
    }

    /// <summary>The execution once it stands at one of these statuses.</summary>
    public static async Task<Value> UntilAsync(this IContractServer server, string executionId, params string[] statuses)
    {
        for (var tries = 0; tries < 3_000; tries++)
        {
            var (_, execution, _) = await server.SendAsync("GET", $"/api/v1/executions/{executionId}?include=data");
            if (statuses.Contains(execution["status"].AsString)) return execution;
            await Task.Delay(10);
        }

        throw new TimeoutException($"{executionId} came to none of {string.Join(", ", statuses)}.");
    }
}
