using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Tests.Webhooks.Authentication;

/// <summary>Publishes keys over real HTTP on the loopback interface.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _reads;

    private KeyServer(WebApplication app, Func<string> answer) => (_app, Answer) = (app, answer);

    public Func<string> Answer { get; set; }
    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;
    public int Reads => _reads;
    public string Url => $"{_app.Urls.First()}/keys";

    public static async Task<KeyServer> StartAsync(Func<string> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new KeyServer(app, answer);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _reads);
        context.Response.StatusCode = (int)Status;
        return context.Response.WriteAsync(Answer(), Encoding.UTF8);
    }
}
