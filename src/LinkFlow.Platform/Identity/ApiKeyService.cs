using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Identity;

/// <summary>Makes, finds and revokes API keys. Keys in use are kept in memory, so that a request costs no read; where other hosts revoke them too, it costs one now and then.</summary>
/// <param name="others">Null: this host is alone.</param>
public sealed class ApiKeyService(IDocumentStore store, TimeProvider clock, OtherHosts? others = null)
{
    /// <summary>How far <c>lastUsedAt</c> may lag behind.</summary>
    public static readonly TimeSpan LastUseGranularity = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, CachedKey> _byHash = new(StringComparer.Ordinal);

    /// <summary>The principal behind a presented key.</summary>
    /// <returns>Null: unknown, revoked or expired.</returns>
    public async ValueTask<ApiKey?> FindAsync(string presented, CancellationToken cancellationToken)
    {
        var hash = ApiKey.HashOf(presented);
        if (!_byHash.TryGetValue(hash, out var cached))
        {
            var page = await store.QueryAsync(
                new DocumentQuery(Tenants.Default, ApiKey.Type) { Where = new Dictionary<string, string> { ["hash"] = hash }, Limit = 1 }, cancellationToken);
            if (page.Items.Count == 0) return null;
            cached = _byHash.GetOrAdd(hash, new CachedKey(ApiKey.FromDocument(page.Items[0].Body), clock.GetTimestamp()));
            // Revoked between the read and the line above: its removal from memory has come too early to see it.
            if (!await IsThereAsync(cached, cancellationToken)) return null;
        }
        else if (others is not null && clock.GetElapsedTime(cached.SeenAt) >= others.UnseenFor && !await IsThereAsync(cached, cancellationToken))
        {
            return null;
        }

        // The dictionary compared hashes in variable time, which tells nothing of a 256-bit key; this one comparison is constant-time all the same.
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(cached.Key.Hash))) return null;
        var now = clock.GetUtcNow();
        if (cached.Key.ExpiresAt is { } end && end <= now) return null;
        cached.Used(now);
        return cached.Key;
    }

    /// <summary>Looks whether a key in memory still is in the store, and forgets it when it is not.</summary>
    private async ValueTask<bool> IsThereAsync(CachedKey cached, CancellationToken cancellationToken)
    {
        var lookedAt = clock.GetTimestamp();
        if (await store.GetAsync(Tenants.Default, ApiKey.Type, cached.Key.Id, cancellationToken) is null)
        {
            _byHash.TryRemove(cached.Key.Hash, out _);
            return false;
        }

        cached.SeenAt = lookedAt;
        return true;
    }

    /// <summary>False: the principal's key was revoked or has expired since.</summary>
    /// <param name="principalId">As <see cref="Principal.Id"/>.</param>
    public async ValueTask<bool> IsInForceAsync(string tenant, string principalId, CancellationToken cancellationToken)
    {
        if (!principalId.StartsWith(ApiKey.PrincipalPrefix, StringComparison.Ordinal)) return false;
        var document = await store.GetAsync(tenant, ApiKey.Type, principalId[ApiKey.PrincipalPrefix.Length..], cancellationToken);
        return document is not null && (ApiKey.FromDocument(document.Body).ExpiresAt is not { } end || end > clock.GetUtcNow());
    }

    public async Task<(ApiKey Key, long ETag)> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(tenant, ApiKey.Type, id, cancellationToken) ?? throw ApiException.NotFound("API key", id);
        return (await WithLastUseAsync(tenant, ApiKey.FromDocument(document.Body), cancellationToken), document.ETag);
    }

    public async Task<(IReadOnlyList<ApiKey> Keys, string? NextId)> ListAsync(string tenant, int limit, string? beforeId, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(tenant, ApiKey.Type) { Limit = limit, BeforeId = beforeId }, cancellationToken);
        var keys = new List<ApiKey>(page.Items.Count);
        foreach (var document in page.Items) keys.Add(await WithLastUseAsync(tenant, ApiKey.FromDocument(document.Body), cancellationToken));
        return (keys, page.NextId);
    }

    /// <summary>Makes a key within the creator's scopes.</summary>
    /// <param name="also">Adds what must become durable together with the key; given the key and its secret.</param>
    /// <returns>The key's record and the key itself, which nobody can read again.</returns>
    public async Task<(ApiKey Key, string Secret)> CreateAsync(
        Principal creator, NewApiKey wanted, Action<UnitOfWork, ApiKey, string>? also, CancellationToken cancellationToken)
    {
        if (wanted.ExpiresAt is { } end && end <= clock.GetUtcNow()) throw ApiException.Validation("/expiresAt", "'expiresAt' is in the past.");
        var secret = ApiKey.Draw();
        var key = new ApiKey
        {
            Id = Ids.Next(clock.GetUtcNow()),
            Name = wanted.Name,
            Hash = ApiKey.HashOf(secret),
            Prefix = secret[..ApiKey.PrefixLength],
            Scopes = wanted.Scopes ?? creator.Scopes,
            IpAllowList = wanted.IpAllowList,
            ExpiresAt = wanted.ExpiresAt,
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = creator.Id,
        };
        foreach (var scope in key.Scopes)
            if (!creator.May(scope)) throw ApiException.Forbidden(scope);
        var work = new UnitOfWork(creator.Tenant);
        Put(work, key, expected: 0);
        work.Raise(EventCatalogue.ApiKeyCreated.By(creator.Id, key.Id, key.Told(), 1));
        also?.Invoke(work, key, secret);
        await store.CommitAsync(work, cancellationToken);
        return (key, secret);
    }

    /// <summary>Revokes a key: it works no longer when this returns.</summary>
    public async Task RevokeAsync(Principal principal, string id, long? expected, CancellationToken cancellationToken)
    {
        var tenant = principal.Tenant;
        var (key, etag) = await GetAsync(tenant, id, cancellationToken);
        var work = new UnitOfWork(tenant).Delete(ApiKey.Type, id, expected).Delete(ApiKey.UseType, id);
        await store.CommitAsync(work.Raise(EventCatalogue.ApiKeyRevoked.By(principal.Id, id, key.Told(), etag + 1)), cancellationToken);
        _byHash.TryRemove(key.Hash, out _);
    }

    internal static void Put(UnitOfWork work, ApiKey key, long? expected) =>
        work.Put(ApiKey.Type, key.Id, key.ToDocument(), new Dictionary<string, string> { ["hash"] = key.Hash }, expected);

    /// <summary>Writes down when keys were last used; called now and then. Kept apart from the keys, so that use changes no ETag.</summary>
    public async Task SaveLastUsesAsync(CancellationToken cancellationToken)
    {
        foreach (var cached in _byHash.Values)
        {
            if (cached.TakeUnsavedUse() is not { } usedAt) continue;
            var use = new ObjectValue { { "lastUsedAt", Rfc3339.Write(usedAt) } };
            await store.CommitAsync(new UnitOfWork(Tenants.Default).Put(ApiKey.UseType, cached.Key.Id, use), cancellationToken);
        }
    }

    private async ValueTask<ApiKey> WithLastUseAsync(string tenant, ApiKey key, CancellationToken cancellationToken)
    {
        if (_byHash.TryGetValue(key.Hash, out var cached) && cached.LastUsedAt is { } used) return key with { LastUsedAt = used };
        var saved = await store.GetAsync(tenant, ApiKey.UseType, key.Id, cancellationToken);
        return saved?.Body["lastUsedAt"].AsString is { } text && Rfc3339.TryParse(text, out var time) ? key with { LastUsedAt = time } : key;
    }

    /// <summary>A key in memory with its last use, in whole minutes.</summary>
    private sealed class CachedKey(ApiKey key, long seenAt)
    {
        private long _usedMinute;
        private long _savedMinute;
        private long _seenAt = seenAt;

        public ApiKey Key { get; } = key;

        /// <summary>When the store was last seen to have it, as a time stamp.</summary>
        public long SeenAt
        {
            get => Interlocked.Read(ref _seenAt);
            set => Interlocked.Exchange(ref _seenAt, value);
        }

        public DateTimeOffset? LastUsedAt => Interlocked.Read(ref _usedMinute) is > 0 and var minute ? TimeOf(minute) : null;

        public void Used(DateTimeOffset now)
        {
            var minute = now.Ticks / LastUseGranularity.Ticks;
            if (Interlocked.Read(ref _usedMinute) != minute) Interlocked.Exchange(ref _usedMinute, minute);
        }

        public DateTimeOffset? TakeUnsavedUse()
        {
            var used = Interlocked.Read(ref _usedMinute);
            return used == Interlocked.Exchange(ref _savedMinute, used) ? null : TimeOf(used);
        }

        private static DateTimeOffset TimeOf(long minute) => new(minute * LastUseGranularity.Ticks, TimeSpan.Zero);
    }
}

/// <param name="Scopes">Null: all that the creator has.</param>
public sealed record NewApiKey(string Name, IReadOnlyList<string>? Scopes, IReadOnlyList<string> IpAllowList, DateTimeOffset? ExpiresAt);
