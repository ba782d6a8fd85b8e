using System.Net.WebSockets;

namespace LinkFlow.Server.Streaming;

/// <summary>
/// One socket: whole messages in, whole messages out, one after the other, and how it ends. It queues nothing: who
/// sends waits for the client to read, and a client that does not read for <see cref="SendPatience"/> is too slow.
/// </summary>
internal sealed class StreamConnection(WebSocket socket, TimeProvider clock) : IDisposable
{
    public const int MaxMessageBytes = 64 * 1024;
    public static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(10);

    /// <summary>For what is being sent, and for the client's own goodbye.</summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly TaskCompletionSource<StreamClosing> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();

    /// <summary>Ends with the first <see cref="End"/>.</summary>
    public Task<StreamClosing> Ended => _end.Task;

    /// <summary>Cancelled once the connection is being closed.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Asks for the end. The first one counts; never blocks.</summary>
    public void End(StreamClosing closing) => _end.TrySetResult(closing);

    /// <exception cref="OperationCanceledException">The connection is being closed.</exception>
    /// <exception cref="WebSocketException">It is gone.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> message)
    {
        await _sending.WaitAsync(Over);
        try
        {
            var send = socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            if (send.IsCompletedSuccessfully) return;
            // Not cancelled when it takes too long: that would tear the socket down, and the client would not learn why.
            var sent = send.AsTask();
            try
            {
                await sent.WaitAsync(SendPatience, clock);
            }
            catch (TimeoutException)
            {
                End(StreamClosing.TooSlow);
                await sent;
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Hands each message to <paramref name="take"/> until the client closes or is gone; what comes after <see cref="End"/> is dropped.</summary>
    public async Task ReceiveAsync(Func<ReadOnlyMemory<byte>, WebSocketMessageType, Task> take)
    {
        var buffer = new byte[MaxMessageBytes];
        var length = 0;
        while (true)
        {
            // A byte of a message that is one too long goes nowhere, but must be received.
            var part = await socket.ReceiveAsync(length < buffer.Length ? buffer.AsMemory(length) : new byte[1], CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                End(StreamClosing.AskedFor);
                return;
            }

            length += part.Count;
            if (length > MaxMessageBytes) End(StreamClosing.TooLarge);
            if (_end.Task.IsCompleted) length = 0;
            else if (part.EndOfMessage)
            {
                await take(buffer.AsMemory(0, length), part.MessageType);
                length = 0;
            }
        }
    }

    /// <summary>Says goodbye, and waits a moment for the client's.</summary>
    /// <param name="receiving">The task of <see cref="ReceiveAsync"/>; has ended when this returns.</param>
    public async Task CloseAsync(Task receiving)
    {
        var closing = await Ended;
        await _over.CancelAsync();
        using var patience = new CancellationTokenSource(ClosePatience, clock);
        try
        {
            if (closing.Status is { } status)
            {
                await _sending.WaitAsync(patience.Token);
                await socket.CloseOutputAsync(status, closing.Reason, patience.Token);
                await receiving.WaitAsync(patience.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // It does not take the goodbye, or is gone already: then it just ends.
        }

        socket.Abort();
        await receiving;
    }

    public void Dispose()
    {
        _over.Dispose();
        _sending.Dispose();
    }
}
