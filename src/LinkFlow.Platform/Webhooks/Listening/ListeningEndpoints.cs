using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Webhooks.Listening;

/// <summary><c>/workflows/{id}/listen</c>: test URLs, from routes to the service, no rule.</summary>
internal sealed class ListeningEndpoints(ListeningService listening, PublicAddress address)
{
    private const int DefaultSeconds = 120;
    private const int MaxSeconds = 600;

    public void Map(ApiRoutes routes)
    {
        routes.Post("/workflows/{id}/listen", ListenAsync).Needs(Permissions.WorkflowExecute).Says("Wait for one call at the test URLs of the newest version")
            .Takes<ListenBody>().Answers<ListeningResource>(200, "What can be called, and until when.");
        routes.Get("/workflows/{id}/listen", ShowAsync).Needs(Permissions.WorkflowRead).Says("See whether a workflow waits for a call at its test URLs")
            .Answers<ListeningResource>(200, "What can be called, and until when.");
        routes.Delete("/workflows/{id}/listen", StopAsync).Needs(Permissions.WorkflowExecute).Says("Stop waiting for a call at the test URLs").Answers(204, "It does not listen.");
    }

    private async Task<Answer> ListenAsync(ApiRequest request)
    {
        var problems = new Problems();
        var fields = new BodyFields(await request.ReadOptionalObjectAsync(), problems);
        fields.RejectUnknown(["nodeId", "seconds"]);
        var nodeId = fields.Text("nodeId", 128, minLength: 1);
        var seconds = fields.Integer("seconds", 1, MaxSeconds) ?? DefaultSeconds;
        problems.ThrowIfAny();
        var listener = await listening.ListenAsync(request.Principal, request.Route("id"), nodeId, TimeSpan.FromSeconds(seconds), request.Aborted);
        // An answer from the records would say that it listens when it does not.
        return Shown(listener) with { IsUnrepeatable = true };
    }

    private async Task<Answer> ShowAsync(ApiRequest request) => Shown(await listening.FindAsync(request.Principal.Tenant, request.Route("id"), request.Aborted));

    private async Task<Answer> StopAsync(ApiRequest request)
    {
        await listening.StopAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Answer.NoContent;
    }

    private Answer Shown(Listener? listener) => Answer.Ok(new ObjectValue
    {
        { "listening", listener is not null },
        { "urls", new ArrayValue((listener?.Registrations ?? []).Select(r => Value.From(new ObjectValue { { "nodeId", r.NodeId }, { "method", r.Method }, { "url", UrlOf(listener!.Tenant, r.Path) } }))) },
        { "expiresAt", listener is null ? Value.Null : Rfc3339.Write(listener.ExpiresAt) },
    });

    private string UrlOf(string tenant, string path) => $"{address.Url}{WebhookCalls.TestPrefix}{(tenant == Tenants.Default ? "" : $"~{tenant}/")}{path}";
}

/// <param name="NodeId">One webhook node; without it, all of them.</param>
/// <param name="Seconds">1 to 600; default 120.</param>
internal sealed record ListenBody(string? NodeId, int? Seconds);

internal sealed record ListeningResource(bool Listening, IReadOnlyList<TestUrlResource> Urls, DateTimeOffset? ExpiresAt);

internal sealed record TestUrlResource(string NodeId, string Method, string Url);
