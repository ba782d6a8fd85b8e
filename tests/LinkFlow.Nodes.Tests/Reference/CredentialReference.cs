using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;

namespace LinkFlow.Nodes.Tests.Reference;

/// <summary>The part of docs/credentials.md that is made from what the credential types declare about themselves.</summary>
internal static class CredentialReference
{
    private const string Begin = "<!-- types: made by UPDATE_DOCS=1 dotnet test tests/LinkFlow.Nodes.Tests -->\n";
    private const string End = "<!-- /types -->";

    /// <summary>The page with that part made anew.</summary>
    public static string Into(string page, CredentialTypes types)
    {
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        return page[..from] + Write(types) + page[to..];
    }

    private static string Write(CredentialTypes types)
    {
        var text = new StringBuilder("| type | for requests | fields (**secret**) | a test |\n|---|---|---|---|\n");
        foreach (var type in types.All.Select(t => t.Descriptor)) text.Append($"| `{type.Type}` | {(type.IsForRequests ? "yes" : "")} | {Fields(type)} | {type.Tests} |\n");
        foreach (var type in types.All.Select(t => t.Descriptor))
        {
            text.Append($"\n### `{type.Type}`: {type.Name}\n{type.Description}\n");
            if (type.Documentation.Length > 0) text.Append($"\n{type.Documentation.Trim()}\n");
            text.Append("\n| field | type | default | meaning |\n|---|---|---|---|\n");
            var required = type.Schema["required"].AsArray?.Select(r => r.AsString).ToHashSet() ?? [];
            foreach (var (name, schema) in type.Schema["properties"].AsObject!)
                text.Append($"| `{name}`{(required.Contains(name) ? " (required)" : "")} | {TypeOf(schema)} | {DefaultOf(schema)} | {Meaning(type, name, schema)} |\n");
            text.Append($"\n```json\n{JsonText.Write(type.Example)}\n```\n");
        }

        return text.ToString();
    }

    private static string Fields(CredentialTypeDescriptor type) =>
        string.Join(", ", type.Schema["properties"].AsObject!.Select(p => type.SecretFields.Contains(p.Key) ? $"**{p.Key}**" : p.Key));

    private static string TypeOf(Value schema) =>
        schema["enum"].AsArray is { } values ? string.Join(" ", values.Select(v => $"`{v.AsString}`")) : schema["type"].AsString ?? "";

    private static string DefaultOf(Value schema) => schema["default"].IsUndefined ? "" : $"`{schema["default"].AsString ?? schema["default"].ToString()}`";

    private static string Meaning(CredentialTypeDescriptor type, string name, Value schema)
    {
        var description = (schema["description"].AsString ?? "").Replace("|", "\\|", StringComparison.Ordinal);
        return string.Join(' ', new[] { type.SecretFields.Contains(name) ? "Secret." : "", type.DestinationFields.Contains(name) ? "Says where secrets go." : "", description }.Where(s => s.Length > 0));
    }
}
