using LinkFlow.Engine.Values;
using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Events.Subscriptions.Deliveries;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Events.Subscriptions;

/// <summary>What can be done with subscriptions. Sends nothing.</summary>
public sealed class SubscriptionService(
    IDocumentStore store, ISecretStore secrets, SecretKeeping keeping, SubscriptionDirectory directory, DeliveryAlarm alarm, LinkFlowOptions options, TimeProvider clock)
{
    private const int MaxTries = 5;

    /// <exception cref="ApiException">404.</exception>
    public async Task<(EventSubscription Subscription, long ETag)> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(tenant, EventSubscription.Type, id, cancellationToken) ?? throw ApiException.NotFound("event subscription", id);
        return (EventSubscription.FromDocument(document.Body), document.ETag);
    }

    public async Task<SubscriptionHealth> HealthAsync(string tenant, string id, CancellationToken cancellationToken) =>
        SubscriptionHealth.FromDocument(await store.GetAsync(tenant, SubscriptionHealth.Type, id, cancellationToken));

    public ValueTask<DocumentPage> ListAsync(string tenant, bool? enabled, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        var where = new Dictionary<string, string>();
        if (enabled is { } wanted) where["enabled"] = wanted ? "true" : "false";
        return store.QueryAsync(new DocumentQuery(tenant, EventSubscription.Type) { Where = where, Limit = limit, BeforeId = beforeId }, cancellationToken);
    }

    /// <param name="also">Adds what must become durable with the subscription; given the secret, if it was drawn here.</param>
    /// <exception cref="ApiException">400: a header without a value; 409: there are as many as there may be.</exception>
    public async Task<EventSubscription> CreateAsync(Principal principal, SubscriptionDraft draft, Action<UnitOfWork, EventSubscription, string?> also, CancellationToken cancellationToken)
    {
        await RequireRoomAsync(principal.Tenant, cancellationToken);
        var now = clock.GetUtcNow();
        var drawn = draft.Secret is null ? SubscriptionSecrets.Draw() : null;
        var kept = new SubscriptionSecrets(draft.Secret ?? drawn!, null, Headers(draft, null, mustRenew: false));
        var subscription = Over(draft, new EventSubscription
        {
            Id = Ids.Next(now), Name = "", Url = "", Types = [], Concurrency = 1, CreatedAt = now, UpdatedAt = now, CreatedBy = principal.Id,
        });
        await keeping.ReplaceAsync(principal.Tenant, subscription.Id, name: null, kept.Packed(), reference =>
        {
            subscription = subscription with { Secret = reference };
            var work = subscription.Put(new UnitOfWork(principal.Tenant), expected: 0).Raise(Event(EventCatalogue.EventSubscriptionCreated, subscription, principal.Id));
            also(work, subscription, drawn);
            return CommitAsync(work, cancellationToken);
        }, cancellationToken, directory.Kind);
        return subscription;
    }

    /// <summary>Replaces a subscription; a secret and values of headers that are not given are kept.</summary>
    /// <exception cref="ApiException">404, 412; 400: a header without a value, or a new host without them.</exception>
    public async Task<(EventSubscription Subscription, long ETag)> SaveAsync(Principal principal, string id, Action<long> check, SubscriptionDraft draft, CancellationToken cancellationToken)
    {
        var isEnabledAgain = false;
        var saved = await ChangeAsync(principal, id, check, EventCatalogue.EventSubscriptionUpdated, (before, stored) =>
        {
            isEnabledAgain = draft.Enabled && !before.Enabled;
            var after = Over(draft, before) with { DisabledReason = draft.Enabled ? null : before.DisabledReason };
            return (after, stored with { Secret = draft.Secret ?? stored.Secret, Headers = Headers(draft, stored.Headers, mustRenew: !IsSameOrigin(before.Url, draft.Url)) });
        }, cancellationToken);
        if (isEnabledAgain) await ForgetFailuresAsync(principal.Tenant, id, cancellationToken);
        if (draft.Enabled) alarm.Tell(principal.Tenant, id);
        return saved;
    }

    /// <summary>Gives it a new secret; for a while deliveries are signed with both.</summary>
    /// <returns>With the secret, if it was drawn here.</returns>
    public async Task<(EventSubscription Subscription, long ETag, string? Drawn)> RotateAsync(
        Principal principal, string id, Action<long> check, string? secret, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var drawn = secret is null ? SubscriptionSecrets.Draw() : null;
        var (subscription, etag) = await ChangeAsync(principal, id, check, EventCatalogue.EventSubscriptionRotated, (before, stored) => (
            before with { PreviousSecretUntil = overlap > TimeSpan.Zero ? clock.GetUtcNow() + overlap : null },
            stored with { Secret = secret ?? drawn!, Previous = overlap > TimeSpan.Zero ? stored.Secret : null }), cancellationToken);
        return (subscription, etag, drawn);
    }

    /// <summary>Its deliveries stay to be read until their time is over, and are not sent any more.</summary>
    public async Task DeleteAsync(Principal principal, string id, Action<long> check, CancellationToken cancellationToken)
    {
        var (subscription, etag) = await GetAsync(principal.Tenant, id, cancellationToken);
        check(etag);
        var work = new UnitOfWork(principal.Tenant).Delete(EventSubscription.Type, id, etag).Delete(SubscriptionHealth.Type, id).Raise(Event(EventCatalogue.EventSubscriptionDeleted, subscription, principal.Id, etag + 1));
        try
        {
            await keeping.DeleteAsync(principal.Tenant, id, subscription.Secret!.Name, work, cancellationToken, directory.Kind);
        }
        finally
        {
            directory.Drop(principal.Tenant);
        }
    }

    /// <summary>Disables one whose receiver does not take what it is sent.</summary>
    /// <param name="reason">For people.</param>
    public async Task DisableAsync(string tenant, string id, string reason, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(tenant, EventSubscription.Type, id, cancellationToken) is not { } document) return;
        var subscription = EventSubscription.FromDocument(document.Body);
        if (!subscription.Enabled) return;
        subscription = subscription with { Enabled = false, DisabledReason = reason, UpdatedAt = clock.GetUtcNow() };
        var told = Event(EventCatalogue.EventSubscriptionDisabled, subscription, actor: null, document.ETag + 1);
        told.Data.AsObject!.Set("reason", reason);
        await CommitAsync(subscription.Put(new UnitOfWork(tenant), document.ETag).Raise(told), cancellationToken);
    }

    private async Task<(EventSubscription Subscription, long ETag)> ChangeAsync(
        Principal principal, string id, Action<long> check, CataloguedEvent told, Func<EventSubscription, SubscriptionSecrets, (EventSubscription, SubscriptionSecrets)> change,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (before, etag) = await GetAsync(principal.Tenant, id, cancellationToken);
            check(etag);
            var stored = await OpenAsync(principal.Tenant, before, cancellationToken);
            // Gone: the document that was read names a version that a later one has replaced. Unless it is gone for good.
            if (stored is null && attempt < MaxTries) continue;
            if (stored is null) throw ApiException.Conflict("The subscription's secret is not in the secret store any more. Delete the subscription and create it anew.");
            var (after, kept) = change(before, stored);
            after = after with { UpdatedAt = clock.GetUtcNow() };
            try
            {
                if (IsSame(kept, stored)) await CommitAsync(Changed(after, etag, told, principal), cancellationToken);
                else
                {
                    await keeping.ReplaceAsync(principal.Tenant, id, before.Secret!.Name, kept.Packed(), reference =>
                    {
                        after = after with { Secret = reference };
                        return CommitAsync(Changed(after, etag, told, principal), cancellationToken);
                    }, cancellationToken, directory.Kind);
                }

                return (after, etag + 1);
            }
            catch (DocumentConflictException) when (attempt < MaxTries)
            {
                // Someone else's change came between: once more, from what is there now.
            }
        }
    }

    /// <summary>Opens what a subscription keeps secret.</summary>
    /// <returns>Null: that version is gone.</returns>
    /// <exception cref="SecretUnreadableException">It cannot be opened.</exception>
    /// <exception cref="StoreUnavailableException">Not now.</exception>
    public async ValueTask<SubscriptionSecrets?> OpenAsync(string tenant, EventSubscription subscription, CancellationToken cancellationToken)
    {
        using var opened = await secrets.OpenAsync(tenant, subscription.Secret!.Name, subscription.Secret.Version, cancellationToken);
        return opened is null ? null : SubscriptionSecrets.Unpacked(opened.Bytes);
    }

    private static UnitOfWork Changed(EventSubscription after, long etag, CataloguedEvent told, Principal principal) =>
        after.Put(new UnitOfWork(principal.Tenant), etag).Raise(Event(told, after, principal.Id, etag + 1));

    private async Task CommitAsync(UnitOfWork work, CancellationToken cancellationToken)
    {
        try
        {
            await store.CommitAsync(work, cancellationToken);
        }
        finally
        {
            directory.Drop(work.Tenant);
        }
    }

    /// <summary>A second chance begins from nothing: failures of before do not count.</summary>
    private async Task ForgetFailuresAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var work = new UnitOfWork(tenant);
        if (await store.GetAsync(tenant, SubscriptionHealth.Type, id, cancellationToken) is not { } document) return;
        (SubscriptionHealth.FromDocument(document) with { FailingSince = null }).Put(work, id, document.ETag);
        try
        {
            await store.CommitAsync(work, cancellationToken);
        }
        catch (DocumentConflictException)
        {
            // A delivery has just been tried: what it found is newer.
        }
    }

    private async Task RequireRoomAsync(string tenant, CancellationToken cancellationToken)
    {
        var most = options.Limits.EventSubscriptions;
        var count = 0;
        await foreach (var _ in store.ReadAllAsync(new DocumentQuery(tenant, EventSubscription.Type), cancellationToken))
            if (++count >= most) throw ApiException.Conflict($"There are {count} event subscriptions; at most {most} are allowed. Delete one that is not needed.");
    }

    private static EventSubscription Over(SubscriptionDraft draft, EventSubscription before) => before with
    {
        Name = draft.Name, Url = draft.Url, Types = draft.Types, Filter = draft.Filter, Enabled = draft.Enabled, Concurrency = draft.Concurrency,
        HeaderNames = [.. draft.Headers.Select(h => h.Key)],
    };

    /// <param name="stored">Null: none are.</param>
    /// <param name="mustRenew">What was stored was meant for another host.</param>
    private static ObjectValue Headers(SubscriptionDraft draft, ObjectValue? stored, bool mustRenew)
    {
        var problems = new Problems();
        var headers = new ObjectValue(draft.Headers.Count);
        foreach (var (name, given) in draft.Headers)
        {
            var value = given.IsNull && !mustRenew ? stored?[name] ?? Value.Undefined : given;
            if (value.AsString is { } text) headers.Set(name, text);
            else problems.Add($"/headers/{BodyFields.Escape(name)}", mustRenew
                ? $"The URL's host is another one, so the value of '{name}' is needed again: it would be sent there."
                : $"The header '{name}' needs a value; none is stored.");
        }

        problems.ThrowIfAny();
        return headers;
    }

    private static bool IsSameOrigin(string before, string after) =>
        Uri.Compare(new Uri(before), new Uri(after), UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static bool IsSame(SubscriptionSecrets a, SubscriptionSecrets b) => a.Secret == b.Secret && a.Previous == b.Previous && Value.From(a.Headers) == Value.From(b.Headers);

    private static OutgoingEvent Event(CataloguedEvent told, EventSubscription subscription, string? actor, long sequence = 1) => told.By(
        actor, subscription.Id, new ObjectValue { { "subscriptionId", subscription.Id }, { "name", subscription.Name }, { "enabled", subscription.Enabled } }, sequence);
}
