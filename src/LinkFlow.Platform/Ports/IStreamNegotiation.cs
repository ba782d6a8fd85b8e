using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Streams;

namespace LinkFlow.Platform.Ports;

/// <summary>Where a caller opens a WebSocket for live updates, and with what. A host without one has no such port.</summary>
public interface IStreamNegotiation
{
    /// <param name="topics">What the connection follows from its first moment; all of it exists in the caller's tenant.</param>
    /// <exception cref="ApiException">429: too many ask at once. 503: the service that holds the connections cannot be reached.</exception>
    ValueTask<OpenedStream> NegotiateAsync(Principal principal, StreamTopics topics, CancellationToken cancellationToken);
}

/// <param name="Url">ws or wss, without the token.</param>
/// <param name="Token">To be sent as <c>?access_token=</c>.</param>
public sealed record OpenedStream(string Url, string Token, DateTimeOffset ExpiresAt);
