using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Nodes.Tests.Http;

/// <summary>An HTTP server on a loopback port that answers as a test wants, and remembers what it was asked.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<Seen> _requests = [];

    private TestServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First().Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
    public IReadOnlyList<Seen> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public sealed record Seen(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

    public static async Task<TestServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new TestServer(builder.Build());
        server._app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var seen = new Seen(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync());
            lock (server._requests) server._requests.Add(seen);
            await answer(context);
        });
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Answers every request with these bytes and closes the connection, or resets it.</summary>
    /// <returns>The port, and what stops it.</returns>
    public static (int Port, IDisposable Stop) StartRaw(string answer, bool reset = false)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync(listener, Encoding.ASCII.GetBytes(answer), reset);
        return (((IPEndPoint)listener.LocalEndpoint).Port, listener);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task ServeAsync(TcpListener listener, byte[] answer, bool reset)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            using (socket)
            {
                await socket.ReceiveAsync(buffer);
                await socket.SendAsync(answer);
                if (reset) socket.LingerState = new LingerOption(true, 0);
            }
        }
    }
}
