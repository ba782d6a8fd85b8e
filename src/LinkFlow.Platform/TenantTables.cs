using System.Collections.Concurrent;

namespace LinkFlow.Platform;

/// <summary>
/// A tenant's few documents of a kind in memory, made into what is looked up in them: read once, dropped at once when this process changes
/// one of them, and read again after a while for what another process has changed.
/// </summary>
/// <param name="load">Reads the documents; what it makes is never changed.</param>
internal sealed class TenantTables<T>(Func<string, CancellationToken, Task<T>> load, TimeProvider clock) : IDisposable
    where T : class
{
    /// <summary>How long another process's change may go unnoticed.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private long _changes;

    public ValueTask<T> GetAsync(string tenant, CancellationToken cancellationToken) =>
        Find(tenant) is { } table ? new ValueTask<T>(table) : new ValueTask<T>(LoadAsync(tenant, cancellationToken));

    /// <summary>To be called behind every change, also when it is not known whether its commit went through.</summary>
    public void Drop(string tenant)
    {
        Interlocked.Increment(ref _changes);
        _kept.TryRemove(tenant, out _);
    }

    public void Dispose() => _loading.Dispose();

    private T? Find(string tenant) => _kept.TryGetValue(tenant, out var kept) && kept.Until > clock.GetUtcNow() ? kept.Table : null;

    private async Task<T> LoadAsync(string tenant, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                if (Find(tenant) is { } known) return known;
                var changes = Interlocked.Read(ref _changes);
                var table = await load(tenant, cancellationToken);
                _kept[tenant] = new Kept(table, clock.GetUtcNow() + Freshness);
                // Something changed while this read was under way: read again rather than keep what may be older.
                if (Interlocked.Read(ref _changes) == changes) return table;
                _kept.TryRemove(tenant, out _);
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    private sealed record Kept(T Table, DateTimeOffset Until);
}
