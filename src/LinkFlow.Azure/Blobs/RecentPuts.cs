using System.Collections.Concurrent;

namespace LinkFlow.Azure.Blobs;

/// <summary>What this process put a short while ago, and need not put again: nothing deletes it so soon.</summary>
/// <param name="lifetime">Much shorter than what sweeps leave alone.</param>
internal sealed class RecentPuts(TimeSpan lifetime, TimeProvider clock)
{
    private const int MostNames = 20_000;

    private readonly ConcurrentDictionary<string, long> _names = new(StringComparer.Ordinal);

    public bool Contains(string name) => _names.TryGetValue(name, out var at) && clock.GetElapsedTime(at) < lifetime;

    public void Add(string name)
    {
        // Forgetting them all costs a few calls now and then; keeping count of ages would cost more.
        if (_names.Count >= MostNames) _names.Clear();
        _names[name] = clock.GetTimestamp();
    }

    public void Remove(string name) => _names.TryRemove(name, out _);
}
