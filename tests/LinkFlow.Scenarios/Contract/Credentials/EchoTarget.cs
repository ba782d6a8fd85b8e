using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Scenarios.Contract.Credentials;

/// <summary>A host outside LinkFlow: echoes headers and query, and redirects where it is told to.</summary>
public sealed class EchoTarget : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EchoTarget(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();
    public ConcurrentQueue<string> Authorizations { get; } = new();

    public static async Task<EchoTarget> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var target = new EchoTarget(builder.Build());
        target._app.Run(target.AnswerAsync);
        await target._app.StartAsync();
        return target;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        Authorizations.Enqueue(authorization);
        if (context.Request.Query["to"].ToString() is { Length: > 0 } to)
        {
            context.Response.Redirect(to);
            return Task.CompletedTask;
        }

        if (authorization.EndsWith("wrong-token", StringComparison.Ordinal)) context.Response.StatusCode = 401;
        return context.Response.WriteAsJsonAsync(new { authorization, query = context.Request.QueryString.Value });
    }
}
