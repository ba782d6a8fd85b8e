using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Streams;

/// <summary><c>POST /stream/negotiate</c>: where to open a WebSocket, and a ticket for it.</summary>
public sealed class StreamEndpoints(StreamTickets tickets, PublicAddress address)
{
    public const string SocketPath = ApiRoutes.BasePath + "/stream";

    public void Map(ApiRoutes routes) =>
        routes.Post("/stream/negotiate", NegotiateAsync).Needs(Permissions.ExecutionRead).Says("Get a ticket for the WebSocket")
            .Answers<NegotiatedResource>(200, "Open url with ?access_token=accessToken before expiresAt, 60 s from now; it opens one connection.");

    private Task<Answer> NegotiateAsync(ApiRequest request)
    {
        var ticket = tickets.Issue(request.Principal);
        // http → ws, https → wss.
        var url = "ws" + address.Url["http".Length..] + SocketPath;
        var body = new ObjectValue { { "url", url }, { "accessToken", ticket.Token }, { "expiresAt", ExecutionJson.Time(ticket.ExpiresAt.ToUnixTimeMilliseconds()) } };
        return Task.FromResult(Answer.Ok(body) with { IsUnrepeatable = true });
    }
}

/// <summary>Where to connect.</summary>
public sealed record NegotiatedResource(string Url, string AccessToken, DateTimeOffset ExpiresAt);
