using System.Diagnostics;
using OpenTelemetry;

namespace LinkFlow.Functions.Telemetry;

/// <summary>Takes out of spans what callers may have put into URLs: query strings, and the tokens in the paths of links that work without a key.</summary>
public sealed class UrlRedaction : BaseProcessor<Activity>
{
    private const string Redacted = "redacted";
    private static readonly string[] Queries = ["url.query", "http.query"];
    private static readonly string[] Urls = ["url.full", "http.url", "http.target", "url.path"];
    private static readonly string[] LinkPaths = ["/resume/", "/approvals/"];

    public override void OnEnd(Activity data)
    {
        foreach (var tag in Queries)
            if (data.GetTagItem(tag) is string { Length: > 0 }) data.SetTag(tag, Redacted);
        foreach (var tag in Urls)
            if (data.GetTagItem(tag) is string { Length: > 0 } url && WithoutSecrets(url) is var plain && plain != url) data.SetTag(tag, plain);
        if (WithoutSecrets(data.DisplayName) is var name && name != data.DisplayName) data.DisplayName = name;
    }

    private static string WithoutSecrets(string url)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        var plain = query < 0 ? url : $"{url[..(query + 1)]}{Redacted}";
        foreach (var path in LinkPaths)
        {
            var at = plain.IndexOf(path, StringComparison.Ordinal);
            // Behind the path comes the execution's id, and then the token.
            var token = at < 0 ? -1 : plain.IndexOf('/', at + path.Length);
            if (token >= 0 && !plain.AsSpan(token + 1).StartsWith("{")) return $"{plain[..(token + 1)]}{Redacted}";
        }

        return plain;
    }
}
