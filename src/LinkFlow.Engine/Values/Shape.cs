namespace LinkFlow.Engine.Values;

/// <summary>
/// The names of an object's properties, in the order in which they were set. Objects that are alike share one: an
/// item takes half as much then, and where its properties are is known before it is looked at. A shared shape never
/// changes. The shared ones are found again through a small cache, not a store: one that was replaced lives on with its objects.
/// </summary>
internal sealed class Shape
{
    private const int LinearSearchLimit = 8;
    private const int MaxShared = 64;
    private const int Places = 4096;

    /// <summary>Used by all threads: a lost update only costs a shape.</summary>
    private static readonly Shape?[] Known = new Shape?[Places];

    private string[] _names;
    private int _count;
    private Dictionary<string, int>? _index;

    /// <summary>0: not known, 1: no, 2: yes.</summary>
    private byte _hasIndexes;

    private Shape(string[] names, int count)
    {
        _names = names;
        _count = count;
    }

    public static Shape Empty { get; } = new([], 0) { IsShared = true };

    /// <summary>True when it may belong to several objects and must not change.</summary>
    public bool IsShared { get; private set; }
    public int Count => _count;
    public ReadOnlySpan<string> Names => _names.AsSpan(0, _count);

    /// <summary>True when a name is an array index, which JavaScript enumerates first.</summary>
    public bool HasIndexes => (_hasIndexes == 0 ? _hasIndexes = FindIndexes() : _hasIndexes) == 2;

    /// <summary>The shared shape of these names, which must differ; null where none is shared: too many, or too long.</summary>
    public static Shape? TryShare(ReadOnlySpan<string> names)
    {
        if (names.Length == 0) return Empty;
        if (!MayBeShared(names)) return null;
        return Find(names, out var place) ?? Remember(place, new Shape(names.ToArray(), names.Length));
    }

    /// <summary>The shared shape of these names, when there is one already: they differ then.</summary>
    public static Shape? FindShared(ReadOnlySpan<string> names) => names.Length == 0 ? Empty : names.Length <= MaxShared ? Find(names, out _) : null;

    /// <summary>A shape of its own for one object; the names must differ.</summary>
    public static Shape OwnOf(ReadOnlySpan<string> names) => new(names.ToArray(), names.Length);

    /// <summary>A shape with the same names that may be changed.</summary>
    public Shape Own(int capacity)
    {
        var names = new string[Math.Max(capacity, _count)];
        Array.Copy(_names, names, _count);
        return new Shape(names, _count);
    }

    /// <summary>The shared shape of an object that will not change any more.</summary>
    public Shape Share()
    {
        if (IsShared) return this;
        if (_count == 0) return Empty;
        if (MayBeShared(Names)) return Find(Names, out var place) ?? Remember(place, this);
        IsShared = true;
        return this;
    }

    public int IndexOf(string name)
    {
        if (_count > LinearSearchLimit) return (_index ?? BuildIndex()).TryGetValue(name, out var at) ? at : -1;
        var names = _names;
        for (var i = 0; i < _count; i++)
            if (string.Equals(names[i], name, StringComparison.Ordinal)) return i;
        return -1;
    }

    public bool Has(string name, int at) => (uint)at < (uint)_count && string.Equals(_names[at], name, StringComparison.Ordinal);

    /// <summary>Adds a name that is not there; only where the shape is not shared.</summary>
    public void Add(string name)
    {
        if (_count == _names.Length) Array.Resize(ref _names, Math.Max(4, _count * 2));
        _index?.Add(name, _count);
        _names[_count++] = name;
        _hasIndexes = 0;
    }

    /// <summary>Only where the shape is not shared.</summary>
    public void RemoveAt(int at)
    {
        _count--;
        Array.Copy(_names, at + 1, _names, at, _count - at);
        _index = null;
        _hasIndexes = 0;
    }

    public static bool IsArrayIndex(string name, out uint index)
    {
        index = 0;
        if (name.Length is 0 or > 10 || !char.IsAsciiDigit(name[0]) || (name[0] == '0' && name.Length > 1)) return false;
        foreach (var c in name)
            if (!char.IsAsciiDigit(c)) return false;
        return uint.TryParse(name, out index) && index != uint.MaxValue;
    }

    private static bool MayBeShared(ReadOnlySpan<string> names)
    {
        if (names.Length > MaxShared) return false;
        foreach (var name in names)
            if (name.Length > PropertyNames.MaxLength) return false;
        return true;
    }

    /// <summary>Looks at two places.</summary>
    private static Shape? Find(ReadOnlySpan<string> names, out int place)
    {
        var hash = (uint)names.Length;
        foreach (var name in names) hash = (hash * 31) + (name.Length == 0 ? 0u : (uint)((name.Length << 8) ^ name[0] ^ (name[^1] << 4)));
        place = (int)((hash ^ (hash >> 12)) % Places);
        return Known[place] is { } first && first.IsOf(names) ? first : Known[place ^ 1] is { } second && second.IsOf(names) ? second : null;
    }

    private static Shape Remember(int place, Shape shape)
    {
        shape.IsShared = true;
        Known[place ^ 1] = Known[place];
        Known[place] = shape;
        return shape;
    }

    private bool IsOf(ReadOnlySpan<string> names)
    {
        if (_count != names.Length) return false;
        for (var i = 0; i < names.Length; i++)
            if (!string.Equals(_names[i], names[i], StringComparison.Ordinal)) return false;
        return true;
    }

    private byte FindIndexes()
    {
        foreach (var name in Names)
            if (IsArrayIndex(name, out _)) return 2;
        return 1;
    }

    private Dictionary<string, int> BuildIndex()
    {
        var index = new Dictionary<string, int>(_count, StringComparer.Ordinal);
        for (var i = 0; i < _count; i++) index[_names[i]] = i;
        return _index = index;
    }
}
