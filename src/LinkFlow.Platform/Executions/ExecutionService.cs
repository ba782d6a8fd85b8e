using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Workflows;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Executions;

/// <summary>What can be done with executions; the only door to them for other modules. How they run is the runtime's business.</summary>
public sealed class ExecutionService(
    IExecutionRuntime runtime, IExecutionHistory history, WorkflowService workflows, IWorkflowSource source, NodeRegistry registry,
    FileService files, GivenFiles given, ILogger<ExecutionService> log)
{
    private const string Manual = "manual";
    private const int HistoryPage = 1_000;

    /// <summary>Starts a workflow by hand or by API.</summary>
    /// <param name="with">What must become durable with the start; given the new execution's id. May be null.</param>
    /// <exception cref="ApiException">404; 400: it cannot run like this; 409: not active, or archived.</exception>
    public async Task<StartOutcome> ExecuteAsync(
        Principal principal, string workflowId, ExecuteCommand command, Func<string, UnitOfWork>? with, CancellationToken cancellationToken)
    {
        var (workflow, _) = await workflows.GetAsync(principal.Tenant, workflowId, cancellationToken);
        WorkflowService.RequireNotArchived(workflow);
        if (command.Mode != Manual && workflow.Status != WorkflowStatus.Active)
            throw ApiException.Conflict($"The workflow is {Workflow.Word(workflow.Status)}. Activate it, or run it with mode 'manual'.");
        var number = command.Mode == Manual ? workflow.Version : workflow.ActiveVersion!.Value;
        var version = await source.FindAsync(principal.Tenant, workflowId, number, cancellationToken) ?? throw ApiException.NotFound("version", $"{number} of workflow {workflowId}");
        await RequireRunnableAsync(principal.Tenant, version.Definition, command, IsActive(workflow, number) ? null : principal, cancellationToken);
        var choice = StartNodeChoice.Of(version.Definition, registry, command.StartNodeId, firedTrigger: null, preferredType: "start");
        if (choice.Error is { } error) throw ApiException.Validation(error.Pointer, error.Message);
        var input = await given.AuthoriseAsync(principal, command.Input, "/input", cancellationToken);
        if (command.Mode == Manual) await given.AuthorisePinnedAsync(principal, version.Definition.PinData, cancellationToken);
        var id = Ids.Next();
        return await runtime.StartAsync(
            new StartExecution
            {
                Tenant = principal.Tenant,
                ExecutionId = id,
                WorkflowId = workflowId,
                WorkflowVersion = number,
                StartNode = choice.NodeId!,
                Mode = command.Mode,
                Input = input,
                StartedBy = principal.Id,
                IsInactive = workflow.Status != WorkflowStatus.Active,
                With = with?.Invoke(id),
                AnswerWhen = command.Wait ? AnswerWhen.Finished : AnswerWhen.Accepted,
                AnswerWithin = command.Patience,
            }, cancellationToken);
    }

    /// <exception cref="ApiException">404.</exception>
    public async Task<Execution> GetAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await history.FindAsync(tenant, id, cancellationToken) ?? throw ApiException.NotFound("execution", id);

    public ValueTask<ExecutionList> ListAsync(ExecutionSearch search, CancellationToken cancellationToken) => history.ListAsync(search, cancellationToken);

    /// <summary>The execution with its input and output.</summary>
    public async Task<ObjectValue> ShowAsync(string tenant, Execution execution, CancellationToken cancellationToken) => execution.Show(
        await ItemsAsync(tenant, execution.Id, execution.Input, execution.HasData, cancellationToken),
        execution.IsFinished ? await ItemsAsync(tenant, execution.Id, execution.Output, execution.HasData, cancellationToken) : Value.Null);

    /// <summary>The items of references as the API shows them; null when they were not kept.</summary>
    public async Task<Value> ItemsAsync(string tenant, string id, IReadOnlyList<DataPart> parts, bool wasKept, CancellationToken cancellationToken)
    {
        if (!wasKept) return Value.Null;
        if (parts.Count == 0) return new ArrayValue();
        try
        {
            return ShownItems.Of(await history.LoadAsync(tenant, id, parts, cancellationToken));
        }
        catch (DataMissingException)
        {
            return Value.Null;
        }
    }

    /// <exception cref="ApiException">404, or 409: it has ended, or too many signals wait.</exception>
    public async Task SendAsync(string tenant, string id, ExecutionCommand command, CancellationToken cancellationToken)
    {
        switch (await runtime.SendAsync(tenant, id, command, cancellationToken))
        {
            case CommandOutcome.NotFound:
                throw ApiException.NotFound("execution", id);
            case CommandOutcome.AlreadyFinished:
                throw ApiException.Conflict("The execution has ended; it takes no more commands.");
            case CommandOutcome.TooManySignals:
                throw ApiException.Conflict("Too many signals wait in this execution already. Send this one again once some were taken.");
            default:
                return;
        }
    }

    /// <summary>Starts a new execution that goes on from a point of a finished one.</summary>
    /// <returns>The new execution's id.</returns>
    /// <exception cref="ApiException">404; 400: no such point; 409: it has not ended, nothing failed, or data was not kept.</exception>
    public async Task<string> RetryAsync(Principal principal, string id, RetryCommand command, Func<string, UnitOfWork>? with, CancellationToken cancellationToken)
    {
        var execution = await GetAsync(principal.Tenant, id, cancellationToken);
        if (!execution.IsFinished) throw ApiException.Conflict("The execution has not ended yet. Cancel it, or wait for its end, and retry it then.");
        var old = await source.FindAsync(principal.Tenant, execution.WorkflowId, execution.WorkflowVersion, cancellationToken)
            ?? throw ApiException.Conflict("The workflow of this execution was deleted.");
        var next = command.UseLatestWorkflow ? await NewestAsync(principal.Tenant, execution.WorkflowId, cancellationToken) : old;
        if (command.UseLatestWorkflow)
        {
            Activation.RequireValid((await workflows.ValidateAsync(principal.Tenant, next.Definition, principal, cancellationToken)).Errors);
            if (next.Definition.Nodes.All(n => n.Id != execution.StartNode))
                throw ApiException.Conflict($"The newest version has no node '{execution.StartNode}', where this execution started.");
        }

        else
        {
            await RequirePermittedAsync(principal, execution, old.Definition, cancellationToken);
        }

        var isManual = execution.Mode == Manual;
        var forked = Fork.Of(
            await ReadAllAsync(principal.Tenant, id, cancellationToken),
            ExecutionPlan.Build(old.Definition, registry, execution.StartNode, isManual),
            ExecutionPlan.Build(next.Definition, registry, execution.StartNode, isManual),
            command.From, command.UseLatestWorkflow);
        if (forked is ForkRefused refused)
            throw refused.Code is ForkRefused.UnknownNode or ForkRefused.NodeNotRun ? ApiException.Validation("/from", refused.Message) : ApiException.Conflict(refused.Message);
        var newId = Ids.Next();
        // Before the start: what it goes on with must not go with the execution that it goes on from.
        await files.ShareAsync(principal.Tenant, id, newId, cancellationToken);
        await runtime.StartAsync(
            new StartExecution
            {
                Tenant = principal.Tenant,
                ExecutionId = newId,
                WorkflowId = execution.WorkflowId,
                WorkflowVersion = next.Version,
                StartNode = execution.StartNode,
                Mode = "retry",
                Input = await InputAsync(principal.Tenant, execution, cancellationToken),
                StartedBy = principal.Id,
                RetryOf = id,
                IsInactive = await source.FindActiveAsync(principal.Tenant, execution.WorkflowId, cancellationToken) is null,
                Copied = ((Forked)forked).Copied,
                With = with?.Invoke(newId),
            }, cancellationToken);
        return newId;
    }

    /// <exception cref="ApiException">404, or 409: it has not ended.</exception>
    public async Task DeleteAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        await GetAsync(tenant, id, cancellationToken);
        if (!await history.DeleteAsync(tenant, id, cancellationToken))
            throw ApiException.Conflict("The execution has not ended. Cancel it, or wait for its end, before you delete it.");
        try
        {
            await files.DeleteOfRunAsync(tenant, id, CancellationToken.None);
        }
        catch (Exception e) when (e is StoreUnavailableException or DocumentConflictException)
        {
            // The execution is gone all the same, and a sweep looks for files without one.
            log.RunFilesLeft(id, e.Message);
        }
    }

    /// <summary>All events of an execution.</summary>
    public async Task<IReadOnlyList<ExecutionEvent>> ReadAllAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var all = new List<ExecutionEvent>();
        while (true)
        {
            var page = await history.ReadAsync(tenant, id, all.Count == 0 ? 0 : all[^1].Seq, HistoryPage, cancellationToken);
            all.AddRange(page);
            if (page.Count < HistoryPage) return all;
        }
    }

    private async Task<IReadOnlyList<Item>> InputAsync(string tenant, Execution execution, CancellationToken cancellationToken)
    {
        if (execution.InputCount == 0) return [];
        try
        {
            return await history.LoadAsync(tenant, execution.Id, execution.Input, cancellationToken);
        }
        catch (DataMissingException e)
        {
            throw ApiException.Conflict($"The execution's input was not kept, so nothing can be repeated. {e.Message}");
        }
    }

    private async Task<WorkflowVersion> NewestAsync(string tenant, string workflowId, CancellationToken cancellationToken)
    {
        var (workflow, _) = await workflows.GetAsync(tenant, workflowId, cancellationToken);
        return await source.FindAsync(tenant, workflowId, workflow.Version, cancellationToken) ?? throw ApiException.NotFound("version", $"{workflow.Version} of workflow {workflowId}");
    }

    /// <summary>Triggers run this version: that it may use its credentials was decided when it was activated.</summary>
    private static bool IsActive(Workflow workflow, int version) => workflow.Status == WorkflowStatus.Active && workflow.ActiveVersion == version;

    /// <summary>What was never activated, or is not any more, may use only the credentials that the caller may.</summary>
    private async Task RequirePermittedAsync(Principal principal, Execution execution, WorkflowDefinition definition, CancellationToken cancellationToken)
    {
        if (definition.Nodes.All(n => n.Credentials.Count == 0)) return;
        var active = await source.FindActiveAsync(principal.Tenant, execution.WorkflowId, cancellationToken);
        if (active?.Version != execution.WorkflowVersion)
            Activation.RequireValid(await workflows.FindMisusedCredentialsAsync(principal.Tenant, definition, principal, cancellationToken));
    }

    /// <param name="user">As <see cref="WorkflowService.ValidateAsync(string, WorkflowDefinition, Principal, CancellationToken)"/>.</param>
    private async Task RequireRunnableAsync(string tenant, WorkflowDefinition definition, ExecuteCommand command, Principal? user, CancellationToken cancellationToken)
    {
        var found = await workflows.ValidateAsync(tenant, definition, user, cancellationToken);
        // Whoever names the start node needs no trigger.
        Activation.RequireValid([.. found.Errors.Where(e => command.StartNodeId is null || e.Code != "NO_TRIGGER")]);
        if (definition.Settings.Mode == ExecutionMode.Express && !command.Wait)
            throw ApiException.Validation("/wait", "An express workflow lives within one request: run it with \"wait\": true.");
    }
}
