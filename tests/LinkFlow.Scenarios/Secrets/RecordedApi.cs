using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Secrets;

/// <summary>The API of a server, every answer of which is remembered whole.</summary>
public sealed class RecordedApi(ServerProcess server)
{
    public ConcurrentQueue<(string Where, string Text)> Answers { get; } = new();

    public async Task<(int Status, Value Body)> SendAsync(string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await server.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Answers.Enqueue(($"{method} {path.Split('?')[0]}", $"{(int)answer.StatusCode}\n{answer.Headers}\n{text}"));
        var isJson = answer.Content.Headers.ContentType?.MediaType == "application/json" && text.Length > 0;
        return ((int)answer.StatusCode, isJson ? JsonText.Parse(text) : Value.From(text));
    }

    /// <exception cref="InvalidOperationException">The answer was no 2xx.</exception>
    public async Task<Value> MustAsync(string method, string path, string? json = null)
    {
        var (status, body) = await SendAsync(method, path, json);
        return status is >= 200 and < 300 ? body : throw new InvalidOperationException($"{method} {path} answered {status}: {body}\n{json}");
    }

    /// <summary>Saves and activates a workflow.</summary>
    public async Task<string> ActivateAsync(string workflow)
    {
        var id = (await MustAsync("POST", "/api/v1/workflows", workflow))["id"].AsString!;
        await MustAsync("POST", $"/api/v1/workflows/{id}/activate");
        return id;
    }

    /// <summary>All entries of a list, page by page.</summary>
    public async Task<IReadOnlyList<Value>> AllAsync(string path)
    {
        var all = new List<Value>();
        string? cursor = null;
        do
        {
            var page = await MustAsync("GET", $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=200{(cursor is null ? "" : "&cursor=" + cursor)}");
            all.AddRange(page["items"].AsArray!);
            cursor = page["nextCursor"].AsString;
        }
        while (cursor is not null);
        return all;
    }

    /// <summary>Asks for everything that the API shows of what is there.</summary>
    public async Task CrawlAsync()
    {
        foreach (var path in new[] { "/metrics", "/openapi/v1.json", "/health/ready", "/api/v1/nodes", "/api/v1/webhooks", "/api/v1/credentials/types", "/api/v1/secrets/master-key", "/api/v1/api-keys" })
            await SendAsync("GET", path);
        foreach (var variable in await AllAsync("/api/v1/variables")) await EachAsync($"/api/v1/variables/{variable["id"].AsString}", "", "/versions", "/versions/1");
        foreach (var credential in await AllAsync("/api/v1/credentials")) await EachAsync($"/api/v1/credentials/{credential["id"].AsString}", "", "/usage", "/shares");
        foreach (var workflow in await AllAsync("/api/v1/workflows"))
        {
            await EachAsync($"/api/v1/workflows/{workflow["id"].AsString}", "", "/versions", "/versions/1", "/diagram");
            await SendAsync("POST", $"/api/v1/workflows/{workflow["id"].AsString}/validate");
        }

        await Parallel.ForEachAsync(await AllAsync("/api/v1/executions"), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (execution, _) =>
            await CrawlExecutionAsync($"/api/v1/executions/{execution["id"].AsString}", execution["finishedAt"].IsString));
    }

    private async Task CrawlExecutionAsync(string path, bool hasEnded)
    {
        await EachAsync(path, "?include=data");
        if (hasEnded) await EachAsync(path, "/events");
        foreach (var expression in new[] { "$json", "$vars", "$secrets.TEXT_0", "Object.keys($vars)" })
            await SendAsync("POST", "/api/v1/expressions/evaluate", $"{{\"expression\":\"{{{{ {expression} }}}}\",\"executionId\":\"{path.Split('/')[^1]}\",\"nodeId\":\"fail\"}}");
        await AllAsync(path + "/history");
        foreach (var run in (await AllAsync(path + "/nodes")).Select(n => (Node: n["nodeId"].AsString, Run: n["run"].AsNumber))) await EachAsync(path, $"/nodes/{run.Node}?run={run.Run}");
    }

    private async Task EachAsync(string path, params string[] rests)
    {
        foreach (var rest in rests) await SendAsync("GET", path + rest);
    }
}
