using System.Net.WebSockets;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract;

/// <summary>The client's side of a live stream.</summary>
public sealed class StreamClient(WebSocket socket) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Opens a stream with a ticket of the owner's, or with this one.</summary>
    public static async Task<StreamClient> OpenAsync(TestServer server, string? ticket = null)
    {
        ticket ??= (await server.SendAsync("POST", "/api/v1/stream/negotiate")).Body["accessToken"].AsString!;
        return new StreamClient(await server.Server.CreateWebSocketClient().ConnectAsync(new Uri($"ws://localhost/api/v1/stream?access_token={ticket}"), CancellationToken.None));
    }

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public Task SayAsync(string text, WebSocketMessageType type = WebSocketMessageType.Text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), type, endOfMessage: true, CancellationToken.None);

    /// <summary>Says it, and returns when the server has acted on it.</summary>
    public async Task SayAndSettleAsync(string text)
    {
        await SayAsync(text);
        await SayAsync("""{"type":"ping"}""");
        await HearAsync("pong");
    }

    /// <summary>The next message of this type; others are passed over.</summary>
    public async Task<Value> HearAsync(string type)
    {
        while (true)
        {
            var message = await HearAsync() ?? throw new InvalidOperationException($"The server closed with {CloseStatus} instead of saying '{type}'.");
            if (message["type"].AsString == type) return message;
        }
    }

    /// <summary>All messages up to and including the first of this type.</summary>
    public async Task<IReadOnlyList<Value>> HearUntilAsync(string type)
    {
        var heard = new List<Value>();
        do heard.Add(await HearAsync() ?? throw new InvalidOperationException($"The server closed with {CloseStatus} instead of saying '{type}'."));
        while (heard[^1]["type"].AsString != type);
        return heard;
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task<WebSocketCloseStatus?> ClosedAsync()
    {
        while (await HearAsync() is not null)
        {
        }

        return CloseStatus;
    }

    public Task CloseAsync() => socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public void Dispose() => socket.Dispose();

    private async Task<Value?> HearAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return JsonText.Parse(whole.ToArray());
        }
    }
}
