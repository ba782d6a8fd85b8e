namespace LinkFlow.Local.Secrets;

/// <summary>The master keys in use: the current one, which wraps what is new, and older ones, which open what has not been re-wrapped yet.</summary>
public sealed class MasterKeyRing : IDisposable
{
    /// <summary>The current one first. Replaced whole, so that readers need no lock.</summary>
    private volatile MasterKey[] _keys;

    /// <param name="keys">The current one first; the ring owns them from now on.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public MasterKeyRing(IEnumerable<MasterKey> keys)
    {
        _keys = [.. keys.DistinctBy(k => k.Id)];
        if (_keys.Length == 0) throw new ArgumentException("A ring needs at least one key.", nameof(keys));
    }

    public MasterKey Current => _keys[0];
    public IReadOnlyList<MasterKey> Keys => _keys;

    /// <returns>Null: the ring has no such key.</returns>
    public MasterKey? Find(MasterKeyId id)
    {
        foreach (var key in _keys)
            if (key.Id == id) return key;
        return null;
    }

    /// <summary>From now on this key wraps what is new.</summary>
    internal void MakeCurrent(MasterKey key) => _keys = [key, .. _keys.Where(k => k.Id != key.Id)];

    /// <summary>Forgets all but the current key, and zeroes them.</summary>
    internal void DropOlder()
    {
        var keys = _keys;
        _keys = [keys[0]];
        foreach (var key in keys[1..]) key.Dispose();
    }

    public void Dispose()
    {
        foreach (var key in _keys) key.Dispose();
    }

    /// <summary>The ids, for messages.</summary>
    public override string ToString() => string.Join(", ", _keys.Select(k => k.Id));
}
