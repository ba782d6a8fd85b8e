using Azure;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Secrets;

/// <summary>
/// Secrets in Azure Key Vault: one of its secrets for each of ours, with its versions. Retired versions are disabled; deleted secrets are kept for the days of the vault's soft delete, in which
/// nothing can be stored under their name. It asks the vault each time: a cache belongs in front.
/// </summary>
public sealed class KeyVaultSecretStore : ISecretStore, IDisposable
{
    private readonly SecretClient _client;
    private readonly VaultCalls _calls;
    private readonly VaultSealing _sealing;

    public KeyVaultSecretStore(SecretClient client, TimeProvider time, ILogger<KeyVaultSecretStore> log)
    {
        _client = client;
        _calls = new VaultCalls(time, log);
        _sealing = new VaultSealing(client, _calls, time, log);
    }

    public static SecretClient Open(Uri vault, TokenCredential credential) => new(vault, credential, OptionsFor());

    public async Task<string> PutAsync(string tenant, string name, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default)
    {
        SecretNames.Require(name);
        SecretNames.RequireSize(secret.Length);
        try
        {
            var stored = await _calls.TryAsync(async () => (await _client.SetSecretAsync(VaultNames.Of(tenant, name), VaultText.Write(secret.Span), cancellationToken)).Value);
            return stored?.Properties.Version ?? throw new StoreUnavailableException("The vault did not take a secret.", TimeSpan.FromSeconds(2));
        }
        catch (RequestFailedException e) when (VaultCalls.IsDeleted(e))
        {
            throw new SecretDeletedException(name);
        }
    }

    /// <exception cref="SecretUnreadableException">It was not stored by LinkFlow.</exception>
    public async ValueTask<SecretBuffer?> OpenAsync(string tenant, string name, string version, CancellationToken cancellationToken = default)
    {
        if (!SecretNames.IsName(name) || !VaultNames.IsVersion(version)) return null;
        var found = await _calls.TryAsync(async () => (await _client.GetSecretAsync(VaultNames.Of(tenant, name), version, cancellationToken: cancellationToken)).Value);
        return found is null ? null : VaultText.Read(found.Value)
            ?? throw new SecretUnreadableException($"The secret '{name}' was not stored by LinkFlow: someone changed '{found.Name}' in the vault. Set it anew.");
    }

    public async Task RetireOthersAsync(string tenant, string name, string version, CancellationToken cancellationToken = default)
    {
        SecretNames.Require(name);
        var others = await _calls.TryAsync(() => EnabledAsync(VaultNames.Of(tenant, name), cancellationToken));
        if (others?.RemoveAll(o => o.Version == version) is null or 0) return;
        foreach (var other in others)
        {
            other.Enabled = false;
            await _calls.TryAsync(async () => (await _client.UpdateSecretPropertiesAsync(other, cancellationToken)).Value);
        }
    }

    public async Task DeleteAsync(string tenant, string name, CancellationToken cancellationToken = default)
    {
        SecretNames.Require(name);
        try
        {
            await _calls.TryAsync(() => _client.StartDeleteSecretAsync(VaultNames.Of(tenant, name), cancellationToken));
        }
        catch (RequestFailedException e) when (VaultCalls.IsDeleted(e))
        {
            // Someone else deletes it right now.
        }
    }

    public async ValueTask<byte[]> SealAsync(string tenant, string purpose, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default)
    {
        SecretNames.RequireSize(secret.Length);
        var (version, key) = await _sealing.NewestAsync(tenant);
        return SealedEnvelope.Seal(key.Bytes, Guid.ParseExact(version, "N").ToString("D"), new SecretPlace(tenant, purpose, ""), secret.Span);
    }

    public async ValueTask<SecretBuffer> UnsealAsync(string tenant, string purpose, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default)
    {
        var version = Guid.ParseExact(SealedEnvelope.KeyVersionOf(envelope.Span, purpose), "D").ToString("N");
        var key = await _sealing.FindAsync(tenant, version) ?? throw new SecretUnreadableException(
            $"What was sealed for '{purpose}' needs version {version} of '{VaultNames.OfSealingKey(tenant)}', which the vault does not have or has disabled: it was sealed for another tenant, or with a key that was retired. Obtain it anew.");
        return SealedEnvelope.Open(key.Bytes, new SecretPlace(tenant, purpose, ""), envelope.Span);
    }

    public void Dispose() => _sealing.Dispose();

    internal static SecretClientOptions OptionsFor() => new()
    {
        Retry = { MaxRetries = 3, Mode = RetryMode.Exponential, Delay = TimeSpan.FromMilliseconds(400), MaxDelay = TimeSpan.FromSeconds(4), NetworkTimeout = TimeSpan.FromSeconds(15) },
    };

    private async Task<List<SecretProperties>> EnabledAsync(string name, CancellationToken cancellationToken)
    {
        var enabled = new List<SecretProperties>();
        await foreach (var version in _client.GetPropertiesOfSecretVersionsAsync(name, cancellationToken))
            if (version.Enabled != false) enabled.Add(version);
        return enabled;
    }
}
