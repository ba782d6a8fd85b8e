using LinkFlow.Nodes.Triggers.Callers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LinkFlow.Platform.Webhooks.Access;

/// <summary>Tells browsers which pages may read a webhook's answers (CORS). Never lets them send credentials, and keeps nobody else from calling.</summary>
internal static class CrossOrigin
{
    /// <summary>Seconds that a browser may remember what it was told.</summary>
    private const string RememberedSeconds = "600";

    /// <summary>The method that a browser asks about before it calls; null: the request is no such question.</summary>
    public static string? AskedMethod(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count == 1 && request.Headers.AccessControlRequestMethod is [{ Length: > 0 } method] ? method : null;

    /// <summary>Answers a browser that asks before it calls.</summary>
    public static void Answer(HttpContext context, CallerOrigins origins, string method)
    {
        var headers = context.Response.Headers;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
        if (!Permit(context, origins)) return;
        headers.AccessControlAllowMethods = method;
        headers.AccessControlMaxAge = RememberedSeconds;
        if (context.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } asked) headers.AccessControlAllowHeaders = asked;
    }

    /// <summary>Marks whatever answer the call will get, errors too, and overrules what a workflow says about it.</summary>
    public static void Mark(HttpContext context, CallerOrigins origins) => context.Response.OnStarting(() =>
    {
        var headers = context.Response.Headers;
        headers.Remove(HeaderNames.AccessControlAllowOrigin);
        headers.Remove(HeaderNames.AccessControlAllowCredentials);
        if (!origins.IsAny) headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (Permit(context, origins)) headers.AccessControlExposeHeaders = "*";
        return Task.CompletedTask;
    });

    private static bool Permit(HttpContext context, CallerOrigins origins)
    {
        if (context.Request.Headers.Origin is not [{ Length: > 0 } origin] || !origins.Contains(origin)) return false;
        context.Response.Headers.AccessControlAllowOrigin = origins.IsAny ? CallerOrigins.Any : origin;
        return true;
    }
}
