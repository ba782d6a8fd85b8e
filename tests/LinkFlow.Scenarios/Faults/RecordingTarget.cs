using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Scenarios.Faults;

/// <summary>The world outside: answers the calls of http_request nodes and remembers each. It outlives the server's crashes.</summary>
public sealed class RecordingTarget : IAsyncDisposable
{
    private readonly WebApplication _app;
    private Action<string>? _onCall;

    private RecordingTarget(WebApplication app) => _app = app;

    /// <param name="Path">Names the node that called.</param>
    /// <param name="Key">The Idempotency-Key header.</param>
    /// <param name="Delivery">The X-Delivery-Id header.</param>
    public sealed record Call(string Path, string? Key, string Body, string? Delivery = null);

    public ConcurrentQueue<Call> Calls { get; } = new();
    public string Url { get; private set; } = "";

    /// <summary>How long an answer takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Does something terrible whenever this path is called, before any answer.</summary>
    /// <returns>Released once for each such call.</returns>
    public SemaphoreSlim KillOnCall(string path, Action kill)
    {
        var called = new SemaphoreSlim(0);
        _onCall = calledPath =>
        {
            if (calledPath != path) return;
            kill();
            called.Release();
        };
        return called;
    }

    public static async Task<RecordingTarget> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var target = new RecordingTarget(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            target.Calls.Enqueue(new Call(context.Request.Path, context.Request.Headers["Idempotency-Key"], await reader.ReadToEndAsync(), context.Request.Headers["X-Delivery-Id"]));
            target._onCall?.Invoke(context.Request.Path);
            if (target.Delay > TimeSpan.Zero) await Task.Delay(target.Delay);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"ok":true}""");
        });
        await app.StartAsync();
        target.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return target;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
