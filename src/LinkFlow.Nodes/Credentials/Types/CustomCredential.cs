using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Credentials.Types;

/// <summary>Named fields, and the headers and query parameters that are made of them.</summary>
internal sealed class CustomCredential : ICredentialType
{
    public CredentialTypeDescriptor Descriptor { get; } = new()
    {
        Type = "custom",
        Name = "Custom",
        Description = "Sends headers and query parameters that are made of named fields.",
        IsForRequests = true,
        NamedFields = "fields",
        Schema = Json.Object($$"""
            {
              "type": "object",
              "properties": {
                "fields": {
                  "type": "array",
                  "minItems": 1,
                  "maxItems": 50,
                  "description": "What the credential is made of. A value is secret unless 'secret' is false.",
                  "items": {
                    "type": "object",
                    "properties": {
                      "name": { "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" },
                      "value": { "type": ["string", "null"], "maxLength": 16384, "format": "password" },
                      "secret": { "type": "boolean", "default": true }
                    },
                    "required": ["name"],
                    "additionalProperties": false
                  }
                },
                "headers": { "type": "object", "maxProperties": 20, "additionalProperties": { "type": "string", "maxLength": 4096 }, "description": "Name → value; {{"{{ $json.name }}"}} is a field." },
                "query": { "type": "object", "maxProperties": 20, "additionalProperties": { "type": "string", "maxLength": 4096 }, "description": "Name → value, as for headers." },
                {{RequestTrial.Field}}
              },
              "required": ["fields"],
              "additionalProperties": false
            }
            """),
        Example = Json.Object("""{"fields":[{"name":"account","value":"acme","secret":false},{"name":"token","value":"0123456789abcdef"}],"headers":{"X-Account":"{{ $json.account }}","X-Token":"Token {{ $json.token }}"}}"""),
        Documentation = """
            `headers` and `query` may hold expressions; in them `$json` has the fields by name, and `$secrets` the secret variables. In answers the `value` of a
            secret field is null, and `secretSet` names it as `fields.<name>`; saving it back with null keeps the value.
            """,
        Tests = RequestTrial.Description,
        Check = Check,
    };

    public ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in credential.Object("headers")) request.SetHeader(name, Printed(credential, "headers", name, value));
        foreach (var (name, value) in credential.Object("query")) request.AddQuery(name, Printed(credential, "query", name, value));
        return ValueTask.CompletedTask;
    }

    public ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        RequestTrial.RunAsync(this, credential, use, cancellationToken);

    private static string Printed(OpenedCredential credential, string where, string name, Value value) =>
        value.AsString ?? (value.IsNumber || value.IsBoolean ? value.ToString() : throw CredentialErrors.IsInvalid(credential, $"'{where}.{name}' did not come out as a text."));

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue data)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var fields = data["fields"].AsArray ?? [];
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i]["name"].AsString is { } name && !names.Add(name)) yield return ($"/fields/{i}/name", $"There is another field '{name}'.");
            if (fields[i]["value"].IsNullOrUndefined) yield return ($"/fields/{i}/value", $"The field '{fields[i]["name"].AsString}' has no value.");
        }

        foreach (var (name, _) in data["headers"].AsObject ?? [])
            if (HeaderNames.ProblemOf(name) is { } problem) yield return (Engine.Text.JsonPointer.Append("/headers", name), problem);
        foreach (var found in RequestTrial.Check(data)) yield return found;
    }
}
