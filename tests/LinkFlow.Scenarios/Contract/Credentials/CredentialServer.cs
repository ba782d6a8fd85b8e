using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract.Credentials;

/// <summary>The server, and a host outside of it that nodes may reach.</summary>
public sealed class CredentialServer : IAsyncLifetime
{
    public TestServer Server { get; } = new() { Settings = new Dictionary<string, string> { ["LinkFlow:Outbound:Allow"] = "127.0.0.0/8" } };
    public EchoTarget Target { get; private set; } = null!;

    public async Task InitializeAsync() => Target = await EchoTarget.StartAsync();

    public async Task DisposeAsync()
    {
        await Target.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>Saves a credential; returns its id.</summary>
    public async Task<string> CredentialAsync(string type, string data, string more = "")
    {
        var (status, saved, _) = await Server.SendAsync("POST", "/api/v1/credentials", $$"""{"name":"Shop","type":"{{type}}","data":{{data}}{{more}}}""");
        return status == 201 ? saved["id"].AsString! : throw new InvalidOperationException(saved.ToString());
    }

    public Task<string> BearerAsync(string more = "", string token = "s3cret-token") => CredentialAsync("bearer", $$"""{"token":"{{token}}"}""", more);

    /// <summary>A workflow whose only request carries the credential.</summary>
    public string Workflow(string credentialId, string? url = null, string slot = "auth", string parameters = "", string type = "http_request") => $$$"""
        {"name":"Calls","nodes":[{"id":"start","type":"start"},{"id":"call","type":"{{{type}}}","parameters":{"url":"{{{url ?? Target.Url}}}"{{{parameters}}}},"credentials":{"{{{slot}}}":"{{{credentialId}}}"}}],
         "connections":[{"source":"start","target":"call"}]}
        """;

    /// <summary>Runs a workflow to its end.</summary>
    public async Task<Value> RunAsync(string workflowId, string mode = "manual")
    {
        var (status, answer, _) = await Server.SendAsync("POST", $"/api/v1/workflows/{workflowId}/execute", $$"""{"mode":"{{mode}}","wait":true}""");
        return status == 200 ? answer : throw new InvalidOperationException(answer.ToString());
    }

    /// <summary>Makes a key of these scopes and returns what sends as it, and its principal.</summary>
    public async Task<(string Key, string Principal)> KeyAsync(params string[] scopes)
    {
        var (_, made, _) = await Server.SendAsync("POST", "/api/v1/api-keys", $$"""{"name":"k","scopes":[{{string.Join(',', scopes.Select(s => $"\"{s}\""))}}]}""");
        return (made["key"].AsString!, "apikey:" + made["id"].AsString);
    }

    /// <summary>As another key than the owner's.</summary>
    public async Task<(int Status, Value Body)> AsAsync(string key, string method, string path, string? json = null)
    {
        using var client = Server.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Headers.Add("X-API-Key", key);
        if (json is not null) request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length > 0 ? JsonText.Parse(text) : Value.Undefined);
    }
}
