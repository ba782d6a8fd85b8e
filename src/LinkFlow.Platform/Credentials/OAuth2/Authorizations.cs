using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials.OAuth2;
using LinkFlow.Platform.Credentials.Opening;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>
/// The way to a user's consent and back (RFC 6749 §4.1, RFC 7636): begins with a URL for the browser, ends at the callback with tokens in the vault.
/// The state is single-use, lives ten minutes, and is bound to tenant, credential and principal.
/// </summary>
internal sealed class Authorizations(
    IDocumentStore store, CredentialService credentials, CredentialDirectory directory, CredentialOpening opening, TokenVault vault, TokenRequests requests, AccessTokens tokens,
    ApiKeyService keys, PublicAddress address, TimeProvider clock, ILogger<Authorizations> log)
{
    public const string CallbackPath = "/oauth2/callback";

    public string RedirectUri => address.Url + CallbackPath;

    /// <returns>Where the user's browser is to go, and until when that works.</returns>
    /// <exception cref="ApiException">404, 403; 409: the credential is of a type without consent, or its fields do not make a URL.</exception>
    public async Task<(Uri Url, DateTimeOffset ExpiresAt)> BeginAsync(Principal principal, string credentialId, CancellationToken cancellationToken)
    {
        var (credential, _) = await credentials.GetAsync(principal, credentialId, cancellationToken);
        CredentialAccess.RequireEdit(principal, credential);
        if (credential.TypeName != OAuth2Client.AuthorizationCode)
            throw ApiException.Conflict($"The credential is of the type '{credential.TypeName}'; only those of the type '{OAuth2Client.AuthorizationCode}' are authorised by a user.");
        var client = await ClientOfAsync(principal.Tenant, credential, cancellationToken);
        var state = AuthorizationState.Draw(principal.Tenant);
        var verifier = AuthorizationState.Random();
        var id = AuthorizationState.IdOf(state);
        var begun = new AuthorizationState(credentialId, principal.Id, TokenRecord.ClientOf(client), await vault.SealAsync(principal.Tenant, AuthorizationState.Purpose(id), verifier));
        var until = clock.GetUtcNow() + AuthorizationState.Lifetime;
        await store.CommitAsync(new UnitOfWork(principal.Tenant).Put(AuthorizationState.Type, id, begun.ToDocument(), expected: 0, expiresAt: until), cancellationToken);
        return (UrlOf(client, state, AuthorizationState.ChallengeOf(verifier)), until);
    }

    /// <summary>Takes what the authorization server sent the browser back with.</summary>
    /// <param name="error">The server's error code; null: none.</param>
    /// <returns>The credential's name.</returns>
    /// <exception cref="AuthorizationFailedException">No tokens came of it; the message is for the user and holds no secret.</exception>
    public async Task<string> CompleteAsync(string? state, string? code, string? error, CancellationToken cancellationToken)
    {
        var (tenant, id, begun) = await TakeAsync(state, cancellationToken);
        if (error is not null) throw Failed($"The authorization server refused: {error}");
        if (string.IsNullOrEmpty(code)) throw Failed("The authorization server sent no code.");
        var credential = await directory.ReadAsync(tenant, begun.CredentialId, cancellationToken) ?? throw Failed("The credential was deleted meanwhile.");
        if (!await keys.IsInForceAsync(tenant, begun.Principal, cancellationToken)) throw Failed("The API key that it was begun with was revoked or has expired meanwhile.");
        try
        {
            var opened = await opening.OpenForTestAsync(tenant, credential, cancellationToken);
            var client = OAuth2Client.Of(opened);
            if (TokenRecord.ClientOf(client) != begun.Client) throw Failed("The credential was changed meanwhile. Begin again.");
            var verifier = await vault.UnsealAsync(tenant, AuthorizationState.Purpose(id), begun.Verifier);
            var grant = await requests.ByCodeAsync(opened, client, code, verifier, RedirectUri, CancellationToken.None);
            await KeepAsync(tenant, credential, client, grant, begun.Principal);
            return credential.Name;
        }
        catch (NodeException e)
        {
            throw Failed(e.Message);
        }
        catch (SecretUnreadableException e)
        {
            throw Failed(e.Message);
        }
    }

    /// <summary>Finds what was begun and takes it away in one step: of two callbacks with one state, one goes on.</summary>
    private async Task<(string Tenant, string Id, AuthorizationState Begun)> TakeAsync(string? state, CancellationToken cancellationToken)
    {
        var unknown = Failed("This authorisation is not known here: it was completed already, was begun more than ten minutes ago, or the address was not copied whole. Begin again.");
        if (AuthorizationState.TenantOf(state) is not { } tenant || tenant != Tenants.Default) throw unknown;
        var id = AuthorizationState.IdOf(state!);
        if (await store.GetAsync(tenant, AuthorizationState.Type, id, cancellationToken) is not { } document || !AuthorizationState.IsOf(document.Id, state!)) throw unknown;
        try
        {
            await store.CommitAsync(new UnitOfWork(tenant).Delete(AuthorizationState.Type, id, document.ETag), cancellationToken);
        }
        catch (DocumentConflictException)
        {
            throw unknown;
        }

        return (tenant, id, AuthorizationState.FromDocument(document.Body));
    }

    private async Task KeepAsync(string tenant, Credential credential, OAuth2Client client, TokenGrant grant, string principal)
    {
        while (true)
        {
            var (before, etag) = await vault.ReadAsync(tenant, credential.Id, CancellationToken.None);
            // The former user's refresh token must not be taken for this one's.
            var record = tokens.TimesOf(new TokenRecord { Client = TokenRecord.ClientOf(client), Generation = before?.Generation ?? 0 }, grant, client);
            var authorized = EventCatalogue.CredentialAuthorized.By(principal, credential.Id, credential.Told());
            if (await vault.KeepAsync(tenant, credential.Id, record, etag, grant, work => work.Raise(authorized))) break;
        }

        tokens.Drop(tenant, credential.Id);
        log.Authorized(credential.Id, principal);
    }

    private async Task<OAuth2Client> ClientOfAsync(string tenant, Credential credential, CancellationToken cancellationToken)
    {
        try
        {
            return OAuth2Client.Of(await opening.OpenForTestAsync(tenant, credential, cancellationToken));
        }
        catch (NodeException e)
        {
            throw ApiException.Conflict(e.Message);
        }
    }

    private Uri UrlOf(OAuth2Client client, string state, string challenge)
    {
        List<KeyValuePair<string, string>> query =
        [
            new("response_type", "code"), new("client_id", client.ClientId), new("redirect_uri", RedirectUri), new("state", state),
            new("code_challenge", challenge), new("code_challenge_method", "S256"), .. client.Extra,
        ];
        if (client.Scope is { } scope) query.Add(new("scope", scope));
        var text = string.Join('&', query.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
        var given = client.AuthorizeUrl!.Query.TrimStart('?');
        return new UriBuilder(client.AuthorizeUrl) { Query = given.Length == 0 ? text : $"{given}&{text}", Fragment = "" }.Uri;
    }

    private AuthorizationFailedException Failed(string message)
    {
        log.NotAuthorized(message);
        return new AuthorizationFailedException(message);
    }
}

/// <summary>An authorisation came to nothing; the message is for the user who stands before the browser.</summary>
internal sealed class AuthorizationFailedException(string message) : Exception(message);
