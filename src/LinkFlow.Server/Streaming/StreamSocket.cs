using LinkFlow.Local.Journal;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Streams;

namespace LinkFlow.Server.Streaming;

/// <summary>Opens a WebSocket for a ticket, as <c>?access_token=</c>: browsers can send no header with one.</summary>
internal sealed class StreamSocket(
    StreamTickets tickets, OpenStreams streams, IExecutionHistory history, IDocumentStore documents, ExecutionChanges changes, TimeProvider clock,
    IHostApplicationLifetime lifetime, ILogger<StreamSocket> logger)
{
    /// <summary>A client that answers none of them in <see cref="PongPatience"/> is gone.</summary>
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PongPatience = TimeSpan.FromSeconds(30);

    /// <exception cref="ApiException">400: not a WebSocket. 401: no ticket. 429: too many are open.</exception>
    public async Task AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest) throw ApiException.Validation($"{StreamEndpoints.SocketPath} takes WebSocket connections only.");
        // Before the ticket, so that one who must come again later need not ask for another.
        using var place = streams.Enter();
        if (tickets.Redeem(context.Request.Query["access_token"].ToString()) is not { } holder)
            throw new ApiException(ApiError.Unauthorized("The ticket is unknown, used or older than 60 s. Get another from POST /api/v1/stream/negotiate."));
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = PingEvery, KeepAliveTimeout = PongPatience });
        using var connection = new StreamConnection(socket, clock);
        using var session = new StreamSession(connection, holder.Principal, history, documents, changes, clock, logger);
        await session.RunAsync(holder.Topics, lifetime.ApplicationStopping);

        var closing = await connection.Ended;
        if (closing.Status is { } status) logger.Closed(holder.Principal.Id, (int)status, closing.Reason);
        else logger.BrokenOff(holder.Principal.Id, closing.Reason);
    }
}
