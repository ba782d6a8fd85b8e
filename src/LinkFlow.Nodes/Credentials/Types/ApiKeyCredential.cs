using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>A key in a header or in the URL's query.</summary>
internal sealed class ApiKeyCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "api_key",
        Name = "API key",
        Description = "Sends a key in a header, or in the URL's query.",
        IsForRequests = true,
        Schema = Json.Object($$"""
            {
              "type": "object",
              "properties": {
                "name": { "type": "string", "minLength": 1, "maxLength": 256, "default": "X-API-Key", "description": "The header's or the query parameter's name." },
                "value": { "type": "string", "minLength": 1, "maxLength": 16384, "format": "password", "writeOnly": true },
                "in": { "enum": ["header", "query"], "default": "header", "description": "A query ends up in logs of proxies and servers: prefer a header." },
                {{RequestTrial.Field}}
              },
              "required": ["name", "value"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"name":"X-API-Key","value":"0123456789abcdef","in":"header"}"""),
        Tests = RequestTrial.Description,
        Check = Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var (name, value) = (credential.Text("name"), credential.Text("value"));
        if (credential.OptionalText("in") == "query") request.AddQuery(name, value);
        else request.SetHeader(name, value);
        return ValueTask.CompletedTask;
    }

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        RequestTrial.RunAsync(this, credential, use, cancellationToken);

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue data)
    {
        if (data["in"].AsString != "query" && data["name"].AsString is { } name && HeaderNames.ProblemOf(name) is { } problem) yield return ("/name", problem);
        foreach (var found in RequestTrial.Check(data)) yield return found;
    }
}
