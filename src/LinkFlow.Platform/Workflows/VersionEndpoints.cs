using System.Globalization;
using LinkFlow.Engine.Definitions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Workflows;

/// <summary><c>/workflows/{id}/versions</c>.</summary>
public sealed class VersionEndpoints(WorkflowService workflows)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("/workflows/{id}/versions", ListAsync).Needs(Permissions.WorkflowRead).Says("List a workflow's versions, newest first").Paged()
            .Answers<ApiList<VersionSummaryResource>>(200, "A page of versions, without their content.");
        routes.Get("/workflows/{id}/versions/{version}", GetAsync).Needs(Permissions.WorkflowRead).Says("Read a version, or with {a}...{b} what changed between two")
            .Answers<VersionResource>(200, "The version with its content.");
        routes.Post("/workflows/{id}/versions/{version}/restore", RestoreAsync).Needs(Permissions.WorkflowWrite).Says("Save an earlier version's content as the newest")
            .Answers<WorkflowResource>(200, "The workflow as saved.");
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var (items, nextId) = await workflows.ListVersionsAsync(request.Principal.Tenant, request.Route("id"), request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(items.Select(v => v.Summary()), nextId);
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        if (request.Route("version").Split("...") is [var before, var after]) return await CompareAsync(request, before, after);
        var version = await workflows.GetVersionAsync(request.Principal.Tenant, request.Route("id"), request.RouteNumber("version", "version"), request.Aborted);
        return Answer.Ok(version.Show(), ETags.Of(1));
    }

    private async Task<Answer> CompareAsync(ApiRequest request, string before, string after)
    {
        var definitions = new List<WorkflowDefinition>();
        foreach (var text in (string[])[before, after])
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw ApiException.NotFound("version", text);
            definitions.Add(Workflow.DefinitionOf((await workflows.GetVersionAsync(request.Principal.Tenant, request.Route("id"), number, request.Aborted)).Content));
        }

        var diff = DefinitionDiff.Between(definitions[0], definitions[1]).ToJson();
        return Answer.Ok(diff.Set("from", int.Parse(before, CultureInfo.InvariantCulture)).Set("to", int.Parse(after, CultureInfo.InvariantCulture)));
    }

    private async Task<Answer> RestoreAsync(ApiRequest request)
    {
        var (workflow, etag) = await workflows.RestoreAsync(
            request.Principal, request.Route("id"), request.RouteNumber("version", "version"), e => ETags.RequireMatch(request.Context.Request, e), request.Aborted);
        return Answer.Ok(workflow.Show(), ETags.Of(etag));
    }
}
