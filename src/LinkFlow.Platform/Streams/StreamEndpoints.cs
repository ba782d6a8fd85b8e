using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Streams;

/// <summary><c>POST /stream/negotiate</c>: where to open a WebSocket, and a ticket for it.</summary>
public sealed class StreamEndpoints(StreamTickets tickets, PublicAddress address)
{
    public const string SocketPath = "/stream";

    public void Map(ApiRoutes routes) =>
        routes.Post("/stream/negotiate", NegotiateAsync).Needs(Permissions.ExecutionRead).Says("Get a ticket for the WebSocket")
            .Answers<NegotiatedResource>(200, "Open url with ?access_token=accessToken within 60 s; it opens one connection.");

    private Task<Answer> NegotiateAsync(ApiRequest request)
    {
        // http → ws, https → wss.
        var url = "ws" + address.Url["http".Length..] + SocketPath;
        return Task.FromResult(Answer.Ok(new ObjectValue { { "url", url }, { "accessToken", tickets.Issue(request.Principal) } }) with { IsUnrepeatable = true });
    }
}

/// <summary>Where to connect.</summary>
public sealed record NegotiatedResource(string Url, string AccessToken);
