using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Platform.Credentials.Opening;
using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Workflows;

namespace LinkFlow.Platform.Credentials;

/// <summary><c>/credentials</c>: from routes to the service, no rule.</summary>
public sealed class CredentialEndpoints(
    CredentialService credentials, CredentialTypes types, NodeRegistry nodes, CredentialUses uses, CredentialStatuses statuses, CredentialMentions mentions, CredentialTrials trials)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("/credentials/types", ListTypesAsync).Needs(Permissions.CredentialRead).Says("List credential types").Answers<ApiList<CredentialTypeResource>>(200, "All types, with the JSON Schema of their data.");
        routes.Post("/credentials", CreateAsync).Needs(Permissions.CredentialWrite).Says("Create a credential").Takes<CredentialBody>().Answers<CredentialResource>(201, "The credential, without its secrets.");
        routes.Get("/credentials", ListAsync).Needs(Permissions.CredentialRead).Says("List the credentials that you may use, newest first").Paged()
            .Query("type", "Only those of this type.", values: types.Names).Query("q", "Only those with this text in their name.")
            .Answers<ApiList<CredentialResource>>(200, "A page of credentials.");
        routes.Get("/credentials/{id}", GetAsync).Needs(Permissions.CredentialRead).Says("Read a credential").Answers<CredentialResource>(200, "The credential, without its secrets.");
        routes.Put("/credentials/{id}", ReplaceAsync).Needs(Permissions.CredentialWrite).Says("Replace a credential; secrets that are null or absent are kept").Takes<CredentialBody>().Answers<CredentialResource>(200, "The credential as saved.");
        routes.Delete("/credentials/{id}", DeleteAsync).Needs(Permissions.CredentialDelete).Says("Delete a credential that nothing uses").Query("force", "true: also when workflows use it.", values: ["true", "false"]).Answers(204, "Deleted.");
        routes.Post("/credentials/{id}/test", TestAsync).Needs(Permissions.CredentialUse).Says("Try a credential").Answers<CredentialTestResource>(200, "What was tried, and what came of it.");
        routes.Post("/credentials/{id}/rotate", RotateAsync).Needs(Permissions.CredentialWrite).Says("Replace a credential's secrets").Takes<CredentialRotationBody>().Answers<CredentialResource>(200, "The credential as saved.");
        routes.Get("/credentials/{id}/usage", ListUsageAsync).Needs(Permissions.CredentialRead).Says("List the workflows that use a credential").Paged().Answers<ApiList<CredentialUsageResource>>(200, "A page of workflows, each with the nodes of its newest and of its active version.");
        routes.Get("/credentials/{id}/shares", ListSharesAsync).Needs(Permissions.CredentialRead).Says("List whom a credential is shared with").Answers<ApiList<CredentialShareResource>>(200, "All shares.");
        routes.Get("/credentials/{id}/shares/{principal}", GetShareAsync).Needs(Permissions.CredentialRead).Says("Read a share").Answers<CredentialShareResource>(200, "The share.");
        routes.Put("/credentials/{id}/shares/{principal}", ShareAsync).Needs(Permissions.CredentialWrite).Says("Share a credential").Takes<CredentialShareBody>().Answers<CredentialShareResource>(200, "The share.");
        routes.Delete("/credentials/{id}/shares/{principal}", UnshareAsync).Needs(Permissions.CredentialWrite).Says("Take a share away").Answers(204, "Not shared any more.");
    }

    private Task<Answer> ListTypesAsync(ApiRequest request) => Task.FromResult(ApiList.Of(types.All.Select(t => Show(t.Descriptor)), null));

    private async Task<Answer> CreateAsync(ApiRequest request)
    {
        var draft = CredentialRequests.Read(await request.ReadObjectAsync(), types, nodes);
        var answer = Answer.NoContent;
        await credentials.CreateAsync(request.Principal, draft, (work, credential) =>
        {
            answer = Answer.Created(request.LocationOf($"/credentials/{credential.Id}"), credential.Show(CredentialStatuses.OfNew(credential), lastUsedAt: null), ETags.Of(1));
            request.Remember(work, answer);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var (items, nextId) = await credentials.ListAsync(
            request.Principal, request.Query.OneOf("type", types.Names), request.Query.Text("q"), request.Limit(), request.Query.Cursor(), request.Aborted);
        var shown = new List<ObjectValue>(items.Count);
        foreach (var credential in items) shown.Add(await ShowAsync(request, credential));
        return ApiList.Of(shown, nextId);
    }

    private async Task<Answer> GetAsync(ApiRequest request) =>
        await ShownAsync(request, await credentials.GetAsync(request.Principal, request.Route("id"), request.Aborted));

    private async Task<Answer> ReplaceAsync(ApiRequest request)
    {
        var draft = CredentialRequests.Read(await request.ReadObjectAsync(), types, nodes);
        return await ShownAsync(request, await credentials.ReplaceAsync(request.Principal, request.Route("id"), Check(request), draft, request.Aborted));
    }

    private async Task<Answer> DeleteAsync(ApiRequest request)
    {
        var force = request.Query.OneOf("force", ["true", "false"]) == "true";
        await credentials.DeleteAsync(request.Principal, request.Route("id"), Check(request), force, request.Aborted);
        return Answer.NoContent;
    }

    private async Task<Answer> TestAsync(ApiRequest request)
    {
        var (credential, _) = await credentials.GetAsync(request.Principal, request.Route("id"), request.Aborted);
        return Answer.Ok(await trials.RunAsync(request.Principal.Tenant, credential, request.Aborted));
    }

    private async Task<Answer> RotateAsync(ApiRequest request)
    {
        var (data, setsExpiry, expiresAt) = CredentialRequests.ReadRotation(await request.ReadObjectAsync());
        return await ShownAsync(request, await credentials.RotateAsync(request.Principal, request.Route("id"), Check(request), data, setsExpiry, expiresAt, request.Aborted));
    }

    private async Task<Answer> ListUsageAsync(ApiRequest request)
    {
        var id = request.Route("id");
        await credentials.GetAsync(request.Principal, id, request.Aborted);
        var (items, nextId) = await mentions.ListAsync(request.Principal.Tenant, id, request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(items.Select(Show), nextId);
    }

    private async Task<Answer> ListSharesAsync(ApiRequest request)
    {
        var (credential, _) = await credentials.GetAsync(request.Principal, request.Route("id"), request.Aborted);
        return ApiList.Of(credential.Shares.Select(s => s.Show()), null);
    }

    private async Task<Answer> GetShareAsync(ApiRequest request)
    {
        var (credential, _) = await credentials.GetAsync(request.Principal, request.Route("id"), request.Aborted);
        var principal = request.Route("principal");
        return Answer.Ok((credential.Shares.FirstOrDefault(s => s.Principal == principal) ?? throw ApiException.NotFound("share with", principal)).Show());
    }

    private async Task<Answer> ShareAsync(ApiRequest request)
    {
        var principal = CredentialRequests.RequirePrincipal(request.Route("principal"));
        var mayEdit = CredentialRequests.ReadMayEdit(await request.ReadObjectAsync());
        await credentials.ShareAsync(request.Principal, request.Route("id"), Check(request), principal, mayEdit, request.Aborted);
        return Answer.Ok(new CredentialShare(principal, mayEdit).Show());
    }

    private async Task<Answer> UnshareAsync(ApiRequest request)
    {
        await credentials.ShareAsync(request.Principal, request.Route("id"), Check(request), request.Route("principal"), mayEdit: null, request.Aborted);
        return Answer.NoContent;
    }

    private async Task<Answer> ShownAsync(ApiRequest request, (Credential Credential, long ETag) found) =>
        Answer.Ok(await ShowAsync(request, found.Credential), ETags.Of(found.ETag));

    private async Task<ObjectValue> ShowAsync(ApiRequest request, Credential credential) => credential.Show(
        await statuses.OfAsync(request.Principal.Tenant, credential, request.Aborted), await uses.LastAsync(request.Principal.Tenant, credential.Id, request.Aborted));

    private static Action<long> Check(ApiRequest request) => etag => ETags.RequireMatch(request.Context.Request, etag);

    private static ObjectValue Show(CredentialTypeDescriptor type) => new(10)
    {
        { "type", type.Type }, { "name", type.Name }, { "description", type.Description }, { "schema", type.Schema },
        { "secretFields", new ArrayValue(type.SecretFields.Select(f => Value.From(f))) }, { "forRequests", type.IsForRequests }, { "tests", type.Tests },
        { "docs", type.Documentation }, { "example", type.Example },
    };

    private static ObjectValue Show(CredentialMention mention) => new(6)
    {
        { "workflowId", mention.WorkflowId }, { "name", mention.Name }, { "status", mention.Status }, { "version", mention.Version },
        { "activeVersion", mention.ActiveVersion is { } active ? active : Value.Null },
        { "nodes", new ArrayValue(mention.Nodes.Select(n => Value.From(new ObjectValue { { "nodeId", n.NodeId }, { "name", n.Name }, { "type", n.Type }, { "slot", n.Slot }, { "version", n.Version } }))) },
    };
}
