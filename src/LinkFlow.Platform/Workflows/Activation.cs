using LinkFlow.Engine.Plans;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.Triggers;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;
using LinkFlow.Platform.Webhooks;

namespace LinkFlow.Platform.Workflows;

/// <summary>Makes a version the one that triggers run: checks it whole, and takes its webhook paths, schedules and event triggers in the same commit.</summary>
public sealed class Activation(WorkflowService workflows, WorkflowSource source, WebhookDirectory webhooks, NodeSchedules schedules, EventTriggerDirectory triggers, IDocumentStore store, TimeProvider clock)
{
    /// <param name="version">Null: the newest.</param>
    /// <exception cref="ApiException">400 with everything that stands against it; 409: archived, or another workflow has one of its paths.</exception>
    public async Task<(Workflow Workflow, long ETag)> ActivateAsync(Principal principal, string id, int? version, Action<long> check, CancellationToken cancellationToken)
    {
        try
        {
            return await workflows.ChangeAsync(principal, EventCatalogue.WorkflowActivated, id, check, async (workflow, work) =>
            {
                WorkflowService.RequireNotArchived(workflow);
                var wanted = version ?? workflow.Version;
                var found = await source.FindAsync(principal.Tenant, id, wanted, cancellationToken)
                    ?? throw ApiException.Validation("/version", $"There is no version {wanted}; the newest is {workflow.Version}.");
                RequireValid((await workflows.ValidateAsync(principal.Tenant, found.Definition, principal, cancellationToken)).Errors);
                await TakePathsAsync(principal, id, WebhookPaths.Of(found.Definition, (_, _) => { }), work, cancellationToken);
                await schedules.SyncAsync(principal, id, found.Definition, work, cancellationToken);
                await triggers.SyncAsync(principal.Tenant, id, found.Definition, work, cancellationToken);
                return workflow with { Status = WorkflowStatus.Active, ActiveVersion = wanted };
            }, cancellationToken);
        }
        catch (DocumentConflictException e) when (e.Type == WebhookRegistration.Type)
        {
            throw await ConflictAsync(principal.Tenant, e.Id, cancellationToken);
        }
    }

    /// <exception cref="ApiException">400 naming every error by its pointer.</exception>
    public static void RequireValid(IReadOnlyList<PlanError> errors)
    {
        var problems = new Problems();
        foreach (var error in errors) problems.Add(error.Pointer, error.Message);
        problems.ThrowIfAny();
    }

    private async Task TakePathsAsync(Principal principal, string workflowId, IReadOnlyList<(string NodeId, string Path, string Method)> wanted, UnitOfWork work, CancellationToken cancellationToken)
    {
        var held = (await webhooks.OfWorkflowAsync(principal.Tenant, workflowId, cancellationToken)).ToDictionary(h => h.Registration.Id);
        foreach (var (nodeId, path, method) in wanted)
        {
            var registration = new WebhookRegistration(path, method, workflowId, nodeId, clock.GetUtcNow());
            // Nothing may be there: the store decides between two workflows that ask at once.
            var isMine = held.Remove(registration.Id, out var mine);
            registration.Put(work, isMine ? mine.ETag : 0);
            if (!isMine) work.Raise(EventCatalogue.WebhookRegistered.By(principal.Id, workflowId, registration.Told()));
        }

        foreach (var (registration, etag) in held.Values)
            work.Delete(WebhookRegistration.Type, registration.Id, etag).Raise(EventCatalogue.WebhookRemoved.By(principal.Id, workflowId, registration.Told()));
    }

    private async Task<ApiException> ConflictAsync(string tenant, string registrationId, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(tenant, WebhookRegistration.Type, registrationId, cancellationToken);
        if (document is null) return ApiException.Conflict("Another change of webhook paths came between. Try again.");
        var holder = WebhookRegistration.FromDocument(document.Body);
        var other = await store.GetAsync(tenant, Workflow.Type, holder.WorkflowId, cancellationToken);
        var name = other is null ? "" : $" '{other.Body["name"].AsString}'";
        return ApiException.Conflict($"{holder.Method} /webhooks/{holder.Path} belongs to the active workflow{name} ({holder.WorkflowId}). Deactivate that one, or choose another path or method.");
    }
}
