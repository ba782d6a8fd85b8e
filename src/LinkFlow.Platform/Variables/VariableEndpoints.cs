using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Variables;

/// <summary><c>/variables</c>: from routes to the service, no rule.</summary>
public sealed class VariableEndpoints(VariableService variables, LinkFlowOptions options)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("/variables", ListAsync).Needs(Permissions.VariableRead).Says("List variables, newest first").Paged()
            .Query("scope", "Only those of this scope.", values: Variable.Scopes).Query("workflowId", "Only those of this workflow.").Query("name", "Only those of this name.")
            .Answers<ApiList<VariableResource>>(200, "A page of variables; secret values are never shown.");
        routes.Post("/variables", CreateAsync).Needs(Permissions.VariableWrite).Says("Create a variable").Takes<VariableBody>()
            .Answers<VariableResource>(201, "The variable, as version 1.").Answers(409, "The name is taken in this scope, or there are too many.");
        routes.Get("/variables/{id}", GetAsync).Needs(Permissions.VariableRead).Says("Read a variable").Answers<VariableResource>(200, "The variable.");
        routes.Put("/variables/{id}", SaveAsync).Needs(Permissions.VariableWrite).Says("Save a variable").Takes<VariableBody>()
            .Answers<VariableResource>(200, "The variable as saved; a new version, unless nothing differs.");
        routes.Delete("/variables/{id}", DeleteAsync).Needs(Permissions.VariableDelete).Says("Delete a variable with all its versions").Answers(204, "Deleted. Executions that began before keep what they saw.");
        routes.Get("/variables/{id}/versions", ListVersionsAsync).Needs(Permissions.VariableRead).Says("List a variable's versions, newest first").Paged()
            .Answers<ApiList<VariableVersionResource>>(200, "A page of versions, without their values.");
        routes.Get("/variables/{id}/versions/{version}", GetVersionAsync).Needs(Permissions.VariableRead).Says("Read a version").Answers<VariableResource>(200, "The variable as it was.");
        routes.Post("/variables/{id}/versions/{version}/restore", RestoreAsync).Needs(Permissions.VariableWrite).Says("Save an earlier version as the newest")
            .Answers<VariableResource>(200, "The variable as saved.");
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var page = await variables.ListAsync(
            request.Principal.Tenant, request.Query.OneOf("scope", Variable.Scopes), request.Query.Text("workflowId"), request.Query.Text("name"),
            request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(page.Items.Select(d => Variable.FromDocument(d.Body).Show()), page.NextId);
    }

    private async Task<Answer> CreateAsync(ApiRequest request)
    {
        var draft = VariableRequests.Read(await request.ReadObjectAsync(), isNew: true, options.Limits);
        var answer = Answer.NoContent;
        await variables.CreateAsync(request.Principal, draft, (work, variable) =>
        {
            answer = Answer.Created(request.LocationOf($"/variables/{variable.Id}"), Shown(variable, draft), ETags.Of(1));
            request.Remember(work, answer);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        var (variable, etag) = await variables.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Answer.Ok(variable.Show(), ETags.Of(etag));
    }

    private async Task<Answer> SaveAsync(ApiRequest request)
    {
        var draft = VariableRequests.Read(await request.ReadObjectAsync(), isNew: false, options.Limits);
        var (variable, etag) = await variables.SaveAsync(request.Principal, request.Route("id"), draft, e => ETags.RequireMatch(request.Context.Request, e), request.Aborted);
        return Answer.Ok(Shown(variable, draft), ETags.Of(etag));
    }

    private async Task<Answer> DeleteAsync(ApiRequest request)
    {
        await variables.DeleteAsync(request.Principal, request.Route("id"), e => ETags.RequireMatch(request.Context.Request, e), request.Aborted);
        return Answer.NoContent;
    }

    private async Task<Answer> ListVersionsAsync(ApiRequest request)
    {
        var (items, nextId) = await variables.ListVersionsAsync(request.Principal.Tenant, request.Route("id"), request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(items.Select(v => v.Summary()), nextId);
    }

    private async Task<Answer> GetVersionAsync(ApiRequest request)
    {
        var version = await variables.GetVersionAsync(request.Principal.Tenant, request.Route("id"), request.RouteNumber("version", "version"), request.Aborted);
        return Answer.Ok(version.Show(), ETags.Of(1));
    }

    private async Task<Answer> RestoreAsync(ApiRequest request)
    {
        var (variable, etag) = await variables.RestoreAsync(
            request.Principal, request.Route("id"), request.RouteNumber("version", "version"), e => ETags.RequireMatch(request.Context.Request, e), request.Aborted);
        return Answer.Ok(variable.Show(), ETags.Of(etag));
    }

    private static ObjectValue Shown(Variable variable, VariableDraft draft)
    {
        var shown = variable.Show();
        var warnings = new ArrayValue(VariableService.Warnings(draft).Select(w =>
            Value.From(new ObjectValue(3) { { "code", "SHORT_SECRET" }, { "message", w.Message }, { "pointer", w.Pointer } })));
        return warnings.Count == 0 ? shown : shown.Set("warnings", warnings);
    }
}
