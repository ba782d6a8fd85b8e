using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Identity;

/// <summary><c>/api-keys</c>.</summary>
public sealed class ApiKeyEndpoints(ApiKeyService keys)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("/api-keys", ListAsync).Needs(Permissions.ApiKeyRead).Paged().Answers<ApiList<ApiKeyResource>>(200, "The keys, newest first; never the keys themselves.");
        routes.Post("/api-keys", CreateAsync).Needs(Permissions.ApiKeyWrite).Takes<NewApiKeyBody>().Answers<CreatedApiKeyResource>(201, "The key, shown this once.");
        routes.Get("/api-keys/{id}", GetAsync).Needs(Permissions.ApiKeyRead).Answers<ApiKeyResource>(200, "The key's record.");
        routes.Delete("/api-keys/{id}", RevokeAsync).Needs(Permissions.ApiKeyDelete).Answers(204, "Revoked: it works no longer.");
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var (found, nextId) = await keys.ListAsync(request.Principal.Tenant, request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(found.Select(k => k.Show()), nextId);
    }

    private async Task<Answer> CreateAsync(ApiRequest request)
    {
        var wanted = ApiKeyRequests.ReadNew(await request.ReadObjectAsync());
        var answer = Answer.NoContent;
        await keys.CreateAsync(request.Principal, wanted, (work, key, secret) =>
        {
            answer = Answer.Created(request.LocationOf($"/api-keys/{key.Id}"), key.Show().Set("key", secret), ETags.Of(1));
            request.Remember(work, answer, isSecret: true);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        var (key, version) = await keys.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Answer.Ok(key.Show(), ETags.Of(version));
    }

    private async Task<Answer> RevokeAsync(ApiRequest request)
    {
        var id = request.Route("id");
        var (_, version) = await keys.GetAsync(request.Principal.Tenant, id, request.Aborted);
        ETags.RequireMatch(request.Context.Request, version);
        await keys.RevokeAsync(request.Principal, id, version, request.Aborted);
        return Answer.NoContent;
    }
}
