using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;
using LinkFlow.Platform.Tests.Ports;

namespace LinkFlow.Local.Tests.Secrets;

/// <summary>The store as hosts have it: behind the cache nothing is different.</summary>
public sealed class CachedLocalStoreTests : SecretStoreContract, IAsyncLifetime
{
    private TestSecrets _test = null!;
    private CachedSecretStore _cache = null!;

    protected override ISecretStore Store => _cache;

    public async Task InitializeAsync()
    {
        _test = await TestSecrets.OpenAsync();
        _cache = Cached(_test.Store);
    }

    public Task DisposeAsync()
    {
        _cache.Dispose();
        _test.Dispose();
        return Task.CompletedTask;
    }

    private static CachedSecretStore Cached(ISecretStore store) => new(store, TimeSpan.FromMinutes(1), TimeProvider.System);
}
