using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Workflows;

namespace LinkFlow.Platform.Streams;

/// <summary><c>POST /stream/negotiate</c>: where to open a WebSocket, and a ticket for it.</summary>
/// <param name="negotiation">Null: this host has no WebSocket.</param>
public sealed class StreamEndpoints(IStreamNegotiation? negotiation, ExecutionService executions, WorkflowService workflows)
{
    public const string SocketPath = ApiRoutes.BasePath + "/stream";

    public void Map(ApiRoutes routes) =>
        routes.Post("/stream/negotiate", NegotiateAsync).Needs(Permissions.ExecutionRead).Says("Get a ticket for the WebSocket")
            .Answers<NegotiatedResource>(200, "Open url with ?access_token=accessToken before expiresAt, 60 s from now; it opens one connection, which follows the executionIds and workflowIds of the body from its first moment.");

    private async Task<Answer> NegotiateAsync(ApiRequest request)
    {
        var topics = StreamTopics.Read(await request.ReadOptionalObjectAsync());
        if (negotiation is null)
            throw new ApiException(ApiError.NotFound("This host has no WebSocket. Follow an execution by GET /api/v1/executions/{id}/events instead."));
        foreach (var id in topics.ExecutionIds) await executions.GetAsync(request.Principal.Tenant, id, request.Aborted);
        foreach (var id in topics.WorkflowIds) await workflows.GetAsync(request.Principal.Tenant, id, request.Aborted);
        var stream = await negotiation.NegotiateAsync(request.Principal, topics, request.Aborted);
        var body = new ObjectValue { { "url", stream.Url }, { "accessToken", stream.Token }, { "expiresAt", ExecutionJson.Time(stream.ExpiresAt.ToUnixTimeMilliseconds()) } };
        return Answer.Ok(body) with { IsUnrepeatable = true };
    }
}

/// <summary>Where to connect.</summary>
public sealed record NegotiatedResource(string Url, string AccessToken, DateTimeOffset ExpiresAt);
