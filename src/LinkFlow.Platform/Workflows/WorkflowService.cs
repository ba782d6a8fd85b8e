using System.Runtime.CompilerServices;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.Triggers;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Webhooks;

namespace LinkFlow.Platform.Workflows;

/// <summary>What can be done with workflows; the only door to them for other modules. Starts nothing.</summary>
public sealed class WorkflowService(
    IDocumentStore store, IExecutionHistory history, NodeRegistry registry, WorkflowSource source, WebhookDirectory webhooks, NodeSchedules schedules, EventTriggerDirectory triggers,
    CredentialFindings credentials, LinkFlowOptions options, TimeProvider clock)
{
    /// <summary>How often a change is tried again when someone else's came between; only for callers without If-Match.</summary>
    private const int MaxTries = 5;

    private static readonly ConditionalWeakTable<WorkflowDefinition, DefinitionValidation> Validated = [];

    private static readonly ExecutionStatus[] Unfinished = [ExecutionStatus.Queued, ExecutionStatus.Running, ExecutionStatus.Waiting, ExecutionStatus.Paused];

    public DefinitionLimits Limits => WorkflowRequests.LimitsOf(options.Limits);

    /// <returns>The workflow and its ETag's version.</returns>
    /// <exception cref="ApiException">404.</exception>
    public async Task<(Workflow Workflow, long ETag)> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(tenant, Workflow.Type, id, cancellationToken) ?? throw ApiException.NotFound("workflow", id);
        return (Workflow.FromDocument(document.Body), document.ETag);
    }

    public async Task<DocumentPage> ListAsync(string tenant, WorkflowFilter filter, int limit, string? beforeId, CancellationToken cancellationToken) =>
        await store.QueryAsync(
            new DocumentQuery(tenant, Workflow.Type)
            {
                Where = filter.Status is { } status ? new Dictionary<string, string> { ["status"] = status } : [],
                Filter = filter.Matches,
                Limit = limit,
                BeforeId = beforeId,
                ScanLimit = options.Limits.ScanDocuments,
            }, cancellationToken);

    /// <param name="also">Adds what must become durable with the workflow.</param>
    public async Task<Workflow> CreateAsync(Principal principal, WorkflowDraft draft, Action<UnitOfWork, Workflow>? also, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var workflow = new Workflow
        {
            Id = Ids.Next(now),
            Name = draft.Name,
            Description = draft.Description,
            Tags = draft.Tags,
            Metadata = draft.Metadata,
            Content = draft.Content,
            Version = 1,
            CreatedAt = now,
            UpdatedAt = now,
            CreatedBy = principal.Id,
        };
        var work = new UnitOfWork(principal.Tenant);
        Put(work, workflow, expected: 0);
        SavedVersion.Of(workflow, principal.Id).Put(work);
        work.Raise(EventCatalogue.WorkflowCreated.By(principal.Id, workflow.Id, workflow.Told(), 1));
        also?.Invoke(work, workflow);
        await store.CommitAsync(work, cancellationToken);
        return workflow;
    }

    /// <summary>Saves a draft over a workflow; a new version only where nodes, connections, settings or pinned data differ.</summary>
    /// <param name="check">Refuses by the ETag that is there.</param>
    /// <param name="edit">What the caller wants, from what is there.</param>
    public Task<(Workflow Workflow, long ETag)> SaveAsync(
        Principal principal, string id, Action<long> check, Func<Workflow, WorkflowDraft> edit, CancellationToken cancellationToken) =>
        ChangeAsync(principal, EventCatalogue.WorkflowUpdated, id, check, (workflow, work) =>
        {
            RequireNotArchived(workflow);
            var draft = edit(workflow);
            var changed = workflow with { Name = draft.Name, Description = draft.Description, Tags = draft.Tags, Metadata = draft.Metadata };
            return Task.FromResult(WithContent(changed, draft.Content, principal, work));
        }, cancellationToken);

    /// <exception cref="ApiException">409: it is active.</exception>
    public async Task DeleteAsync(Principal principal, string id, Action<long> check, CancellationToken cancellationToken)
    {
        var tenant = principal.Tenant;
        var (workflow, etag) = await GetAsync(tenant, id, cancellationToken);
        check(etag);
        if (workflow.Status == WorkflowStatus.Active) throw ApiException.Conflict("The workflow is active. Deactivate it before you delete it.");
        var work = new UnitOfWork(tenant).Delete(Workflow.Type, id, etag);
        // A version that an execution still runs outlives the workflow.
        if (!await IsRunningAsync(tenant, id, cancellationToken))
            for (var version = 1; version <= workflow.Version; version++) work.Delete(SavedVersion.Type, SavedVersion.IdOf(id, version));
        await schedules.RemoveAllAsync(principal, id, work, cancellationToken);
        work.Raise(EventCatalogue.WorkflowDeleted.By(principal.Id, id, workflow.Told(), etag + 1));
        await store.CommitAsync(work, cancellationToken);
        source.Drop(tenant, id);
        schedules.Tell(work);
    }

    public Task<(Workflow Workflow, long ETag)> DeactivateAsync(Principal principal, string id, Action<long> check, CancellationToken cancellationToken) =>
        ChangeAsync(principal, EventCatalogue.WorkflowDeactivated, id, check, async (workflow, work) =>
        {
            RequireNotArchived(workflow);
            if (workflow.Status != WorkflowStatus.Active) return workflow;
            foreach (var (registration, etag) in await webhooks.OfWorkflowAsync(principal.Tenant, id, cancellationToken))
                work.Delete(WebhookRegistration.Type, registration.Id, etag).Raise(EventCatalogue.WebhookRemoved.By(principal.Id, id, registration.Told()));
            await schedules.RemoveAsync(principal, id, work, cancellationToken);
            await triggers.RemoveAsync(principal.Tenant, id, work, cancellationToken);
            return workflow with { Status = WorkflowStatus.Inactive };
        }, cancellationToken);

    public Task<(Workflow Workflow, long ETag)> ArchiveAsync(Principal principal, string id, Action<long> check, CancellationToken cancellationToken) =>
        ChangeAsync(principal, EventCatalogue.WorkflowArchived, id, check, (workflow, _) => workflow.Status == WorkflowStatus.Active
            ? throw ApiException.Conflict("The workflow is active. Deactivate it before you archive it.")
            : Task.FromResult(workflow with { Status = WorkflowStatus.Archived }), cancellationToken);

    public Task<(Workflow Workflow, long ETag)> UnarchiveAsync(Principal principal, string id, Action<long> check, CancellationToken cancellationToken) =>
        ChangeAsync(principal, EventCatalogue.WorkflowUnarchived, id, check, (workflow, _) => workflow.Status != WorkflowStatus.Archived
            ? throw ApiException.Conflict($"The workflow is {Workflow.Word(workflow.Status)}, not archived.")
            : Task.FromResult(workflow with { Status = WorkflowStatus.Inactive }), cancellationToken);

    public async Task<Workflow> DuplicateAsync(Principal principal, string id, string? name, Action<UnitOfWork, Workflow>? also, CancellationToken cancellationToken)
    {
        var (workflow, _) = await GetAsync(principal.Tenant, id, cancellationToken);
        const string suffix = " (copy)";
        var room = options.Limits.WorkflowNameLength - suffix.Length;
        var copyName = name ?? (room > 0 ? workflow.Name[..Math.Min(workflow.Name.Length, room)] + suffix : workflow.Name);
        var draft = new WorkflowDraft(copyName, workflow.Description, workflow.Tags, workflow.Metadata, workflow.Content);
        return await CreateAsync(principal, draft, also, cancellationToken);
    }

    public async Task<(IReadOnlyList<SavedVersion> Items, string? NextId)> ListVersionsAsync(string tenant, string id, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        await GetAsync(tenant, id, cancellationToken);
        var page = await store.QueryAsync(
            new DocumentQuery(tenant, SavedVersion.Type) { Where = new Dictionary<string, string> { ["workflowId"] = id }, Limit = limit, BeforeId = beforeId }, cancellationToken);
        return ([.. page.Items.Select(d => SavedVersion.FromDocument(d.Body))], page.NextId);
    }

    /// <exception cref="ApiException">404.</exception>
    public async Task<SavedVersion> GetVersionAsync(string tenant, string id, int version, CancellationToken cancellationToken)
    {
        await GetAsync(tenant, id, cancellationToken);
        var document = await store.GetAsync(tenant, SavedVersion.Type, SavedVersion.IdOf(id, version), cancellationToken);
        return document is null ? throw ApiException.NotFound("version", $"{version} of workflow {id}") : SavedVersion.FromDocument(document.Body);
    }

    /// <summary>Saves an earlier version's content as the newest.</summary>
    public async Task<(Workflow Workflow, long ETag)> RestoreAsync(Principal principal, string id, int version, Action<long> check, CancellationToken cancellationToken)
    {
        var saved = await GetVersionAsync(principal.Tenant, id, version, cancellationToken);
        return await ChangeAsync(principal, EventCatalogue.WorkflowUpdated, id, check, (workflow, work) =>
        {
            RequireNotArchived(workflow);
            return Task.FromResult(WithContent(workflow, saved.Content, principal, work));
        }, cancellationToken);
    }

    /// <summary>Everything that stands against activating a definition; free webhook paths aside. What it depends on beside the definition (credentials, other workflows) is looked at each time.</summary>
    /// <param name="user">Who is to be permitted to use its credentials; null: they were checked when it was activated, and are not again.</param>
    public async Task<DefinitionValidation> ValidateAsync(string tenant, WorkflowDefinition definition, Principal? user, CancellationToken cancellationToken)
    {
        var found = await ValidateAsync(tenant, definition, cancellationToken);
        if (user is null) return found;
        var misused = await credentials.OfAsync(tenant, definition, user, cancellationToken);
        return misused.Count == 0 ? found : found with { Errors = [.. found.Errors, .. misused] };
    }

    /// <summary>What stands against its use of credentials alone.</summary>
    public ValueTask<IReadOnlyList<PlanError>> FindMisusedCredentialsAsync(string tenant, WorkflowDefinition definition, Principal user, CancellationToken cancellationToken) =>
        credentials.OfAsync(tenant, definition, user, cancellationToken);

    /// <summary>Remembered per definition, unless it depends on other workflows.</summary>
    private async ValueTask<DefinitionValidation> ValidateAsync(string tenant, WorkflowDefinition definition, CancellationToken cancellationToken)
    {
        if (definition.Settings.Mode != ExecutionMode.Express) return Validated.GetValue(definition, d => Validate(d, modeOf: null));
        var modes = new Dictionary<string, ExecutionMode?>(StringComparer.Ordinal);
        foreach (var id in definition.Nodes.Select(n => n.Parameters["workflowId"].AsString).OfType<string>().Distinct(StringComparer.Ordinal))
            modes[id] = (await source.FindActiveAsync(tenant, id, cancellationToken))?.Definition.Settings.Mode;
        return Validate(definition, modes.GetValueOrDefault);
    }

    private DefinitionValidation Validate(WorkflowDefinition definition, Func<string, ExecutionMode?>? modeOf)
    {
        var found = DefinitionValidation.Of(definition, registry, Limits, modeOf);
        var errors = found.Errors.ToList();
        WebhookPaths.Of(definition, (pointer, message) => AddOnce(errors, new PlanError("WEBHOOK_INVALID", message, null, pointer)));
        NodeSchedules.Of(definition, (pointer, message) => AddOnce(errors, new PlanError("SCHEDULE_INVALID", message, null, pointer)));
        return found with { Errors = errors };
    }

    internal static void Put(UnitOfWork work, Workflow workflow, long expected) =>
        work.Put(Workflow.Type, workflow.Id, workflow.Show(), new Dictionary<string, string> { ["status"] = Workflow.Word(workflow.Status) }, expected);

    internal static void RequireNotArchived(Workflow workflow)
    {
        if (workflow.Status == WorkflowStatus.Archived) throw ApiException.Conflict("The workflow is archived. Unarchive it before you change or run it.");
    }

    /// <summary>Reads, changes and commits; once more when someone else's change came between.</summary>
    /// <param name="told">The event about it; none where nothing is changed.</param>
    internal async Task<(Workflow Workflow, long ETag)> ChangeAsync(
        Principal principal, CataloguedEvent told, string id, Action<long> check, Func<Workflow, UnitOfWork, Task<Workflow>> change, CancellationToken cancellationToken)
    {
        var tenant = principal.Tenant;
        for (var attempt = 1; ; attempt++)
        {
            var (workflow, etag) = await GetAsync(tenant, id, cancellationToken);
            check(etag);
            var work = new UnitOfWork(tenant);
            var changed = await change(workflow, work);
            if (ReferenceEquals(changed, workflow)) return (workflow, etag);
            changed = changed with { UpdatedAt = clock.GetUtcNow() };
            Put(work, changed, etag);
            work.Raise(told.By(principal.Id, id, changed.Told(), etag + 1));
            try
            {
                await store.CommitAsync(work, cancellationToken);
            }
            catch (DocumentConflictException e) when (e.Type == Workflow.Type && attempt < MaxTries)
            {
                continue;
            }
            finally
            {
                // Also when it is not known whether the commit went through.
                source.Drop(tenant, id);
                if (work.Writes.Any(w => w.Type == WebhookRegistration.Type) || workflow.ActiveVersion != changed.ActiveVersion) webhooks.Drop(tenant);
                triggers.Tell(work);
            }

            schedules.Tell(work);
            return (changed, etag + 1);
        }
    }

    private async Task<bool> IsRunningAsync(string tenant, string workflowId, CancellationToken cancellationToken)
    {
        foreach (var status in Unfinished)
        {
            var found = await history.ListAsync(new ExecutionSearch(tenant) { WorkflowId = workflowId, Status = status, Limit = 1 }, cancellationToken);
            // An unfinished scan counts as a find: keeping a version too long does no harm.
            if (found.Items.Count > 0 || found.NextId is not null) return true;
        }

        return false;
    }

    private Workflow WithContent(Workflow workflow, ObjectValue content, Principal principal, UnitOfWork work)
    {
        if (Value.From(content) == Value.From(workflow.Content)) return workflow with { UpdatedAt = clock.GetUtcNow() };
        var next = workflow with { Content = content, Version = workflow.Version + 1, UpdatedAt = clock.GetUtcNow() };
        SavedVersion.Of(next, principal.Id).Put(work);
        return next;
    }

    private static void AddOnce(List<PlanError> errors, PlanError error)
    {
        // The node's own schema may have said so already.
        if (!errors.Any(e => e.Pointer == error.Pointer)) errors.Add(error);
    }
}

/// <summary>Which workflows to list; what is null is not asked about.</summary>
public sealed record WorkflowFilter(string? Status, string? Tag, string? Text)
{
    /// <summary>Null when the index alone decides.</summary>
    public Func<Value, bool>? Matches => Tag is null && Text is null ? null : body =>
        (Tag is null || body["tags"].AsArray!.Any(t => t.AsString == Tag))
        && (Text is null || body["name"].AsString!.Contains(Text, StringComparison.OrdinalIgnoreCase) || body["description"].AsString!.Contains(Text, StringComparison.OrdinalIgnoreCase));
}
