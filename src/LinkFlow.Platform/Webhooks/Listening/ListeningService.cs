using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Text;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Workflows;

namespace LinkFlow.Platform.Webhooks.Listening;

/// <summary>Lets a workflow, active or not, be called once at its test URLs, as a manual run of its newest version.</summary>
internal sealed class ListeningService(WorkflowService workflows, IWorkflowSource source, IExecutionRuntime runtime, Listeners listeners, TimeProvider clock)
{
    private const string Mode = "manual";

    /// <summary>What is answered where nothing listens.</summary>
    public static ApiError Over { get; } =
        ApiError.NotFound("Nothing listens at this test URL. It answers one call each time after POST /api/v1/workflows/{id}/listen: send that again, then call.");

    public WebhookTable TableOf(string tenant) => listeners.TableOf(tenant);

    /// <param name="nodeId">Null: all webhook nodes.</param>
    /// <exception cref="ApiException">404; 400: it cannot run like this, or has no such node; 409: archived, too many listen, or another workflow does at one of its addresses.</exception>
    public async Task<Listener> ListenAsync(Principal principal, string workflowId, string? nodeId, TimeSpan time, CancellationToken cancellationToken)
    {
        var (workflow, _) = await workflows.GetAsync(principal.Tenant, workflowId, cancellationToken);
        WorkflowService.RequireNotArchived(workflow);
        var version = await source.FindAsync(principal.Tenant, workflowId, workflow.Version, cancellationToken) ?? throw ApiException.NotFound("version", $"{workflow.Version} of workflow {workflowId}");
        Activation.RequireValid((await workflows.ValidateAsync(principal.Tenant, version.Definition, IsActive(workflow, version) ? null : principal, cancellationToken)).Errors);
        if (nodeId is not null) RequireWebhook(version.Definition, nodeId);
        var now = clock.GetUtcNow();
        var registrations = WebhookPaths.Of(version.Definition, (_, _) => { }).Where(p => nodeId is null || p.NodeId == nodeId)
            .Select(p => new WebhookRegistration(p.Path, p.Method, workflowId, p.NodeId, now)).ToList();
        if (registrations.Count == 0) throw ApiException.Validation("/nodes", "The workflow has no webhook node that could be called, or all of them are disabled.");
        var listener = new Listener(principal, version, registrations, now + time);
        listeners.Add(listener);
        return listener;
    }

    /// <returns>Null: it does not listen.</returns>
    /// <exception cref="ApiException">404.</exception>
    public async Task<Listener?> FindAsync(string tenant, string workflowId, CancellationToken cancellationToken)
    {
        await workflows.GetAsync(tenant, workflowId, cancellationToken);
        return listeners.Find(tenant, workflowId);
    }

    /// <exception cref="ApiException">404.</exception>
    public async Task StopAsync(string tenant, string workflowId, CancellationToken cancellationToken)
    {
        await workflows.GetAsync(tenant, workflowId, cancellationToken);
        listeners.Stop(tenant, workflowId);
    }

    /// <summary>Starts the run that a test call asks for, and ends the listening. A start that the store refused leaves it on.</summary>
    /// <param name="start">As a call to the production URL would start it.</param>
    /// <exception cref="ApiException">404: another call was faster, it is over, or the workflow may not be run any more.</exception>
    public async Task<StartOutcome> StartAsync(Listener listener, StartExecution start, CancellationToken cancellationToken)
    {
        var workflow = await RunnableAsync(listener, cancellationToken);
        if (workflow is null) listeners.Stop(listener.Tenant, listener.WorkflowId);
        if (workflow is null || !listeners.TryTake(listener)) throw new ApiException(Over);
        try
        {
            return await runtime.StartAsync(start with { Mode = Mode, StartedBy = listener.Principal.Id, IsInactive = workflow.Status != WorkflowStatus.Active }, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            listeners.Return(listener);
            throw;
        }
    }

    /// <summary>Much may have changed since it began to listen. Whoever calls is nobody to us, so that they are not told what.</summary>
    private async Task<Workflow?> RunnableAsync(Listener listener, CancellationToken cancellationToken)
    {
        try
        {
            var (workflow, _) = await workflows.GetAsync(listener.Tenant, listener.WorkflowId, cancellationToken);
            if (workflow.Status == WorkflowStatus.Archived) return null;
            if (IsActive(workflow, listener.Version)) return workflow;
            return (await workflows.FindMisusedCredentialsAsync(listener.Tenant, listener.Version.Definition, listener.Principal, cancellationToken)).Count == 0 ? workflow : null;
        }
        catch (ApiException e) when (e.Error.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Triggers run this version: that it may use its credentials was decided when it was activated.</summary>
    private static bool IsActive(Workflow workflow, WorkflowVersion version) => workflow.Status == WorkflowStatus.Active && workflow.ActiveVersion == version.Version;

    private static void RequireWebhook(WorkflowDefinition definition, string nodeId)
    {
        var callable = definition.Nodes.Where(n => n.Type == WebhookPaths.NodeType && !n.Disabled).Select(n => n.Id).ToList();
        if (!callable.Contains(nodeId))
            throw ApiException.Validation("/nodeId", $"'{nodeId}' is no webhook node of this workflow that could be called.{DidYouMean.Suggestion(nodeId, callable)}");
    }
}
