using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>Addresses that are found in a string.</summary>
internal static class TextExtraction
{
    public static MethodList All { get; } = new()
    {
        { "extractEmail(): string | undefined", "The first email address in it; undefined when there is none.", "'Write to ada@example.com today'.extractEmail()",
            (run, self, _) => Found(run, AddressPatterns.FindEmail(run, self.AsString!)) },
        { "extractUrl(): string | undefined", "The first URL with http, https or ftp in it; undefined when there is none.", "'See https://example.com/a for more'.extractUrl()",
            (run, self, _) => Found(run, AddressPatterns.FindUrl(run, self.AsString!)) },
        { "extractDomain(): string | undefined", "The host of an email address or URL; undefined when it is neither. From longer text, take extractEmail or extractUrl first.", "'https://www.example.com/a'.extractDomain()",
            (run, self, _) => Found(run, AddressPatterns.DomainOf(run, self.AsString!)) },
        { "extractUrlPath(): string | undefined", "The path of a URL, without query and fragment; undefined when it is no URL.", "'https://example.com/orders/1?a=b'.extractUrlPath()",
            (run, self, _) => AddressPatterns.PathOf(run, self.AsString!) is { } path ? Found(run, Normal(run, path)) : default },
    };

    private static Value Found(Run run, string? text) => text is null ? default : run.Made(text);

    /// <summary>As browsers see a path: without dot segments, with what must be encoded encoded.</summary>
    private static string Normal(Run run, string path)
    {
        run.Steps(path.Length);
        List<string> segments = [];
        var parts = path.Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            if (parts[i] is not ("." or "..")) segments.Add(parts[i]);
            else
            {
                if (parts[i] == ".." && segments.Count > 0) segments.RemoveAt(segments.Count - 1);
                if (isLast) segments.Add("");
            }
        }

        return UriText.EncodeKeeping(run, "/" + string.Join('/', segments), UriText.Unreserved + UriText.Reserved + "%[]|^").AsString!;
    }
}
