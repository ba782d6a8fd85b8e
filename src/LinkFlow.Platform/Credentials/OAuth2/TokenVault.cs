using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>
/// Where tokens are kept: refresh tokens as versions of a secret, access tokens sealed in the record. Whoever writes a record says which version of it was
/// read; of two, one succeeds.
/// </summary>
public sealed class TokenVault(IDocumentStore store, ISecretStore secrets, TimeProvider clock, ILogger<TokenVault> log)
{
    private const int MaxTries = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <returns>The record and its ETag; null and 0: there is none.</returns>
    public async Task<(TokenRecord? Record, long ETag)> ReadAsync(string tenant, string credentialId, CancellationToken cancellationToken)
    {
        var document = await store.GetAsync(tenant, TokenRecord.Type, credentialId, cancellationToken);
        return document is null ? (null, 0) : (TokenRecord.FromDocument(document.Body), document.ETag);
    }

    /// <param name="also">Adds what must become durable with it.</param>
    /// <returns>False: another one was written meanwhile.</returns>
    /// <exception cref="StoreUnavailableException">Not written.</exception>
    public async Task<bool> TryWriteAsync(string tenant, string credentialId, TokenRecord record, long expected, Action<UnitOfWork>? also = null)
    {
        var work = new UnitOfWork(tenant).Put(TokenRecord.Type, credentialId, record.ToDocument(), expected: expected);
        also?.Invoke(work);
        try
        {
            await store.CommitAsync(work, CancellationToken.None);
            return true;
        }
        catch (DocumentConflictException)
        {
            return false;
        }
    }

    /// <summary>Puts what a server gave into a record. The refresh token is durable before it is referred to, and both before anyone uses them; the version before is retired.</summary>
    /// <param name="record">What is known beyond the tokens; nobody holds it afterwards.</param>
    /// <returns>False: another record was written meanwhile, and this grant is dropped.</returns>
    /// <exception cref="StoreUnavailableException">The store did not take it for several seconds.</exception>
    public async Task<bool> KeepAsync(string tenant, string credentialId, TokenRecord record, long expected, TokenGrant grant, Action<UnitOfWork>? also = null)
    {
        var version = record.Refresh;
        if (grant.RefreshToken is { } refresh)
            version = await InsistAsync(credentialId, () => WithBytesAsync(refresh, bytes => secrets.PutAsync(tenant, TokenRecord.SecretName(credentialId), bytes)));
        var access = await InsistAsync(credentialId, () => WithBytesAsync(grant.AccessToken, async bytes => await secrets.SealAsync(tenant, TokenRecord.Purpose(credentialId), bytes)));
        var whole = record with { Generation = record.Generation + 1, Access = access, Refresh = version, Lapsed = null, Holder = null };
        if (!await InsistAsync(credentialId, () => TryWriteAsync(tenant, credentialId, whole, expected, also))) return false;
        if (version is not null && version != record.Refresh) await InsistAsync(credentialId, () => RetireAsync(tenant, credentialId, version));
        return true;
    }

    /// <returns>Null: the record has none, or it cannot be opened any more.</returns>
    public async Task<string?> OpenAccessAsync(string tenant, string credentialId, TokenRecord record, CancellationToken cancellationToken)
    {
        if (record.Access is null) return null;
        try
        {
            using var opened = await secrets.UnsealAsync(tenant, TokenRecord.Purpose(credentialId), record.Access, cancellationToken);
            return Encoding.UTF8.GetString(opened.Bytes);
        }
        catch (SecretUnreadableException e)
        {
            // An access token can be had anew.
            log.TokenNotGot(credentialId, e.Message);
            return null;
        }
    }

    /// <returns>Null: the record has none, or its version was retired.</returns>
    /// <exception cref="SecretUnreadableException">It is there and cannot be opened.</exception>
    public async Task<string?> OpenRefreshAsync(string tenant, string credentialId, TokenRecord record, CancellationToken cancellationToken)
    {
        if (record.Refresh is null) return null;
        using var opened = await secrets.OpenAsync(tenant, TokenRecord.SecretName(credentialId), record.Refresh, cancellationToken);
        return opened is null ? null : Encoding.UTF8.GetString(opened.Bytes);
    }

    /// <summary>Deletes the tokens of credentials that are gone: what a crash left behind.</summary>
    public async Task SweepAsync(string tenant, Func<string, Task<bool>> exists, CancellationToken cancellationToken)
    {
        await foreach (var document in store.ReadAllAsync(new DocumentQuery(tenant, TokenRecord.Type), cancellationToken))
            if (!await exists(document.Id)) await DeleteAsync(tenant, document.Id, cancellationToken);
    }

    /// <summary>Deletes a credential's tokens, if it has any. The record goes last: while it is there, a sweep can find what a crash left.</summary>
    public async Task DeleteAsync(string tenant, string credentialId, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(tenant, TokenRecord.Type, credentialId, cancellationToken) is null) return;
        await secrets.DeleteAsync(tenant, TokenRecord.SecretName(credentialId), cancellationToken);
        await store.CommitAsync(new UnitOfWork(tenant).Delete(TokenRecord.Type, credentialId), cancellationToken);
    }

    /// <summary>Seals a text for a document.</summary>
    public async Task<string> SealAsync(string tenant, string purpose, string text) =>
        Convert.ToBase64String(await WithBytesAsync(text, async bytes => await secrets.SealAsync(tenant, purpose, bytes)));

    /// <exception cref="SecretUnreadableException">It cannot be opened.</exception>
    public async Task<string> UnsealAsync(string tenant, string purpose, string written)
    {
        using var opened = await secrets.UnsealAsync(tenant, purpose, Convert.FromBase64String(written));
        return Encoding.UTF8.GetString(opened.Bytes);
    }

    private async Task<bool> RetireAsync(string tenant, string credentialId, string version)
    {
        await secrets.RetireOthersAsync(tenant, TokenRecord.SecretName(credentialId), version);
        return true;
    }

    /// <summary>A server that rotates refresh tokens gives each once: it is not lost because the store is busy for a moment.</summary>
    private async Task<T> InsistAsync<T>(string credentialId, Func<Task<T>> write)
    {
        var pause = FirstPause;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await write();
            }
            catch (StoreUnavailableException e) when (tries < MaxTries)
            {
                log.TokenNotStored(credentialId, e.Message);
            }

            await Task.Delay(pause, clock);
            pause *= 2;
        }
    }

    private static async Task<T> WithBytesAsync<T>(string text, Func<ReadOnlyMemory<byte>, Task<T>> use)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            return await use(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
