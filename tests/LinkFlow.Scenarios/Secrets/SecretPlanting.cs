using System.Globalization;
using System.Text.Json;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Secrets;

/// <summary>Makes credentials of every type, with a secret in every field that is one, and secret variables; whatever types there are.</summary>
public sealed class SecretPlanting(RecordedApi api, EchoingTarget target, PlantedSecrets secrets)
{
    private int _hosts;

    /// <param name="IsForRequests">http_request takes it.</param>
    public sealed record PlantedCredential(string Id, string Type, int Kind, bool IsForRequests, ObjectValue Data);

    public List<PlantedCredential> Credentials { get; } = [];
    public List<string> Variables { get; } = [];

    public async Task PlantVariablesAsync()
    {
        for (var kind = 0; kind < PlantedSecrets.Kinds; kind++)
        {
            await VariableAsync($"TEXT_{kind}", "string", Value.From(secrets.Draw($"variable TEXT_{kind}", kind)), Value.From(secrets.Draw($"variable TEXT_{kind} in production", kind)));
            await VariableAsync($"JSON_{kind}", "json", new ObjectValue
            {
                { "user", secrets.Draw($"variable JSON_{kind} user", kind) }, { "more", new ArrayValue([secrets.Draw($"variable JSON_{kind} more", kind)]) },
            });
        }

        await VariableAsync("NUMBER", "number", double.Parse(secrets.Draw("variable NUMBER", PlantedSecrets.Kinds - 1), CultureInfo.InvariantCulture));
    }

    public async Task PlantCredentialsAsync()
    {
        foreach (var type in (await api.MustAsync("GET", "/api/v1/credentials/types"))["items"].AsArray!)
            for (var kind = 0; kind < PlantedSecrets.Kinds; kind++)
                await CredentialAsync(type, kind);
    }

    /// <summary>A host that no other request goes to, so that none is left alone because another failed.</summary>
    public string FreshUrl(string way) => target.Url(Interlocked.Increment(ref _hosts), way);

    private async Task VariableAsync(string name, string type, Value value, Value production = default)
    {
        var body = new ObjectValue { { "name", name }, { "type", type }, { "secret", true }, { "value", value } };
        if (!production.IsUndefined) body.Set("environments", new ObjectValue { { "production", production } });
        await api.MustAsync("POST", "/api/v1/variables", JsonText.Write(body));
        Variables.Add(name);
    }

    private async Task CredentialAsync(Value type, int kind)
    {
        var name = type["type"].AsString!;
        var data = Local(type["example"].AsObject!, kind);
        foreach (var (field, schema) in type["schema"]["properties"].AsObject!)
        {
            if (schema["writeOnly"].IsBoolean && field != "privateKey") data.Set(field, secrets.Draw($"{name} {field}", kind));
            if (field == "authority") data.Set(field, FreshUrl(kind == 1 ? "refused/token" : "gives/token"));
            if (field == "service") data.Set(field, "execute-api");
            if (field == "stsUrl") data.Set(field, FreshUrl("json"));
            if (field == "testUrl") data.Set(field, FreshUrl("json"));
        }

        if (name == "custom") data = Custom(kind);
        if (name == "ssh") data.Set("privateKey", $"-----BEGIN PRIVATE KEY-----\n{secrets.Draw("ssh privateKey, first line", 0)}\n{secrets.Draw("ssh privateKey, second line", 0)}\n-----END PRIVATE KEY-----");
        if (name == "api_key" && kind % 2 == 1) data.Set("in", "query");
        var body = new ObjectValue { { "name", $"{name} {kind}" }, { "type", name }, { "data", data } };
        var created = await api.MustAsync("POST", "/api/v1/credentials", JsonText.Write(body));
        Credentials.Add(new PlantedCredential(created["id"].AsString!, name, kind, type["forRequests"].AsBoolean, data));
    }

    /// <summary>Fields of its own, and what secret variables bring in.</summary>
    private ObjectValue Custom(int kind) => JsonText.Parse(JsonSerializer.Serialize(new
    {
        fields = new[] { new { name = "one", value = secrets.Draw("custom one", kind) }, new { name = "two", value = secrets.Draw("custom two", kind) } },
        headers = new Dictionary<string, string>
        {
            ["X-Fields"] = "{{ encodeURIComponent($json.one + ':' + $json.two) }}",
            ["X-Text"] = $"{{{{ encodeURIComponent($secrets.TEXT_{kind}) }}}}",
            ["X-Joined"] = $"{{{{ ($secrets.TEXT_{kind} + '/' + $secrets.JSON_{kind}.user).base64Encode() }}}}",
        },
        query = new Dictionary<string, string>
        {
            ["field"] = "{{ $json.one }}", ["more"] = $"{{{{ $secrets.JSON_{kind}.more[0] }}}}", ["number"] = "{{ $secrets.NUMBER }}", ["all"] = $"{{{{ JSON.stringify($secrets.JSON_{kind}) }}}}",
        },
        testUrl = FreshUrl("nested"),
    })).AsObject!.Copy();

    /// <summary>The example with our own hosts in it.</summary>
    private ObjectValue Local(ObjectValue example, int kind)
    {
        var data = example.Copy();
        foreach (var (name, value) in example)
            if (value.AsString is { } text && text.StartsWith("https://", StringComparison.Ordinal)) data.Set(name, FreshUrl(kind == 1 ? "refused/token" : "gives/token"));
        if (data.Contains("host")) data.Set("host", "127.0.0.1").Set("port", target.TalkerPort);
        return data;
    }
}
