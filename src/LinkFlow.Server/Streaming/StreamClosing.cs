using System.Net.WebSockets;

namespace LinkFlow.Server.Streaming;

/// <summary>Why a socket ends, as its client is told. The reason is at most 123 bytes long, as the protocol wants it.</summary>
/// <param name="Status">Null: the connection is gone, so there is nobody to tell.</param>
internal sealed record StreamClosing(WebSocketCloseStatus? Status, string Reason)
{
    /// <summary>1013, which the framework has no name for.</summary>
    public const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    public static StreamClosing AskedFor { get; } = new(WebSocketCloseStatus.NormalClosure, "");
    public static StreamClosing Stopping { get; } = new(WebSocketCloseStatus.EndpointUnavailable, "The server stops. Connect again and say after which event.");
    public static StreamClosing TooSlow { get; } = new(TryAgainLater, "You read too slowly. Connect again and say after which event.");
    public static StreamClosing TooLarge { get; } = new(WebSocketCloseStatus.MessageTooBig, $"A message may have at most {StreamConnection.MaxMessageBytes} bytes.");
    public static StreamClosing TooManyErrors { get; } = new(WebSocketCloseStatus.PolicyViolation, "Too many of your messages were refused.");
    public static StreamClosing Failed { get; } = new(WebSocketCloseStatus.InternalServerError, "Something went wrong on our side. Connect again.");

    public static StreamClosing BrokenOff(string reason) => new(null, reason);
}
