using System.Collections.Concurrent;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Secrets;

/// <summary>
/// Keeps opened secrets in memory for a short while, in front of the store that a host has. Many who open one secret at
/// once cause one call. Everyone gets a copy, so that a secret that is dropped can be zeroed whoever still reads it. What
/// this process changes is dropped at once; what another one retires or deletes opens here until its time is over.
/// </summary>
public sealed class CachedSecretStore : ISecretStore, IDisposable
{
    /// <summary>Opened secrets that are kept; beyond it those go that would have gone next.</summary>
    public const int MaxSecrets = 1_000;

    /// <summary>A secret is kept for this part more or less than the setting says, so that not all are opened anew at once.</summary>
    private const double Jitter = 1.0 / 3;

    /// <summary>How often those are zeroed whose time is over.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly ISecretStore _store;
    private readonly TimeSpan _timeToLive;
    private readonly TimeProvider _clock;
    private readonly Func<double> _random;
    private readonly ConcurrentDictionary<SecretKey, KeptSecret> _kept = new();
    private readonly ConcurrentDictionary<SecretKey, Lazy<Task<KeptSecret?>>> _opening = new();
    private readonly ITimer _sweep;
    private long _drops;

    /// <param name="store">Not disposed with this.</param>
    /// <param name="timeToLive">Zero: nothing is kept.</param>
    /// <param name="random">In [0, 1): spreads the ends.</param>
    public CachedSecretStore(ISecretStore store, TimeSpan timeToLive, TimeProvider clock, Func<double>? random = null)
    {
        _store = store;
        _timeToLive = timeToLive;
        _clock = clock;
        _random = random ?? System.Random.Shared.NextDouble;
        _sweep = clock.CreateTimer(_ => ZeroOverdue(), null, SweepInterval, SweepInterval);
    }

    /// <summary>How many secrets are in memory now.</summary>
    public int Count => _kept.Count;

    public Task<string> PutAsync(string tenant, string name, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default) =>
        _store.PutAsync(tenant, name, secret, cancellationToken);

    public ValueTask<SecretBuffer?> OpenAsync(string tenant, string name, string version, CancellationToken cancellationToken = default)
    {
        if (_timeToLive <= TimeSpan.Zero) return _store.OpenAsync(tenant, name, version, cancellationToken);
        var key = new SecretKey(tenant, name, version);
        return _kept.TryGetValue(key, out var kept) && kept.Copy(_clock.GetUtcNow()) is { } copy
            ? new ValueTask<SecretBuffer?>(copy)
            : OpenOnceAsync(key, cancellationToken);
    }

    public async Task RetireOthersAsync(string tenant, string name, string version, CancellationToken cancellationToken = default)
    {
        try
        {
            await _store.RetireOthersAsync(tenant, name, version, cancellationToken);
        }
        finally
        {
            // Also when it failed: whether it was done is then not known.
            Drop(key => key.Tenant == tenant && key.Name == name && key.Version != version);
        }
    }

    public async Task DeleteAsync(string tenant, string name, CancellationToken cancellationToken = default)
    {
        try
        {
            await _store.DeleteAsync(tenant, name, cancellationToken);
        }
        finally
        {
            Drop(key => key.Tenant == tenant && key.Name == name);
        }
    }

    public ValueTask<byte[]> SealAsync(string tenant, string purpose, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default) =>
        _store.SealAsync(tenant, purpose, secret, cancellationToken);

    public ValueTask<SecretBuffer> UnsealAsync(string tenant, string purpose, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default) =>
        _store.UnsealAsync(tenant, purpose, envelope, cancellationToken);

    /// <summary>Forgets and zeroes everything.</summary>
    public void Clear() => Drop(_ => true);

    public void Dispose()
    {
        _sweep.Dispose();
        Clear();
    }

    private async ValueTask<SecretBuffer?> OpenOnceAsync(SecretKey key, CancellationToken cancellationToken)
    {
        var opening = _opening.GetOrAdd(key, k => new Lazy<Task<KeptSecret?>>(() => OpenAndKeepAsync(k)));
        // One who gives up does not stop the others.
        if (await opening.Value.WaitAsync(cancellationToken) is not { } kept) return null;
        // It may have been dropped since; then the store says whether it is still there.
        return kept.Copy(_clock.GetUtcNow()) ?? await _store.OpenAsync(key.Tenant, key.Name, key.Version, cancellationToken);
    }

    private async Task<KeptSecret?> OpenAndKeepAsync(SecretKey key)
    {
        try
        {
            var drops = Interlocked.Read(ref _drops);
            if (await _store.OpenAsync(key.Tenant, key.Name, key.Version, CancellationToken.None) is not { } secret) return null;
            var kept = new KeptSecret(secret, _clock.GetUtcNow() + _timeToLive * (1 + Jitter * (2 * _random() - 1)));
            MakeRoom();
            if (_kept.TryGetValue(key, out var before)) Remove(key, before);
            _kept[key] = kept;
            // Something was dropped while this was opened; it may have been this.
            if (Interlocked.Read(ref _drops) != drops) Remove(key, kept);
            return kept;
        }
        finally
        {
            _opening.TryRemove(key, out _);
        }
    }

    private void MakeRoom()
    {
        if (_kept.Count < MaxSecrets) return;
        // A tenth at once, so that a full cache does not sort for each secret.
        foreach (var (key, kept) in _kept.ToArray().OrderBy(k => k.Value.Until).Take(MaxSecrets / 10)) Remove(key, kept);
    }

    private void ZeroOverdue()
    {
        var now = _clock.GetUtcNow();
        foreach (var (key, kept) in _kept)
            if (kept.Until <= now) Remove(key, kept);
    }

    private void Drop(Func<SecretKey, bool> which)
    {
        Interlocked.Increment(ref _drops);
        foreach (var (key, kept) in _kept)
            if (which(key)) Remove(key, kept);
    }

    private void Remove(SecretKey key, KeptSecret kept)
    {
        _kept.TryRemove(KeyValuePair.Create(key, kept));
        kept.Dispose();
    }

    private readonly record struct SecretKey(string Tenant, string Name, string Version);

    /// <summary>An opened secret; copying and zeroing exclude each other, so that nobody gets half of it.</summary>
    private sealed class KeptSecret(SecretBuffer secret, DateTimeOffset until) : IDisposable
    {
        private readonly Lock _lock = new();
        private bool _isZeroed;

        public DateTimeOffset Until { get; } = until;

        /// <returns>Null: it was zeroed, or its time is over.</returns>
        public SecretBuffer? Copy(DateTimeOffset now)
        {
            lock (_lock)
            {
                if (_isZeroed || now >= Until) return null;
                var bytes = secret.Bytes;
                var copy = new SecretBuffer(bytes.Length);
                bytes.CopyTo(copy.Bytes);
                return copy;
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _isZeroed = true;
                secret.Dispose();
            }
        }
    }
}
