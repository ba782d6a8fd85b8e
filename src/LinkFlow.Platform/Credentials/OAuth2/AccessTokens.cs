using System.Collections.Concurrent;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>
/// Gives access tokens: from memory, else from the record, else from the server. Who asks the server holds a lease in the record, so of all hosts one asks
/// at a time and the others take what it got; within a process callers share one asking. A caller that gives up does not end it.
/// </summary>
internal sealed class AccessTokens(TokenVault vault, TokenRequests requests, PublicAddress address, TimeProvider clock, ILogger<AccessTokens> log) : IAccessTokens
{
    /// <summary>How long one host may ask. A host that died is waited for no longer.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    /// <summary>A token is replaced this long before its end, or a tenth of its life if that is less.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(60);

    /// <summary>Where an API refuses a token that was just got because it had refused the one before, another one would be no better.</summary>
    private static readonly TimeSpan TooYoungToRenew = TimeSpan.FromSeconds(5);

    /// <summary>For servers that do not say, where another token can be got.</summary>
    private static readonly TimeSpan UnknownLife = TimeSpan.FromHours(1);

    /// <summary>While a token is good, a server that fails is left alone for this long.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    /// <summary>How long another host's change (another user's consent) may go unnoticed.</summary>
    private static readonly TimeSpan KeptInMemory = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(90);
    private const int MostKept = 10_000;

    private readonly string _host = Guid.NewGuid().ToString("n");
    private readonly ConcurrentDictionary<(string Tenant, string Id), HeldToken> _held = new();
    private readonly ConcurrentDictionary<(string Tenant, string Id, string Want), Lazy<Task<HeldToken?>>> _asking = new();

    public ValueTask<string> GetAsync(OpenedCredential credential, CancellationToken cancellationToken) =>
        _held.TryGetValue((credential.Tenant, credential.Id), out var held) && held.Version == credential.Version && clock.GetUtcNow() < held.UseUntil
            ? new(held.Token)
            : new(AskedAsync(credential, cancellationToken));

    public async ValueTask<string?> RenewAsync(OpenedCredential credential, string refused, CancellationToken cancellationToken) =>
        (await ShareAsync(credential, new Wish(refused, IsNew: false), cancellationToken))?.Token;

    public async ValueTask<string?> GetNewAsync(OpenedCredential credential, CancellationToken cancellationToken) =>
        (await ShareAsync(credential, new Wish(null, IsNew: true), cancellationToken))?.Token;

    /// <summary>Drops what is in memory, so that the record counts.</summary>
    public void Drop(string tenant, string credentialId) => _held.TryRemove((tenant, credentialId), out _);

    private async Task<string> AskedAsync(OpenedCredential credential, CancellationToken cancellationToken) =>
        (await ShareAsync(credential, new Wish(null, IsNew: false), cancellationToken))!.Token;

    private async Task<HeldToken?> ShareAsync(OpenedCredential credential, Wish wish, CancellationToken cancellationToken)
    {
        var key = (credential.Tenant, credential.Id, $"{credential.Version} {wish.Name}");
        var asking = _asking.GetOrAdd(key, _ => new Lazy<Task<HeldToken?>>(() => Task.Run(() => AskAsync(credential, wish), CancellationToken.None)));
        var task = asking.Value;
        _ = task.ContinueWith(_ => _asking.TryRemove(KeyValuePair.Create(key, asking)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            return await task.WaitAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            throw new NodeException(
                new NodeError(CredentialErrors.TokenUnavailable, $"No token for the {credential}: {e.Message}", Transient: true, RetryAfterMs: (long)e.RetryAfter.TotalMilliseconds), e);
        }
    }

    private async Task<HeldToken?> AskAsync(OpenedCredential credential, Wish wish)
    {
        var client = OAuth2Client.Of(credential);
        var mark = TokenRecord.ClientOf(client);
        var giveUpAt = clock.GetUtcNow() + LongestWait;
        int? firstGeneration = null;
        while (true)
        {
            var (record, etag) = await vault.ReadAsync(credential.Tenant, credential.Id, CancellationToken.None);
            if (record?.Client != mark) record = new TokenRecord { Client = mark, Lapsed = client.NeedsConsent ? "it was never authorised, or for another client or server." : null };
            firstGeneration ??= record.Generation;
            var now = clock.GetUtcNow();
            if (record.Lapsed is { } lapsed) throw Reauthorize(credential, lapsed);
            var held = await OpenAsync(credential, record, now);
            if (held is not null && wish.IsMetBy(held, record, firstGeneration.Value, now)) return Keep(credential, held);

            var mayUseOld = held is not null && wish.TakesOld;
            if (client.NeedsConsent && record.Refresh is null)
            {
                if (held is not null) return mayUseOld ? Keep(credential, held) : null;
                throw await LapseAsync(credential, record, etag, "its token has expired, and the server gave no refresh token.");
            }

            if (held is not null && held.Token == wish.Refused && record.IsRenewal && now - record.ObtainedAt < TooYoungToRenew) return null;
            if (record.IsHeldByOther(now))
            {
                if (mayUseOld) return held;
                if (now > giveUpAt) throw new NodeException(new NodeError(CredentialErrors.TokenUnavailable, $"No token for the {credential}: another host asks for one, and has not got it yet.", Transient: true));
                await Task.Delay(PollEvery, clock);
                continue;
            }

            var leased = record with { Holder = $"{_host} {Guid.NewGuid():n}", HeldUntil = now + Lease };
            if (!await vault.TryWriteAsync(credential.Tenant, credential.Id, leased, etag)) continue;
            if (await RequestAsync(credential, client, leased, etag + 1, wish, mayUseOld ? held : null) is { } got) return Keep(credential, got);
        }
    }

    /// <summary>With the lease in hand.</summary>
    /// <param name="old">What can be used if there is nothing better.</param>
    /// <returns>Null: the record was changed by someone else; it is to be looked at again.</returns>
    private async Task<HeldToken?> RequestAsync(OpenedCredential credential, OAuth2Client client, TokenRecord leased, long etag, Wish wish, HeldToken? old)
    {
        TokenGrant grant;
        try
        {
            grant = await RequestAsync(credential, client, leased);
        }
        catch (NodeException e) when (e.Error.Code == CredentialErrors.Reauthorize && client.NeedsConsent)
        {
            throw await LapseAsync(credential, leased, etag, e.Message);
        }
        catch (NodeException e)
        {
            log.TokenNotGot(credential.Id, e.Message);
            await vault.TryWriteAsync(credential.Tenant, credential.Id, leased with { Holder = null }, etag);
            if (old is not null) return old with { UseUntil = Earlier(clock.GetUtcNow() + PauseAfterFailure, old.ExpiresAt) };
            // A client that is refused for itself has nobody to ask for consent.
            throw e.Error.Code == CredentialErrors.Reauthorize ? new NodeException(CredentialErrors.Refused, e.Message) : e;
        }

        var record = TimesOf(leased, grant, client) with { IsRenewal = wish.Refused is not null };
        if (!await vault.KeepAsync(credential.Tenant, credential.Id, record, etag, grant)) return null;
        log.TokenGot(credential.Id, record.ExpiresAt);
        return Of(credential, grant.AccessToken, record);
    }

    private async Task<TokenGrant> RequestAsync(OpenedCredential credential, OAuth2Client client, TokenRecord leased)
    {
        if (!client.NeedsConsent) return await requests.ByClientCredentialsAsync(credential, client, CancellationToken.None);
        string? refresh;
        try
        {
            refresh = await vault.OpenRefreshAsync(credential.Tenant, credential.Id, leased, CancellationToken.None);
        }
        catch (SecretUnreadableException e)
        {
            throw new NodeException(new NodeError(CredentialErrors.Unreadable, $"The refresh token of the {credential} cannot be opened: {e.Message}"), e);
        }

        if (refresh is null) throw new NodeException(CredentialErrors.Reauthorize, "its refresh token is gone.");
        return await requests.ByRefreshTokenAsync(credential, client, refresh, CancellationToken.None);
    }

    /// <summary>When a token that was just given ends, and when it is replaced.</summary>
    public TokenRecord TimesOf(TokenRecord record, TokenGrant grant, OAuth2Client client)
    {
        var now = clock.GetUtcNow();
        var canRenew = !client.NeedsConsent || (grant.RefreshToken ?? record.Refresh) is not null;
        if ((grant.Lifetime ?? (canRenew ? UnknownLife : null)) is not { } life) return record with { ObtainedAt = now, ExpiresAt = null, RefreshAt = null };
        var ahead = life / 10 < Ahead ? life / 10 : Ahead;
        return record with { ObtainedAt = now, ExpiresAt = now + life, RefreshAt = now + life - ahead };
    }

    private async Task<HeldToken?> OpenAsync(OpenedCredential credential, TokenRecord record, DateTimeOffset now) =>
        record.IsValid(now) && await vault.OpenAccessAsync(credential.Tenant, credential.Id, record, CancellationToken.None) is { } token ? Of(credential, token, record) : null;

    private static HeldToken Of(OpenedCredential credential, string token, TokenRecord record) =>
        new(token, credential.Version, record.RefreshAt ?? DateTimeOffset.MaxValue, record.ExpiresAt ?? DateTimeOffset.MaxValue);

    private HeldToken Keep(OpenedCredential credential, HeldToken held)
    {
        if (_held.Count >= MostKept) _held.Clear();
        _held[(credential.Tenant, credential.Id)] = held with { UseUntil = Earlier(held.UseUntil, clock.GetUtcNow() + KeptInMemory) };
        return held;
    }

    /// <summary>Writes down that a person must consent, and says so.</summary>
    private async Task<NodeException> LapseAsync(OpenedCredential credential, TokenRecord record, long etag, string why)
    {
        var lapsed = record with { Access = null, ExpiresAt = null, RefreshAt = null, Lapsed = why, Holder = null };
        _held.TryRemove((credential.Tenant, credential.Id), out _);
        var data = new ObjectValue { { "credentialId", credential.Id }, { "name", credential.Name }, { "type", credential.Type } };
        if (await vault.TryWriteAsync(credential.Tenant, credential.Id, lapsed, etag, work => work.Raise(EventCatalogue.CredentialReauthorize.By(null, credential.Id, data))))
            log.MustReauthorize(credential.Id, why);
        return Reauthorize(credential, why);
    }

    private NodeException Reauthorize(OpenedCredential credential, string why) => new(
        CredentialErrors.Reauthorize, $"The {credential} must be authorised again: {why} Ask {address.Url}{ApiRoutes.BasePath}/credentials/{credential.Id}/oauth2/authorize for the address where a person can do so.");

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    /// <param name="Refused">A token that is not good enough; null: any is.</param>
    /// <param name="IsNew">Only one that is got from now on.</param>
    private sealed record Wish(string? Refused, bool IsNew)
    {
        public string Name => IsNew ? "new" : Refused is null ? "any" : "not " + Refused;
        public bool TakesOld => Refused is null && !IsNew;

        public bool IsMetBy(HeldToken held, TokenRecord record, int firstGeneration, DateTimeOffset now) =>
            IsNew ? record.Generation > firstGeneration : Refused is null ? now < held.UseUntil : held.Token != Refused;
    }

    /// <param name="UseUntil">From then on another one is got.</param>
    private sealed record HeldToken(string Token, long Version, DateTimeOffset UseUntil, DateTimeOffset ExpiresAt);
}
