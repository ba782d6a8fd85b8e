using System.Net.WebSockets;
using System.Text;

namespace LinkFlow.Scenarios.Contract;

/// <summary>The server's end of a socket whose client says one thing and then reads nothing.</summary>
public sealed class StalledSocket(string says) : WebSocket
{
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasSpoken;

    /// <summary>Ends once the server tries to send.</summary>
    public Task Stalled => _stalled.Task;
    public override WebSocketCloseStatus? CloseStatus => null;
    public override string? CloseStatusDescription => null;
    public override WebSocketState State => _gone.Task.IsCompleted ? WebSocketState.Aborted : WebSocketState.Open;
    public override string? SubProtocol => null;

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        if (_hasSpoken) await _gone.Task.WaitAsync(cancellationToken);
        _hasSpoken = true;
        return new WebSocketReceiveResult(Encoding.UTF8.GetBytes(says, buffer), WebSocketMessageType.Text, endOfMessage: true);
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        _stalled.TrySetResult();
        return _gone.Task.WaitAsync(cancellationToken);
    }

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => _gone.Task.WaitAsync(cancellationToken);
    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => _gone.Task.WaitAsync(cancellationToken);
    public override void Abort() => _gone.TrySetException(new WebSocketException(WebSocketError.InvalidState));
    public override void Dispose() => Abort();
}
