using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Http;

/// <summary>Reads an item's call from the node's parameters.</summary>
internal static class HttpCalls
{
    public const long DefaultMaxResponseBytes = 10 * 1024 * 1024;

    /// <summary>Of an answer that is read into memory.</summary>
    public const int LargestResponseBytes = 100 * 1024 * 1024;

    /// <summary>Of an answer that becomes a file.</summary>
    public const int LargestFileBytes = 1024 * 1024 * 1024;

    /// <summary>Headers that frame the request, which is the connection's business.</summary>
    private static readonly HashSet<string> Framing = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <exception cref="NodeException">A parameter does not fit.</exception>
    public static HttpCall Read(NodeContext context, int item)
    {
        var method = new HttpMethod(context.Choice(item, "method", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"));
        var kind = context.Choice(item, "bodyType", "none", "none", "json", "form", "multipart", "raw", "binary");
        var files = kind is HttpBodies.Binary or HttpBodies.Multipart ? HttpBodies.Read(context, item, kind) : null;
        var (body, type) = files is null ? Body(context, item, kind) : (null, files.ContentType);
        return new HttpCall(
            method,
            Url(context, item),
            Headers(context, item, method),
            body,
            type,
            TimeSpan.FromSeconds(context.Number(item, "timeoutSeconds", 0.001, 3600, 30)),
            context.Flag(item, "followRedirects", true),
            context.Whole(item, "maxResponseBytes", 1, LargestFileBytes, (int)DefaultMaxResponseBytes)) { Files = files };
    }

    private static Uri Url(NodeContext context, int item)
    {
        var text = context.Text(item, "url").Trim();
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            throw new NodeException(NodeErrorCodes.ParameterInvalid, $"'url' in '{context.Node.Id}' must be a whole URL that begins with http:// or https://.");
        if (url.UserInfo.Length > 0)
            throw new NodeException(NodeErrorCodes.ParameterInvalid, $"'url' in '{context.Node.Id}' holds a user name or password. Send them in an Authorization header instead.");
        var query = Form(context, "query", context.Object(item, "query"));
        if (query.Length == 0) return url;
        return new UriBuilder(url) { Query = url.Query.Length > 1 ? $"{url.Query[1..]}&{query}" : query }.Uri;
    }

    private static List<KeyValuePair<string, string>> Headers(NodeContext context, int item, HttpMethod method)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (name, value) in context.Object(item, "headers"))
        {
            if (value.IsNull) continue;
            if (name.Length == 0 || name.Any(c => c is <= ' ' or >= (char)127 or ':')) throw Refused(context, name, "it is no header's name");
            if (Framing.Contains(name)) throw Refused(context, name, "it is set for you");
            var text = Printed(value) ?? throw ParameterReading.Invalid(context, $"headers.{name}", "must be a string", value);
            if (text.Any(c => c is < ' ' and not '\t' or (char)127)) throw Refused(context, name, "its value holds a control character");
            headers.Add(new(name, text));
        }

        AddDefault(headers, "User-Agent", "LinkFlow");
        AddDefault(headers, "Accept", "application/json, */*;q=0.8");
        var key = context.Text(item, "idempotencyKey", "auto");
        if (key != "off" && method.Method is "POST" or "PUT" or "PATCH" or "DELETE")
        {
            if (key.Length == 0 || key.Any(char.IsControl)) throw ParameterReading.Invalid(context, "idempotencyKey", "must be auto, off or a key", key);
            AddDefault(headers, "Idempotency-Key", key == "auto" ? context.IdempotencyKey(item, 0) : key);
        }

        return headers;
    }

    private static void AddDefault(List<KeyValuePair<string, string>> headers, string name, string value)
    {
        if (!headers.Exists(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase))) headers.Add(new(name, value));
    }

    private static (byte[]? Body, string? ContentType) Body(NodeContext context, int item, string kind)
    {
        if (kind == "none") return (null, null);
        var body = context.Parameter(item, "body");
        if (body.IsUndefined) throw ParameterReading.Missing(context, "body");
        return kind switch
        {
            "json" => (JsonText.WriteBytes(body), "application/json"),
            "form" => (Encoding.UTF8.GetBytes(Form(context, "body", body.AsObject ?? throw ParameterReading.Invalid(context, "body", "must be an object for a form", body))), "application/x-www-form-urlencoded"),
            _ => (Encoding.UTF8.GetBytes(Printed(body) ?? throw ParameterReading.Invalid(context, "body", "must be a string for a raw body", body)), "text/plain; charset=utf-8"),
        };
    }

    /// <summary>Names and values, percent-encoded; a list gives one pair per element, null none.</summary>
    private static string Form(NodeContext context, string parameter, ObjectValue fields)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            foreach (var one in value.AsArray ?? (IEnumerable<Value>)[value])
            {
                if (one.IsNullOrUndefined) continue;
                if (text.Length > 0) text.Append('&');
                var printed = Printed(one) ?? throw ParameterReading.Invalid(context, $"{parameter}.{name}", "must be a string, number, boolean or a list of these", one);
                text.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(printed));
            }
        }

        return text.ToString();
    }

    private static string? Printed(Value value) =>
        value.AsString ?? (value.IsNumber || value.IsBoolean ? value.NumberAsWritten ?? value.ToString() : null);

    private static NodeException Refused(NodeContext context, string header, string why) =>
        new(NodeErrorCodes.ParameterInvalid, $"The header '{header}' in '{context.Node.Id}' is refused: {why}.");
}
