using LinkFlow.Azure.Secrets;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;
using LinkFlow.Platform.Tests.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Azure.Tests.Secrets;

/// <summary>The port's suite over the fake vault.</summary>
public sealed class KeyVaultContractTests : SecretStoreContract, IDisposable
{
    private readonly KeyVaultSecretStore _store = new(new FakeVault().Client(), TimeProvider.System, NullLogger<KeyVaultSecretStore>.Instance);

    protected override ISecretStore Store => _store;

    public void Dispose() => _store.Dispose();
}

/// <summary>The store as hosts have it.</summary>
public sealed class CachedKeyVaultContractTests : SecretStoreContract, IDisposable
{
    private readonly KeyVaultSecretStore _store = new(new FakeVault().Client(), TimeProvider.System, NullLogger<KeyVaultSecretStore>.Instance);
    private readonly CachedSecretStore _cache;

    public CachedKeyVaultContractTests() => _cache = new CachedSecretStore(_store, TimeSpan.FromMinutes(1), TimeProvider.System);

    protected override ISecretStore Store => _cache;

    public void Dispose()
    {
        _cache.Dispose();
        _store.Dispose();
    }
}
