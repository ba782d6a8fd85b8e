using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Platform.Credentials.Fields;
using LinkFlow.Platform.Credentials.OAuth2;
using LinkFlow.Platform.Credentials.Reminders;
using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Workflows;

namespace LinkFlow.Platform.Credentials;

/// <summary>What can be done with credentials; the only door to them for other modules, save for opening them. Shows no secret.</summary>
public sealed class CredentialService(
    IDocumentStore store, SecretKeeping keeping, TokenVault tokens, CredentialDirectory directory, CredentialTypes types, CredentialMentions mentions, LinkFlowOptions options, TimeProvider clock)
{
    /// <summary>How often a change is tried again when someone else's came between; only for callers without If-Match.</summary>
    private const int MaxTries = 5;

    /// <returns>The credential and its ETag's version.</returns>
    /// <exception cref="ApiException">404: it is not there for this principal.</exception>
    public async Task<(Credential Credential, long ETag)> GetAsync(Principal principal, string id, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(principal.Tenant, Credential.Type, id, cancellationToken) ?? throw ApiException.NotFound("credential", id);
        var credential = Credential.FromDocument(document.Body);
        return CredentialAccess.MaySee(principal, credential) ? (credential, document.ETag) : throw ApiException.NotFound("credential", id);
    }

    /// <summary>Those that the principal may see, newest first.</summary>
    public async Task<(IReadOnlyList<Credential> Items, string? NextId)> ListAsync(Principal principal, string? type, string? text, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(principal.Tenant, Credential.Type)
            {
                Where = type is null ? [] : new Dictionary<string, string> { ["type"] = type },
                Filter = CredentialAccess.Administers(principal) && text is null ? null : body =>
                    (text is null || body["name"].AsString!.Contains(text, StringComparison.OrdinalIgnoreCase)) && CredentialAccess.MaySee(principal, Credential.FromDocument(body)),
                Limit = limit,
                BeforeId = beforeId,
                ScanLimit = options.Limits.ScanDocuments,
            }, cancellationToken);
        return ([.. page.Items.Select(d => Credential.FromDocument(d.Body))], page.NextId);
    }

    /// <param name="also">Adds what must become durable with the credential.</param>
    /// <exception cref="ApiException">400; 409: the tenant has as many as it may have.</exception>
    public async Task<Credential> CreateAsync(Principal principal, CredentialDraft draft, Action<UnitOfWork, Credential>? also, CancellationToken cancellationToken)
    {
        var type = types.Find(draft.TypeName)!.Descriptor;
        RequireFuture(draft.ExpiresAt);
        await RequireRoomAsync(principal.Tenant, cancellationToken);
        var (shown, secrets) = Checked(type, draft.Data, new ObjectValue(0));
        var now = clock.GetUtcNow();
        var credential = new Credential
        {
            Id = Ids.Next(now),
            Name = draft.Name,
            TypeName = draft.TypeName,
            Data = shown,
            SecretSet = [.. secrets.Select(s => s.Key)],
            Warnings = CredentialChecks.WarningsOf(secrets),
            AllowedNodeTypes = draft.AllowedNodeTypes,
            AllowedHosts = draft.AllowedHosts,
            ExpiresAt = draft.ExpiresAt,
            RotateAfterDays = draft.RotateAfterDays,
            CreatedAt = now,
            UpdatedAt = now,
            RotatedAt = now,
            CreatedBy = principal.Id,
        };
        await StoreAsync(principal, credential, previous: null, secrets.Count > 0 ? secrets : null, expected: 0, also, cancellationToken);
        return credential;
    }

    /// <summary>Saves a draft over a credential; secrets that it does not give are kept.</summary>
    /// <param name="check">Refuses by the ETag that is there.</param>
    /// <exception cref="ApiException">404, 403, 412; 400, also where secrets are needed again.</exception>
    public Task<(Credential Credential, long ETag)> ReplaceAsync(Principal principal, string id, Action<long> check, CredentialDraft draft, CancellationToken cancellationToken) =>
        ChangeAsync(principal, id, check, (before, secrets) =>
        {
            if (draft.TypeName != before.TypeName) throw ApiException.Validation("/type", $"The credential is of the type '{before.TypeName}', which cannot be changed. Create another one.");
            if (draft.ExpiresAt != before.ExpiresAt) RequireFuture(draft.ExpiresAt);
            var type = types.Find(before.TypeName)!.Descriptor;
            CredentialChecks.RequireSecretsAgain(type, before, CredentialData.WithDefaults(type, draft.Data), draft.AllowedHosts, draft.Data);
            if (draft.AllowedHosts.Count == 0 && before.Shares.Count > 0) RequireHostsForSharing(type, draft.AllowedHosts);
            return Saved(type, before with { Name = draft.Name, AllowedNodeTypes = draft.AllowedNodeTypes, AllowedHosts = draft.AllowedHosts, ExpiresAt = draft.ExpiresAt, RotateAfterDays = draft.RotateAfterDays }, draft.Data, secrets);
        }, cancellationToken);

    /// <summary>Replaces secrets and nothing else.</summary>
    /// <exception cref="ApiException">As <see cref="ReplaceAsync"/>.</exception>
    public Task<(Credential Credential, long ETag)> RotateAsync(
        Principal principal, string id, Action<long> check, ObjectValue data, bool setsExpiry, DateTimeOffset? expiresAt, CancellationToken cancellationToken) =>
        ChangeAsync(principal, id, check, (before, secrets) =>
        {
            if (setsExpiry) RequireFuture(expiresAt);
            var type = types.Find(before.TypeName)!.Descriptor;
            return Saved(type, before with { ExpiresAt = setsExpiry ? expiresAt : before.ExpiresAt }, Rotation.Over(type, before, data), secrets);
        }, cancellationToken);

    /// <param name="force">Also when workflows use it.</param>
    /// <exception cref="ApiException">404, 403, 412; 409: it is in use.</exception>
    public async Task DeleteAsync(Principal principal, string id, Action<long> check, bool force, CancellationToken cancellationToken)
    {
        var (credential, etag) = await GetAsync(principal, id, cancellationToken);
        CredentialAccess.RequireEdit(principal, credential);
        check(etag);
        if (!force && await mentions.FirstAsync(principal.Tenant, id, cancellationToken) is { } user)
            throw ApiException.Conflict($"The workflow '{user.Name}' ({user.WorkflowId}) uses the credential. Change it, or delete with ?force=true; its nodes will fail then.");
        var work = new UnitOfWork(principal.Tenant).Delete(Credential.Type, id, etag).Delete(CredentialUses.Type, id).Delete(CredentialReminders.Type, id);
        work.Raise(EventCatalogue.CredentialDeleted.By(principal.Id, id, credential.Told(), etag + 1));
        try
        {
            if (credential.Secret is { } secret) await keeping.DeleteAsync(principal.Tenant, id, secret.Name, work, cancellationToken);
            else await store.CommitAsync(work, cancellationToken);
        }
        finally
        {
            directory.Drop(principal.Tenant, id);
        }

        // The credential is gone; what is left of its tokens now, should this fail, a sweep finds.
        await tokens.DeleteAsync(principal.Tenant, id, CancellationToken.None);
    }

    /// <summary>Gives another principal a right, or takes it.</summary>
    /// <param name="mayEdit">Null: the share is taken away.</param>
    /// <exception cref="ApiException">404, 403, 412; 409: it needs allowed hosts first.</exception>
    public async Task<(Credential Credential, long ETag)> ShareAsync(Principal principal, string id, Action<long> check, string with, bool? mayEdit, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (before, etag) = await GetAsync(principal, id, cancellationToken);
            CredentialAccess.RequireEdit(principal, before);
            check(etag);
            var others = before.Shares.Where(s => s.Principal != with).ToList();
            if (mayEdit is { } edit)
            {
                RequireHostsForSharing(types.Find(before.TypeName)!.Descriptor, before.AllowedHosts);
                if (others.Count >= CredentialRequests.MaxEntries) throw ApiException.Conflict($"The credential has {others.Count} shares; more are not possible.");
                others.Add(new CredentialShare(with, edit));
            }
            else if (others.Count == before.Shares.Count)
            {
                throw ApiException.NotFound("share with", with);
            }

            var after = before with { Shares = others };
            try
            {
                await CommitAsync(new UnitOfWork(principal.Tenant).Raise(EventCatalogue.CredentialShared.By(principal.Id, id, after.Told(), etag + 1)), after, etag, cancellationToken);
                return (after, etag + 1);
            }
            catch (DocumentConflictException) when (attempt < MaxTries)
            {
                // Someone else's change came between: once more, from what is there now.
            }
        }
    }

    private async Task<(Credential Credential, long ETag)> ChangeAsync(
        Principal principal, string id, Action<long> check, Func<Credential, ObjectValue, (Credential After, ObjectValue Secrets)> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (before, etag) = await GetAsync(principal, id, cancellationToken);
            CredentialAccess.RequireEdit(principal, before);
            check(etag);
            var (secrets, problem) = await OpenAsync(principal.Tenant, before, cancellationToken);
            // Gone: the document that was read names a version that a later one has replaced. Unless it is gone for good.
            if (secrets is null && problem is null && attempt < MaxTries) continue;
            var (after, newSecrets) = secrets is null ? ChangedAnew(before, change, problem) : change(before, secrets);
            var now = clock.GetUtcNow();
            var isRotated = secrets is null || Value.From(newSecrets) != Value.From(secrets);
            after = after with { Version = before.Version + 1, UpdatedAt = now, RotatedAt = isRotated ? now : before.RotatedAt };
            try
            {
                await StoreAsync(principal, after, before, isRotated ? newSecrets : null, etag, also: null, cancellationToken);
                return (after, etag + 1);
            }
            catch (DocumentConflictException) when (attempt < MaxTries)
            {
                // Someone else's change came between: once more, from what is there now.
            }
        }
    }

    /// <param name="secrets">Null: they stay as they are.</param>
    private async Task StoreAsync(
        Principal principal, Credential credential, Credential? previous, ObjectValue? secrets, long expected, Action<UnitOfWork, Credential>? also, CancellationToken cancellationToken)
    {
        var tenant = principal.Tenant;
        var told = previous is null ? EventCatalogue.CredentialCreated : secrets is null ? EventCatalogue.CredentialUpdated : EventCatalogue.CredentialRotated;
        var work = new UnitOfWork(tenant).Raise(told.By(principal.Id, credential.Id, credential.Told(), expected + 1));
        also?.Invoke(work, credential);
        var name = previous?.Secret?.Name;
        if (secrets is null) await CommitAsync(work, credential, expected, cancellationToken);
        else if (secrets.Count > 0)
            await keeping.ReplaceAsync(tenant, credential.Id, name, CredentialChecks.Packed(secrets), reference => CommitAsync(work, credential with { Secret = reference }, expected, cancellationToken), cancellationToken);
        else await keeping.DeleteAsync(tenant, credential.Id, name!, Put(work, credential with { Secret = null }, expected), cancellationToken);
    }

    private async Task CommitAsync(UnitOfWork work, Credential credential, long expected, CancellationToken cancellationToken)
    {
        try
        {
            await store.CommitAsync(Put(work, credential, expected), cancellationToken);
        }
        finally
        {
            // Also when it is not known whether the commit went through.
            directory.Drop(work.Tenant, credential.Id);
        }
    }

    private static UnitOfWork Put(UnitOfWork work, Credential credential, long expected) =>
        work.Put(Credential.Type, credential.Id, credential.ToDocument(), new Dictionary<string, string> { ["type"] = credential.TypeName }, expected);

    /// <returns>The secrets; null where they are gone, or, with the problem, cannot be opened.</returns>
    private async Task<(ObjectValue? Secrets, string? Problem)> OpenAsync(string tenant, Credential credential, CancellationToken cancellationToken)
    {
        try
        {
            return (await keeping.OpenAsync(tenant, credential, cancellationToken), null);
        }
        catch (SecretUnreadableException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Secrets that cannot be kept can be replaced, all at once.</summary>
    /// <exception cref="ApiException">409: not all of them are given.</exception>
    private static (Credential After, ObjectValue Secrets) ChangedAnew(Credential before, Func<Credential, ObjectValue, (Credential After, ObjectValue Secrets)> change, string? problem)
    {
        var why = problem is null ? "The credential's secrets are gone from the secret store" : $"The credential's secrets cannot be opened ({problem})";
        var need = $"{why}, so none can be kept. Give all of them anew: {string.Join(", ", before.SecretSet.Select(s => $"'{s}'"))}.";
        try
        {
            var changed = change(before, new ObjectValue(0));
            return before.SecretSet.All(changed.Secrets.Contains) ? changed : throw ApiException.Conflict(need);
        }
        catch (ApiException e) when (e.Error.Status == 400)
        {
            throw ApiException.Conflict($"{need} {e.Message}");
        }
    }

    private static (Credential After, ObjectValue Secrets) Saved(CredentialTypeDescriptor type, Credential credential, ObjectValue data, ObjectValue before)
    {
        var (shown, secrets) = Checked(type, data, before);
        return (credential with { Data = shown, SecretSet = [.. secrets.Select(s => s.Key)], Warnings = CredentialChecks.WarningsOf(secrets) }, secrets);
    }

    private static (ObjectValue Shown, ObjectValue Secrets) Checked(CredentialTypeDescriptor type, ObjectValue data, ObjectValue before)
    {
        var whole = CredentialData.WithDefaults(type, CredentialData.Join(type, data, before));
        CredentialChecks.Require(type, whole);
        return CredentialData.Split(type, whole);
    }

    private void RequireFuture(DateTimeOffset? expiresAt)
    {
        if (expiresAt is { } end && end <= clock.GetUtcNow()) throw ApiException.Validation("/expiresAt", "'expiresAt' is in the past.");
    }

    private static void RequireHostsForSharing(CredentialTypeDescriptor type, IReadOnlyList<string> allowedHosts)
    {
        if (type.IsForRequests && allowedHosts.Count == 0)
            throw ApiException.Conflict("A credential for HTTP requests is shared only with 'allowedHosts' set: else whoever may use it could have it sent to a host of their own. Set them first.");
    }

    private async Task RequireRoomAsync(string tenant, CancellationToken cancellationToken)
    {
        var (count, before) = (0, (string?)null);
        do
        {
            var page = await store.QueryAsync(new DocumentQuery(tenant, Credential.Type) { Limit = 200, BeforeId = before }, cancellationToken);
            count += page.Items.Count;
            before = page.NextId;
        }
        while (before is not null && count < options.Limits.Credentials);
        if (count >= options.Limits.Credentials) throw ApiException.Conflict($"There are {count} credentials; at most {options.Limits.Credentials} are allowed (LinkFlow:Limits:Credentials). Delete some that nothing uses.");
    }
}
