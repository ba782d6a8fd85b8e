using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Scenarios.Secrets;

/// <summary>A careless world: gives back whatever it is sent, in many encodings and in many ways of failing. Listens on all of 127.0.0.0/8.</summary>
public sealed class EchoingTarget : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TcpListener _talker = new(IPAddress.Loopback, 0);

    private EchoingTarget(WebApplication app) => _app = app;

    /// <summary>What it was sent, as it came.</summary>
    public ConcurrentQueue<string> Received { get; } = new();
    public int Port { get; private set; }

    /// <summary>No web server: repeats every line that it is told, and hangs up.</summary>
    public int TalkerPort => ((IPEndPoint)_talker.LocalEndpoint).Port;

    /// <summary>Draws the tokens that it gives; null: it gives none.</summary>
    public Func<string>? DrawToken { get; set; }

    /// <summary>The ways of answering, each a path.</summary>
    public static IReadOnlyList<string> Ways { get; } =
    [
        "plain", "json", "nested", "names", "numbers", "base64", "base64url", "hex", "url", "html", "units", "headers",
        "fail", "unauthorized", "garbage", "redirect", "redirect-back", "bad-redirect", "abort", "slow", "big",
    ];

    public static async Task<EchoingTarget> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Any, 0));
        var app = builder.Build();
        var target = new EchoingTarget(app);
        app.Run(target.AnswerAsync);
        await app.StartAsync();
        target._talker.Start();
        _ = target.TalkAsync();
        target.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)).Port;
        return target;
    }

    /// <param name="host">Another host, as far as the product can tell: 1 to 60,000.</param>
    public string Url(int host, string way) => $"http://127.0.{host / 250}.{(host % 250) + 1}:{Port}/{way}";

    public ValueTask DisposeAsync()
    {
        _talker.Dispose();
        return _app.DisposeAsync();
    }

    private async Task TalkAsync()
    {
        while (true)
        {
            try
            {
                _ = RepeatAsync(await _talker.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
                return;
            }
        }
    }

    private async Task RepeatAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync("220 hello\r\n"u8.ToArray());
            var bytes = new byte[8192];
            for (var i = 0; i < 6; i++)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
                var count = await stream.ReadAsync(bytes, patience.Token);
                if (count == 0) return;
                Received.Enqueue(Encoding.UTF8.GetString(bytes, 0, count));
                await stream.WriteAsync((byte[])[.. "-ERR 535 250 you said "u8, .. bytes.AsSpan(0, count)]);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The other side hung up, or said nothing.
            return;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers.Select(h => $"{h.Key}: {h.Value}").ToList();
        var sent = $"{context.Request.GetEncodedUrl()}\n{WebUtility.UrlDecode(context.Request.QueryString.Value)}\n{string.Join('\n', headers)}\n{body}";
        Received.Enqueue(sent);
        var response = context.Response;
        response.ContentType = "application/json";
        var way = context.Request.Path.Value!.Trim('/');
        switch (way)
        {
            case var refused when refused.StartsWith("refused", StringComparison.Ordinal):
                response.StatusCode = 400;
                await response.WriteAsync(JsonSerializer.Serialize(new { error = "invalid_client", error_description = "Not known: " + sent }));
                break;
            case var token when token.EndsWith("/token", StringComparison.Ordinal) && DrawToken is not null:
                await response.WriteAsync(JsonSerializer.Serialize(new { access_token = DrawToken(), refresh_token = DrawToken(), token_type = "Bearer", expires_in = 3600, echo = sent }));
                break;
            case "json": await response.WriteAsync(JsonSerializer.Serialize(headers.Append(sent))); break;
            case "nested": await response.WriteAsync(JsonSerializer.Serialize(new { text = JsonSerializer.Serialize(new { again = JsonSerializer.Serialize(sent) }) })); break;
            case "names": await response.WriteAsync(JsonSerializer.Serialize(headers.Append(sent).Distinct().ToDictionary(h => h, h => 1))); break;
            case "numbers": await response.WriteAsync($"[{string.Join(',', sent.Split([' ', '\n', '=', '&', ',', ':', '"'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.All(char.IsAsciiDigit) && w[0] != '0').Append("1").Select(n => $"{{\"n\":{n}}}"))}]"); break;
            case "base64": await TextAsync(response, Convert.ToBase64String(Encoding.UTF8.GetBytes(sent))); break;
            case "base64url": await TextAsync(response, Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + sent)).TrimEnd('=').Replace('+', '-').Replace('/', '_')); break;
            case "hex": await TextAsync(response, Convert.ToHexString(Encoding.UTF8.GetBytes(sent))); break;
            case "url": await TextAsync(response, Uri.EscapeDataString(sent)); break;
            case "html": await TextAsync(response, $"<pre>{WebUtility.HtmlEncode(sent)}</pre>"); break;
            case "units": await response.WriteAsync($"\"{string.Concat(JsonSerializer.Serialize(sent).Select(c => $"\\u{(int)c:X4}"))}\""); break;
            case "headers":
                response.Headers["X-Echo"] = Uri.EscapeDataString(sent);
                await response.WriteAsync("{}");
                break;
            case "fail":
                response.StatusCode = 500;
                await response.WriteAsync(JsonSerializer.Serialize(new { error = new { message = "Failed: " + sent } }));
                break;
            case "unauthorized":
                response.StatusCode = 401;
                response.Headers.WWWAuthenticate = $"Bearer realm=\"{Uri.EscapeDataString(sent)}\"";
                await TextAsync(response, "Who is " + sent);
                break;
            case "garbage": await response.WriteAsync("{\"echo\": " + sent); break;
            case "redirect": response.Redirect(Url(59_000, "plain") + "?from=" + Uri.EscapeDataString(sent)); break;
            case "redirect-back": response.Redirect("/json?again=" + Uri.EscapeDataString(sent)); break;
            case "bad-redirect": response.Headers.Location = "ftp://" + Convert.ToHexString(Encoding.UTF8.GetBytes(sent)) + ".example/" + Uri.EscapeDataString(sent); response.StatusCode = 302; break;
            case "abort":
                await response.WriteAsync(JsonSerializer.Serialize(sent)[..^1]);
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case "slow":
                await response.WriteAsync(JsonSerializer.Serialize(sent)[..^1]);
                await response.Body.FlushAsync();
                await Task.Delay(TimeSpan.FromSeconds(3), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case "big": await TextAsync(response, string.Concat(Enumerable.Repeat(sent, 1 + (70_000 / sent.Length)))); break;
            default: await TextAsync(response, sent); break;
        }
    }

    private static Task TextAsync(HttpResponse response, string text)
    {
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(text);
    }
}
