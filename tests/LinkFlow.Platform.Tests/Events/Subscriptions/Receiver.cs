using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Tests.Events.Subscriptions;

/// <summary>Someone else's server on this machine: notes what it gets and answers as the test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public sealed record Message(IReadOnlyDictionary<string, string> Headers, string Body, string Path);

    public ConcurrentQueue<Message> Messages { get; } = new();
    public string Url { get; private set; } = "";

    /// <summary>Answers; null: 200 and nothing else.</summary>
    public Func<HttpContext, Task>? Answer { get; set; }

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            receiver.Messages.Enqueue(new Message(headers, await reader.ReadToEndAsync(), context.Request.Path));
            if (receiver.Answer is { } answer) await answer(context);
        });
        await app.StartAsync();
        receiver.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return receiver;
    }

    /// <summary>Answers this status from now on.</summary>
    public void Say(int status, string body = "", string? retryAfter = null) => Answer = context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return context.Response.WriteAsync(body);
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Messages.Count} messages");

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
