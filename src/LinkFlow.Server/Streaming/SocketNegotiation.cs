using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Streams;

namespace LinkFlow.Server.Streaming;

/// <summary>This server holds the connections itself.</summary>
internal sealed class SocketNegotiation(StreamTickets tickets, PublicAddress address) : IStreamNegotiation
{
    public ValueTask<OpenedStream> NegotiateAsync(Principal principal, StreamTopics topics, CancellationToken cancellationToken)
    {
        var ticket = tickets.Issue(principal, topics);
        // http → ws, https → wss.
        return new(new OpenedStream("ws" + address.Url["http".Length..] + StreamEndpoints.SocketPath, ticket.Token, ticket.ExpiresAt));
    }
}
