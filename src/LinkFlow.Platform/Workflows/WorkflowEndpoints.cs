using System.Text;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Variables;

namespace LinkFlow.Platform.Workflows;

/// <summary><c>/workflows</c>: from routes to the service, no rule.</summary>
public sealed class WorkflowEndpoints(
    WorkflowService workflows, Activation activation, VariableService variables, VariableSets variableSets, ShownEnvironment environment, NodeRegistry registry, LinkFlowOptions options)
{
    private const string Mermaid = "mermaid";

    public void Map(ApiRoutes routes)
    {
        routes.Post("/workflows", CreateAsync).Needs(Permissions.WorkflowWrite).Says("Create a workflow")
            .Takes<WorkflowBody>().Answers<WorkflowResource>(201, "The workflow, as version 1 and a draft.");
        routes.Get("/workflows", ListAsync).Needs(Permissions.WorkflowRead).Says("List workflows, newest first").Paged()
            .Query("status", "Only those with this status.", values: Workflow.StatusWords).Query("tag", "Only those with this tag.").Query("q", "Only those with this text in name or description.")
            .Answers<ApiList<WorkflowResource>>(200, "A page of workflows.");
        routes.Get("/workflows/{id}", GetAsync).Needs(Permissions.WorkflowRead).Says("Read a workflow").Answers<WorkflowResource>(200, "The workflow.");
        routes.Put("/workflows/{id}", ReplaceAsync).Needs(Permissions.WorkflowWrite).Says("Replace a workflow").Takes<WorkflowBody>().Answers<WorkflowResource>(200, "The workflow as saved.");
        routes.Patch("/workflows/{id}", PatchAsync).Needs(Permissions.WorkflowWrite).Says("Change a workflow by JSON merge patch").Takes<WorkflowBody>("application/merge-patch+json", "application/json").Answers<WorkflowResource>(200, "The workflow as saved.");
        routes.Delete("/workflows/{id}", DeleteAsync).Needs(Permissions.WorkflowDelete).Says("Delete a workflow that is not active").Answers(204, "Deleted.");

        routes.Post("/workflows/{id}/activate", ActivateAsync).Needs(Permissions.WorkflowWrite).Says("Let triggers run a version").Takes<VersionBody>().Answers<WorkflowResource>(200, "The workflow, active.");
        routes.Post("/workflows/{id}/deactivate", DeactivateAsync).Needs(Permissions.WorkflowWrite).Says("Stop triggers").Answers<WorkflowResource>(200, "The workflow, inactive.");
        routes.Post("/workflows/{id}/archive", ArchiveAsync).Needs(Permissions.WorkflowWrite).Says("Put a workflow away").Answers<WorkflowResource>(200, "The workflow, archived.");
        routes.Post("/workflows/{id}/unarchive", UnarchiveAsync).Needs(Permissions.WorkflowWrite).Says("Take a workflow back").Answers<WorkflowResource>(200, "The workflow, inactive.");
        routes.Post("/workflows/{id}/duplicate", DuplicateAsync).Needs(Permissions.WorkflowWrite).Says("Copy a workflow").Takes<NameBody>().Answers<WorkflowResource>(200, "The copy, a draft.");

        routes.Get("/workflows/{id}/diagram", DrawAsync).Needs(Permissions.WorkflowRead).Says("Draw a workflow").Query("format", "Default mermaid.", values: [Mermaid])
            .Answers<string>(200, "A Mermaid flowchart.", "text/vnd.mermaid");
        routes.Post("/workflows/validate", ValidateAsync).Needs(Permissions.WorkflowRead).Says("Check a workflow without saving it").Takes<WorkflowBody>().Answers<ValidationResource>(200, "What stands against activating it.");
        routes.Post("/workflows/{id}/validate", ValidateSavedAsync).Needs(Permissions.WorkflowRead).Says("Check a saved workflow").Takes<VersionBody>().Answers<ValidationResource>(200, "What stands against activating it.");
    }

    private async Task<Answer> CreateAsync(ApiRequest request)
    {
        var draft = WorkflowRequests.Read(await request.ReadObjectAsync(), options.Limits);
        var answer = Answer.NoContent;
        await workflows.CreateAsync(request.Principal, draft, (work, workflow) =>
        {
            answer = Answer.Created(request.LocationOf($"/workflows/{workflow.Id}"), workflow.Show(), ETags.Of(1));
            request.Remember(work, answer);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var filter = new WorkflowFilter(request.Query.OneOf("status", Workflow.StatusWords), request.Query.Text("tag"), request.Query.Text("q"));
        var page = await workflows.ListAsync(request.Principal.Tenant, filter, request.Limit(), request.Query.Cursor(), request.Aborted);
        return ApiList.Of(page.Items.Select(d => d.Body.AsObject!), page.NextId);
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        var (workflow, etag) = await workflows.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Shown(workflow, etag);
    }

    private async Task<Answer> ReplaceAsync(ApiRequest request)
    {
        var draft = WorkflowRequests.Read(await request.ReadObjectAsync(), options.Limits);
        return Shown(await workflows.SaveAsync(request.Principal, request.Route("id"), Check(request), _ => draft, request.Aborted));
    }

    private async Task<Answer> PatchAsync(ApiRequest request)
    {
        var patch = await request.ReadObjectAsync();
        return Shown(await workflows.SaveAsync(
            request.Principal, request.Route("id"), Check(request), w => WorkflowRequests.Read(WorkflowRequests.Patch(w, patch), options.Limits), request.Aborted));
    }

    private async Task<Answer> DeleteAsync(ApiRequest request)
    {
        await workflows.DeleteAsync(request.Principal, request.Route("id"), Check(request), request.Aborted);
        await variables.DeleteOfWorkflowAsync(request.Principal, request.Route("id"), request.Aborted);
        return Answer.NoContent;
    }

    private async Task<Answer> ActivateAsync(ApiRequest request)
    {
        var version = WorkflowRequests.ReadVersion(await request.ReadOptionalObjectAsync());
        return Shown(await activation.ActivateAsync(request.Principal, request.Route("id"), version, Check(request), request.Aborted));
    }

    private async Task<Answer> DeactivateAsync(ApiRequest request) =>
        Shown(await workflows.DeactivateAsync(request.Principal, request.Route("id"), Check(request), request.Aborted));

    private async Task<Answer> ArchiveAsync(ApiRequest request) =>
        Shown(await workflows.ArchiveAsync(request.Principal, request.Route("id"), Check(request), request.Aborted));

    private async Task<Answer> UnarchiveAsync(ApiRequest request) =>
        Shown(await workflows.UnarchiveAsync(request.Principal, request.Route("id"), Check(request), request.Aborted));

    private async Task<Answer> DuplicateAsync(ApiRequest request)
    {
        var name = WorkflowRequests.ReadName(await request.ReadOptionalObjectAsync(), options.Limits);
        var answer = Answer.NoContent;
        await workflows.DuplicateAsync(request.Principal, request.Route("id"), name, (work, copy) =>
        {
            answer = Answer.Ok(copy.Show(), ETags.Of(1)) with { Location = request.LocationOf($"/workflows/{copy.Id}") };
            request.Remember(work, answer);
        }, request.Aborted);
        return answer;
    }

    private async Task<Answer> ValidateAsync(ApiRequest request)
    {
        var problems = new Problems();
        var content = WorkflowRequests.ReadContent(await request.ReadObjectAsync(), options.Limits, problems);
        if (problems.Any) return Validation(problems.Pairs.Select(p => new PlanError("INVALID_FIELD", p.Message, null, p.Pointer)), []);
        return await ValidationAsync(request, Workflow.DefinitionOf(content), workflowId: null);
    }

    private async Task<Answer> ValidateSavedAsync(ApiRequest request)
    {
        var version = WorkflowRequests.ReadVersion(await request.ReadOptionalObjectAsync());
        var (workflow, _) = await workflows.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        var content = version is { } n && n != workflow.Version
            ? (await workflows.GetVersionAsync(request.Principal.Tenant, workflow.Id, n, request.Aborted)).Content
            : workflow.Content;
        return await ValidationAsync(request, Workflow.DefinitionOf(content), workflow.Id);
    }

    private async Task<Answer> ValidationAsync(ApiRequest request, WorkflowDefinition definition, string? workflowId)
    {
        var found = await workflows.ValidateAsync(request.Principal.Tenant, definition, request.Principal, request.Aborted);
        var current = await variableSets.CurrentAsync(request.Principal.Tenant, request.Aborted);
        return Validation(found.Errors, [.. found.Warnings, .. VariableReferences.Warnings(definition, workflowId, current, environment.Variables)]);
    }

    private async Task<Answer> DrawAsync(ApiRequest request)
    {
        request.Query.OneOf("format", [Mermaid]);
        var (workflow, _) = await workflows.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return new Answer(200)
        {
            Bytes = Encoding.UTF8.GetBytes(MermaidDiagram.Of(Workflow.DefinitionOf(workflow.Content), registry)),
            ContentType = "text/vnd.mermaid; charset=utf-8",
        };
    }

    private static Action<long> Check(ApiRequest request) => etag => ETags.RequireMatch(request.Context.Request, etag);

    private static Answer Shown(Workflow workflow, long etag) => Answer.Ok(workflow.Show(), ETags.Of(etag));

    private static Answer Shown((Workflow Workflow, long ETag) saved) => Shown(saved.Workflow, saved.ETag);

    private static Answer Validation(IEnumerable<PlanError> errors, IEnumerable<PlanError> warnings)
    {
        var shown = new ArrayValue(errors.Select(Show));
        return Answer.Ok(new ObjectValue { { "valid", shown.Count == 0 }, { "errors", shown }, { "warnings", new ArrayValue(warnings.Select(Show)) } });
    }

    private static Value Show(PlanError error) => new ObjectValue
    {
        { "code", error.Code }, { "message", error.Message }, { "nodeId", error.NodeId }, { "pointer", error.Pointer },
    };
}
