using System.Collections.Frozen;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LinkFlow.Platform.Webhooks;

/// <summary>Writes what a <c>respond</c> node said: <c>{status, headers, as, body}</c>.</summary>
internal static class WebhookResponse
{
    /// <summary>Not a workflow's to set: cookies, what frames the answer, and what keeps its content from acting in our origin.</summary>
    private static readonly FrozenSet<string> OurOwn = new[]
    {
        "Set-Cookie", "Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive", "Trailer", "Upgrade", "Date", "Server",
        "X-Content-Type-Options", "Content-Security-Policy", RequestId.Header,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The file that is to be sent, as an item carries it; undefined: the answer is none.</summary>
    public static Value FileOf(Value said) => said["as"].AsString == "binary" && said["body"].AsObject is not null ? said["body"] : default;

    /// <summary>Status and headers of an answer that is a file.</summary>
    /// <returns>False: this status has no body.</returns>
    public static bool Begin(HttpContext context, Value said, StoredFile file)
    {
        var response = context.Response;
        SetHeaders(response, said["headers"]);
        response.StatusCode = said["status"] is { IsNumber: true } number ? (int)number.AsNumber : 200;
        if (response.StatusCode is 204 or 205 or 304) return false;
        response.ContentType ??= file.MimeType;
        response.ContentLength = file.Content.Size;
        if (response.Headers.ContentDisposition.Count > 0) return true;
        var disposition = new ContentDispositionHeaderValue("inline");
        disposition.SetHttpFileName(file.Name);
        response.Headers.ContentDisposition = disposition.ToString();
        return true;
    }

    public static Task WriteAsync(HttpContext context, Value said)
    {
        var status = said["status"] is { IsNumber: true } number ? (int)number.AsNumber : 200;
        var form = said["as"].AsString ?? "json";
        var response = context.Response;
        SetHeaders(response, said["headers"]);
        var contentType = response.ContentType;
        var body = said["body"];
        if (form == "redirect") response.Headers.Location = body.AsString ?? "/";
        if (form is "redirect" or "empty" || status is 204 or 205 or 304)
        {
            response.StatusCode = status;
            response.ContentType = null;
            return Task.CompletedTask;
        }

        if (form is "json" or "items")
        {
            var written = JsonAnswer.WriteAsync(context, status, body.IsUndefined ? Value.Null : body);
            if (contentType is not null) response.ContentType = contentType;
            return written;
        }

        var bytes = form == "binary" ? Convert.FromBase64String(body.AsString ?? "") : Encoding.UTF8.GetBytes(body.AsString ?? body.ToString());
        response.StatusCode = status;
        response.ContentType = contentType ?? form switch { "html" => "text/html; charset=utf-8", "binary" => "application/octet-stream", _ => "text/plain; charset=utf-8" };
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, 0, bytes.Length, context.RequestAborted);
    }

    private static void SetHeaders(HttpResponse response, Value headers)
    {
        if (headers.AsObject is not { Count: > 0 } wanted) return;
        foreach (var (name, value) in wanted)
        {
            var text = value.AsString ?? value.ToString();
            // The node has refused these; a history from elsewhere may hold them all the same.
            if (OurOwn.Contains(name) || text.AsSpan().ContainsAnyInRange('\0', '\u0008') || text.AsSpan().ContainsAny('\r', '\n')) continue;
            response.Headers[name] = text;
        }
    }
}
