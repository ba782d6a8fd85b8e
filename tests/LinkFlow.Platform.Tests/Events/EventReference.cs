using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;

namespace LinkFlow.Platform.Tests.Events;

/// <summary>The part of docs/events.md that is made from the catalogue.</summary>
internal static class EventReference
{
    private const string Begin = "<!-- types: made by UPDATE_DOCS=1 dotnet test tests/LinkFlow.Platform.Tests -->\n";
    private const string End = "<!-- /types -->";

    /// <summary>The page with that part made anew.</summary>
    public static string Into(string page)
    {
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        return page[..from] + Write() + page[to..];
    }

    private static string Write()
    {
        var text = new StringBuilder("| type | when |\n|---|---|\n");
        foreach (var entry in EventCatalogue.All) text.Append($"| `{entry.Type}` | {entry.Description} |\n");
        foreach (var entry in EventCatalogue.All)
        {
            text.Append($"\n### `{entry.Type}`\n{entry.Description}\n\n| field of `data` | type | says |\n|---|---|---|\n");
            foreach (var field in entry.Fields) text.Append($"| `{field.Name}` | {field.Kind.Replace("?", " or null", StringComparison.Ordinal)}{(field.IsOptional ? ", may be absent" : "")} | {field.Description} |\n");
            text.Append($"\n<details><summary>JSON Schema</summary>\n\n```json\n{JsonText.Write(entry.DataSchema)}\n```\n</details>\n");
        }

        return text.ToString();
    }
}
