using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Http;

/// <summary>The few pages that people see in a browser: plain, without scripts, in nobody's frame, not to be kept.</summary>
internal static class HtmlPage
{
    /// <param name="text">Plain text; it is escaped here.</param>
    public static Task WriteTextAsync(HttpContext context, int status, string text) => WriteAsync(context, status, $"<p>{HtmlEncoder.Default.Encode(text)}</p>");

    /// <param name="body">HTML: whatever is not ours must have been escaped.</param>
    public static Task WriteAsync(HttpContext context, int status, string body)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        var bytes = Encoding.UTF8.GetBytes($"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>LinkFlow</title><h1>LinkFlow</h1>{body}</html>");
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, 0, bytes.Length, context.RequestAborted);
    }
}
