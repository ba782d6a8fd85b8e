using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure;
using Azure.Security.KeyVault.Secrets;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Secrets;

/// <summary>
/// The keys that seal what is kept elsewhere: one secret of the vault per tenant, with a new version every <see cref="KeyLife"/>. Versions are kept in memory; which one is the newest is asked
/// again every <see cref="NewestLife"/>.
/// </summary>
internal sealed class VaultSealing(SecretClient client, VaultCalls calls, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan KeyLife = TimeSpan.FromDays(90);
    private static readonly TimeSpan NewestLife = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Tenant, string Version), Lazy<Task<SecretBuffer?>>> _keys = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<Newest>>> _newest = new(StringComparer.Ordinal);

    /// <returns>A version, and the key that it names.</returns>
    public async ValueTask<(string Version, SecretBuffer Key)> NewestAsync(string tenant)
    {
        while (true)
        {
            var newest = await OnceAsync(_newest, tenant, () => FindOrDrawAsync(tenant));
            if (newest.Until > time.GetUtcNow()) return (newest.Version, await FindAsync(tenant, newest.Version) ?? throw Gone(tenant));
            _newest.TryRemove(tenant, out _);
        }
    }

    /// <returns>Null: the tenant has no such version, or it was disabled.</returns>
    public async ValueTask<SecretBuffer?> FindAsync(string tenant, string version)
    {
        var key = await OnceAsync(_keys, (tenant, version), () => ReadAsync(tenant, version));
        // What is not there may come: it is asked for again.
        if (key is null) _keys.TryRemove((tenant, version), out _);
        return key;
    }

    public void Dispose()
    {
        foreach (var key in _keys.Values)
            if (key is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: { } buffer } }) buffer.Dispose();
    }

    private async Task<Newest> FindOrDrawAsync(string tenant)
    {
        var name = VaultNames.OfSealingKey(tenant);
        var now = time.GetUtcNow();
        var found = await calls.TryAsync(async () => (await client.GetSecretAsync(name)).Value);
        if (found is not null && found.Properties.CreatedOn + KeyLife > now) return new Newest(found.Properties.Version, now + NewestLife);
        var drawn = await calls.TryAsync(() => DrawAsync(name)) ?? throw Gone(tenant);
        VaultLog.SealingKeyDrawn(log);
        return new Newest(drawn.Properties.Version, now + NewestLife);
    }

    private async Task<KeyVaultSecret> DrawAsync(string name)
    {
        var key = GC.AllocateUninitializedArray<byte>(SealedEnvelope.KeySize, pinned: true);
        try
        {
            RandomNumberGenerator.Fill(key);
            return (await client.SetSecretAsync(new KeyVaultSecret(name, VaultText.Write(key)))).Value;
        }
        catch (RequestFailedException e) when (VaultCalls.IsDeleted(e))
        {
            throw new SecretUnreadableException($"The sealing key '{name}' of the vault was deleted. Recover it there.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private async Task<SecretBuffer?> ReadAsync(string tenant, string version)
    {
        var secret = await calls.TryAsync(async () => (await client.GetSecretAsync(VaultNames.OfSealingKey(tenant), version)).Value);
        if (secret is null) return null;
        var key = VaultText.Read(secret.Value);
        if (key?.Bytes.Length == SealedEnvelope.KeySize) return key;
        key?.Dispose();
        throw new SecretUnreadableException($"The sealing key '{secret.Name}' of the vault, version {version}, is none of LinkFlow's. Disable that version.");
    }

    /// <summary>Many who ask at once cause one call; one that failed is made again.</summary>
    private static async ValueTask<T> OnceAsync<TKey, T>(ConcurrentDictionary<TKey, Lazy<Task<T>>> known, TKey key, Func<Task<T>> call)
        where TKey : notnull
    {
        var once = known.GetOrAdd(key, _ => new Lazy<Task<T>>(call));
        try
        {
            return await once.Value;
        }
        catch
        {
            known.TryRemove(KeyValuePair.Create(key, once));
            throw;
        }
    }

    private static SecretUnreadableException Gone(string tenant) => new($"The sealing key '{VaultNames.OfSealingKey(tenant)}' of the vault is disabled or deleted. Bring it back, or enable a version of it.");

    private sealed record Newest(string Version, DateTimeOffset Until);
}
