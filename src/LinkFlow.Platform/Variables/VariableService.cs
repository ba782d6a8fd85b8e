using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Workflows;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Variables;

/// <summary>What can be done with variables; the only door to them for those who change them. Who runs workflows reads <see cref="VariableSets"/>.</summary>
public sealed class VariableService(
    IDocumentStore store, ISecretStore secrets, VariableSets sets, WorkflowService workflows, LinkFlowOptions options, TimeProvider clock, ILogger<VariableService> log)
{
    /// <summary>How often a change is tried again when another one of the tenant's variables came between.</summary>
    private const int MaxTries = 50;
    private const int PageSize = 200;

    public async Task<DocumentPage> ListAsync(string tenant, string? scope, string? workflowId, string? name, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        var where = new Dictionary<string, string>();
        if (scope is not null) where.Add("scope", scope);
        if (workflowId is not null) where.Add("workflowId", workflowId);
        var query = new DocumentQuery(tenant, Variable.Type) { Where = where, Limit = limit, BeforeId = beforeId, ScanLimit = options.Limits.ScanDocuments };
        return await store.QueryAsync(name is null ? query : query with { Filter = b => b["name"].AsString == name }, cancellationToken);
    }

    /// <returns>The variable and its ETag's version.</returns>
    /// <exception cref="ApiException">404.</exception>
    public async Task<(Variable Variable, long ETag)> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(tenant, Variable.Type, id, cancellationToken) ?? throw ApiException.NotFound("variable", id);
        return (Variable.FromDocument(document.Body), document.ETag);
    }

    /// <param name="also">Adds what must become durable with the variable.</param>
    /// <exception cref="ApiException">400: there is no such workflow, or a value is too large; 409: the name is taken, or there are too many.</exception>
    public async Task<Variable> CreateAsync(Principal principal, VariableDraft draft, Action<UnitOfWork, Variable>? also, CancellationToken cancellationToken)
    {
        await RequireWorkflowAsync(principal.Tenant, draft.WorkflowId, cancellationToken);
        var now = clock.GetUtcNow();
        var variable = new Variable
        {
            Id = Ids.Next(now), Name = draft.Name, Description = draft.Description, ValueType = draft.ValueType, WorkflowId = draft.WorkflowId,
            IsSecret = draft.IsSecret, Version = 1, CreatedAt = now, UpdatedAt = now, CreatedBy = principal.Id,
        };
        variable = await WithValuesAsync(principal.Tenant, variable, draft, cancellationToken);
        try
        {
            await ChangeAsync(principal.Tenant, work =>
            {
                Put(work, variable, before: null, expected: 0, principal);
                also?.Invoke(work, variable);
                return Task.FromResult((1, variable.Bytes));
            }, cancellationToken);
        }
        catch (ApiException) when (variable.IsSecret)
        {
            // Nothing refers to it.
            await secrets.DeleteAsync(principal.Tenant, variable.SealedName, CancellationToken.None);
            throw;
        }

        return variable;
    }

    /// <summary>Saves a draft over a variable: a new version, unless nothing differs.</summary>
    /// <param name="check">Refuses by the ETag that is there.</param>
    /// <exception cref="ApiException">404; 400: what a secret one may not become, or no such workflow; 409: the name is taken.</exception>
    public async Task<(Variable Variable, long ETag)> SaveAsync(Principal principal, string id, VariableDraft draft, Action<long> check, CancellationToken cancellationToken)
    {
        await RequireWorkflowAsync(principal.Tenant, draft.WorkflowId, cancellationToken);
        return await ReplaceAsync(principal, id, check, async before =>
        {
            RequireSecretsAgain(before, draft);
            var after = before with { Name = draft.Name, Description = draft.Description, ValueType = draft.ValueType, WorkflowId = draft.WorkflowId };
            return await WithValuesAsync(principal.Tenant, after, draft, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Saves an earlier version as the newest; of a secret one with the values that it had then.</summary>
    public async Task<(Variable Variable, long ETag)> RestoreAsync(Principal principal, string id, int version, Action<long> check, CancellationToken cancellationToken)
    {
        var saved = (await GetVersionAsync(principal.Tenant, id, version, cancellationToken)).Variable;
        await RequireWorkflowAsync(principal.Tenant, saved.WorkflowId, cancellationToken);
        return await ReplaceAsync(principal, id, check, before => Task.FromResult(before with
        {
            Name = saved.Name, Description = saved.Description, ValueType = saved.ValueType, WorkflowId = saved.WorkflowId,
            Value = saved.Value, Environments = saved.Environments, Sealed = saved.Sealed,
        }), cancellationToken);
    }

    /// <summary>Deletes a variable with all its versions and sealed values. Executions that began before keep what they saw.</summary>
    public async Task DeleteAsync(Principal principal, string id, Action<long> check, CancellationToken cancellationToken)
    {
        var tenant = principal.Tenant;
        Variable deleted = null!;
        await ChangeAsync(tenant, async work =>
        {
            (deleted, var etag) = await GetAsync(tenant, id, cancellationToken);
            check(etag);
            work.Delete(Variable.Type, id, etag).Delete(Variable.NameType, deleted.NameId);
            work.Raise(EventCatalogue.VariableDeleted.By(principal.Id, id, deleted.Told(), etag + 1));
            foreach (var version in await VersionIdsAsync(tenant, id, cancellationToken)) work.Delete(SavedVariable.Type, version);
            return (-1, -deleted.Bytes);
        }, cancellationToken);
        if (!deleted.IsSecret) return;
        try
        {
            await secrets.DeleteAsync(tenant, deleted.SealedName, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            // Nothing refers to them any more, so nothing can open them.
            log.SealedValuesLeft(deleted.Id, e.Message);
        }
    }

    /// <summary>Deletes the variables of a workflow that is gone.</summary>
    public async Task DeleteOfWorkflowAsync(Principal principal, string workflowId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await ListAsync(principal.Tenant, null, workflowId, null, PageSize, null, cancellationToken);
            foreach (var document in page.Items) await DeleteAsync(principal, document.Id, _ => { }, cancellationToken);
            if (page.NextId is null) return;
        }
    }

    public async Task<(IReadOnlyList<SavedVariable> Items, string? NextId)> ListVersionsAsync(string tenant, string id, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        await GetAsync(tenant, id, cancellationToken);
        var page = await store.QueryAsync(VersionsOf(tenant, id) with { Limit = limit, BeforeId = beforeId }, cancellationToken);
        return ([.. page.Items.Select(d => SavedVariable.FromDocument(d.Body))], page.NextId);
    }

    /// <exception cref="ApiException">404.</exception>
    public async Task<SavedVariable> GetVersionAsync(string tenant, string id, int version, CancellationToken cancellationToken)
    {
        await GetAsync(tenant, id, cancellationToken);
        var document = await store.GetAsync(tenant, SavedVariable.Type, SavedVariable.IdOf(id, version), cancellationToken);
        return document is null ? throw ApiException.NotFound("version", $"{version} of variable {id}") : SavedVariable.FromDocument(document.Body);
    }

    /// <summary>What is allowed and yet unwise in a draft: secrets that are too short to be masked.</summary>
    public static IEnumerable<(string Pointer, string Message)> Warnings(VariableDraft draft)
    {
        if (!draft.IsSecret) return [];
        var values = (draft.Environments ?? new ObjectValue(0)).Select(e => ($"/environments/{BodyFields.Escape(e.Key)}", e.Value)).Prepend(("/value", draft.Value));
        return values.Where(v => SealedValues.Texts(v.Item2).Any(t => t.Length < SecretMask.ShortestMasked))
            .Select(v => (v.Item1, $"What has fewer than {SecretMask.ShortestMasked} characters is not masked where a node shows it: it would hide half of every text. Choose a longer secret."));
    }

    private async Task<(Variable Variable, long ETag)> ReplaceAsync(Principal principal, string id, Action<long> check, Func<Variable, Task<Variable>> edit, CancellationToken cancellationToken)
    {
        var (result, etag) = await GetAsync(principal.Tenant, id, cancellationToken);
        await ChangeAsync(principal.Tenant, async work =>
        {
            (var before, etag) = await GetAsync(principal.Tenant, id, cancellationToken);
            check(etag);
            result = await edit(before);
            if (Value.From(result.ToDocument()) == Value.From(before.ToDocument())) return null;
            result = result with { Version = before.Version + 1, UpdatedAt = clock.GetUtcNow() };
            Put(work, result, before, etag, principal);
            if (result.Version > options.Limits.VariableVersions)
                work.Delete(SavedVariable.Type, SavedVariable.IdOf(id, result.Version - options.Limits.VariableVersions));
            etag++;
            return (0, result.Bytes - before.Bytes);
        }, cancellationToken);
        return (result, etag);
    }

    /// <summary>Commits a change together with the tenant's count of changes, so that changes come one after the other.</summary>
    /// <param name="change">Gathers the writes; how many variables and bytes there are more; null: nothing is to be changed.</param>
    private async Task ChangeAsync(string tenant, Func<UnitOfWork, Task<(int Count, int Bytes)?>> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var state = await store.GetAsync(tenant, VariableSets.StateType, VariableSets.StateId, cancellationToken);
            var work = new UnitOfWork(tenant);
            if (await change(work) is not { } more) return;
            work.Put(VariableSets.StateType, VariableSets.StateId, Grown(state, more.Count, more.Bytes), expected: state?.ETag ?? 0);
            try
            {
                await store.CommitAsync(work, cancellationToken);
                return;
            }
            catch (DocumentConflictException e) when (e.Type == Variable.NameType)
            {
                throw NameTaken(work, e.Id);
            }
            catch (DocumentConflictException e) when ((e.Type == VariableSets.StateType || e.Type == Variable.Type || e.Type == SavedVariable.Type) && attempt < MaxTries)
            {
                continue;
            }
            finally
            {
                // Also when it is not known whether the commit went through.
                sets.Drop(tenant);
            }
        }
    }

    private Task ChangeAsync(string tenant, Func<UnitOfWork, Task<(int Count, int Bytes)>> change, CancellationToken cancellationToken) =>
        ChangeAsync(tenant, async work => ((int, int)?)await change(work), cancellationToken);

    /// <exception cref="ApiException">409: there would be too many, or too much.</exception>
    private ObjectValue Grown(Document? state, int moreCount, int moreBytes)
    {
        var count = (int)(state?.Body["count"].AsNumber ?? 0) + moreCount;
        var bytes = (long)(state?.Body["bytes"].AsNumber ?? 0) + moreBytes;
        if (moreCount > 0 && count > options.Limits.Variables)
            throw ApiException.Conflict($"There are {count - moreCount} variables already; at most {options.Limits.Variables} are allowed (LinkFlow:Limits:Variables). Delete one, or put several into one of the type json.");
        if (moreBytes > 0 && bytes > options.Limits.VariableBytes)
            throw ApiException.Conflict($"All variables together would have {bytes} bytes as JSON; at most {options.Limits.VariableBytes} are allowed (LinkFlow:Limits:VariableBytes).");
        return new ObjectValue(2) { { "count", count }, { "bytes", bytes } };
    }

    private static void Put(UnitOfWork work, Variable variable, Variable? before, long expected, Principal principal)
    {
        // First, so that a name that is taken is what is complained of.
        if (before?.NameId != variable.NameId)
        {
            work.Put(Variable.NameType, variable.NameId, new ObjectValue(1) { { "variableId", variable.Id } }, expected: 0);
            if (before is not null) work.Delete(Variable.NameType, before.NameId);
        }

        var fields = new Dictionary<string, string> { ["scope"] = variable.Scope };
        if (variable.WorkflowId is { } workflowId) fields.Add("workflowId", workflowId);
        work.Put(Variable.Type, variable.Id, variable.ToDocument(), fields, expected);
        new SavedVariable(variable, principal.Id).Put(work);
        work.Raise((before is null ? EventCatalogue.VariableCreated : EventCatalogue.VariableUpdated).By(principal.Id, variable.Id, variable.Told(), expected + 1));
    }

    private async Task<Variable> WithValuesAsync(string tenant, Variable variable, VariableDraft draft, CancellationToken cancellationToken)
    {
        if (!variable.IsSecret) return variable with { Value = draft.Value, Environments = draft.Environments! };
        var shown = draft.Environments is null ? variable.Environments : new ObjectValue(draft.Environments.Count);
        foreach (var (name, _) in draft.Environments ?? []) shown.Set(name, Value.Null);
        var isKept = draft.Value.IsUndefined && (draft.Environments is null || draft.Environments.All(e => e.Value.IsNull && variable.Environments.Contains(e.Key)));
        if (isKept && shown.Count == variable.Environments.Count) return variable with { Environments = shown };

        var (value, environments) = await KeptAsync(tenant, variable, cancellationToken);
        var wanted = draft.Environments is null ? environments : new ObjectValue(draft.Environments.Count);
        foreach (var (name, given) in draft.Environments ?? [])
        {
            if (given.IsNull && !environments.Contains(name)) throw ApiException.Validation($"/environments/{BodyFields.Escape(name)}", "This environment had no value of its own so far; a value is needed.");
            wanted.Set(name, given.IsNull ? environments[name] : given);
        }

        return variable with { Environments = shown, Sealed = await SealAsync(tenant, variable, draft.Value.IsUndefined ? value : draft.Value, wanted, cancellationToken) };
    }

    private async Task<(Value Value, ObjectValue Environments)> KeptAsync(string tenant, Variable variable, CancellationToken cancellationToken)
    {
        if (variable.Sealed is null) return (Value.Undefined, new ObjectValue(0));
        using var opened = await secrets.OpenAsync(tenant, variable.SealedName, variable.Sealed, cancellationToken)
            ?? throw ApiException.Conflict("The values that this secret variable had cannot be found any more. Give all of them again.");
        return SealedValues.Read(opened.Bytes);
    }

    private async Task<string> SealAsync(string tenant, Variable variable, Value value, ObjectValue environments, CancellationToken cancellationToken)
    {
        var bytes = SealedValues.Write(value, environments);
        try
        {
            if (bytes.Length > ISecretStore.MaxBytes)
                throw ApiException.Validation("/value", $"All values of a secret variable together have {bytes.Length} bytes as JSON; at most {ISecretStore.MaxBytes} are allowed.");
            return await secrets.PutAsync(tenant, variable.SealedName, bytes, cancellationToken);
        }
        finally
        {
            SealedValues.Zero(bytes);
        }
    }

    /// <summary>What a secret is for may change only together with the secret: who may save it need not know it.</summary>
    private static void RequireSecretsAgain(Variable before, VariableDraft draft)
    {
        var problems = new Problems();
        if (before.IsSecret != draft.IsSecret) problems.Add("/secret", "Whether a variable is secret cannot be changed: what was shown once is known, and what is secret is never shown. Make another variable.");
        else if (before.IsSecret && (before.ValueType != draft.ValueType || before.WorkflowId != draft.WorkflowId || before.Name != draft.Name))
        {
            if (draft.Value.IsUndefined) problems.Add("/value", "A change of a secret variable's name, type, scope or workflow needs its value again.");
            foreach (var (name, _) in before.Environments)
                if (draft.Environments is null || (draft.Environments.TryGet(name, out var given) && given.IsNull))
                    problems.Add($"/environments/{BodyFields.Escape(name)}", "A change of a secret variable's name, type, scope or workflow needs its values again.");
        }

        problems.ThrowIfAny();
    }

    private async Task RequireWorkflowAsync(string tenant, string? workflowId, CancellationToken cancellationToken)
    {
        if (workflowId is null) return;
        try
        {
            await workflows.GetAsync(tenant, workflowId, cancellationToken);
        }
        catch (ApiException e) when (e.Error.Status == 404)
        {
            throw ApiException.Validation("/workflowId", e.Message);
        }
    }

    private static ApiException NameTaken(UnitOfWork work, string nameId)
    {
        var name = nameId[(nameId.LastIndexOf('.') + 1)..];
        var where = work.Writes.Any(w => w.Type == Variable.NameType && w.Id == nameId && nameId.StartsWith("tenant.", StringComparison.Ordinal)) ? "the tenant" : "this workflow";
        return ApiException.Conflict($"There is a variable '{name}' of {where} already. Change that one, or choose another name.");
    }

    private async Task<IReadOnlyList<string>> VersionIdsAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        await foreach (var document in store.ReadAllAsync(VersionsOf(tenant, id), cancellationToken)) ids.Add(document.Id);
        return ids;
    }

    private static DocumentQuery VersionsOf(string tenant, string id) =>
        new(tenant, SavedVariable.Type) { Where = new Dictionary<string, string> { ["variableId"] = id } };
}
