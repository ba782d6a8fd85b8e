using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Webhooks;

/// <summary><c>GET /webhooks</c>: what is registered.</summary>
public sealed class WebhookEndpoints(WebhookDirectory directory, PublicAddress address)
{
    public void Map(ApiRoutes routes) =>
        routes.Get("/webhooks", ListAsync).Needs(Permissions.WebhookRead).Says("List the webhooks of active workflows").Paged()
            .Answers<ApiList<WebhookResource>>(200, "A page of registrations.");

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var (items, nextId) = await directory.ListAsync(request.Principal.Tenant, request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(items.Select(r => r.Show().Set("url", $"{address.Url}{WebhookCalls.Prefix}{r.Path}")), nextId);
    }
}

/// <summary>A registration as the API shows it.</summary>
public sealed record WebhookResource(string Path, string Method, string WorkflowId, string NodeId, DateTimeOffset CreatedAt, string Url);
