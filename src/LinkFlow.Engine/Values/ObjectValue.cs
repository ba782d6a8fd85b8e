using System.Collections;

namespace LinkFlow.Engine.Values;

/// <summary>
/// A JSON object. Properties keep the order in which they were first set, which is also the stored order;
/// <see cref="EnumerationOrder"/> is JavaScript's. Changeable until it is frozen; not safe for concurrent change.
/// </summary>
public sealed class ObjectValue : IEnumerable<KeyValuePair<string, Value>>
{
    private const int LinearSearchLimit = 8;

    private string[] _names;
    private Value[] _values;
    private int _count;
    private Dictionary<string, int>? _index;

    public ObjectValue(int capacity = 4)
    {
        _names = new string[capacity];
        _values = new Value[capacity];
    }

    public bool IsFrozen { get; private set; }
    public int Count => _count;

    /// <summary>The property, or undefined when there is none of that name.</summary>
    public Value this[string name]
    {
        get
        {
            var at = IndexOf(name);
            return at < 0 ? default : _values[at];
        }
        set => Set(name, value);
    }

    public bool Contains(string name) => IndexOf(name) >= 0;

    public bool TryGet(string name, out Value value)
    {
        var at = IndexOf(name);
        value = at < 0 ? default : _values[at];
        return at >= 0;
    }

    /// <summary>As the indexer, for callers that read the same name of many similar objects.</summary>
    /// <param name="place">Where it was found last time, any number at first; changed to where it is now.</param>
    public Value Find(string name, ref int place)
    {
        var at = place;
        if ((uint)at < (uint)_count && string.Equals(_names[at], name, StringComparison.Ordinal)) return _values[at];
        at = IndexOf(name);
        if (at < 0) return default;
        place = at;
        return _values[at];
    }

    /// <summary>The name of the property at this place in stored order, 0 to <see cref="Count"/> − 1.</summary>
    public string NameAt(int index) => _names[index];
    public Value ValueAt(int index) => _values[index];

    /// <summary>Sets or adds; a name that was there keeps its place.</summary>
    /// <exception cref="InvalidOperationException">The object is frozen.</exception>
    public ObjectValue Set(string name, Value value)
    {
        RequireChangeable();
        var at = IndexOf(name);
        if (at >= 0)
        {
            _values[at] = value;
            return this;
        }

        if (_count == _names.Length)
        {
            var capacity = Math.Max(4, _count * 2);
            Array.Resize(ref _names, capacity);
            Array.Resize(ref _values, capacity);
        }

        _names[_count] = name;
        _values[_count] = value;
        _index?.Add(name, _count);
        _count++;
        if (_index is null && _count > LinearSearchLimit) BuildIndex();
        return this;
    }

    /// <exception cref="InvalidOperationException">The object is frozen.</exception>
    public bool Remove(string name)
    {
        RequireChangeable();
        var at = IndexOf(name);
        if (at < 0) return false;
        _count--;
        Array.Copy(_names, at + 1, _names, at, _count - at);
        Array.Copy(_values, at + 1, _values, at, _count - at);
        _values[_count] = default;
        if (_index is not null) BuildIndex();
        return true;
    }

    /// <summary>A changeable copy of this level; what lies deeper is shared.</summary>
    public ObjectValue Copy()
    {
        var copy = new ObjectValue(Math.Max(4, _count));
        Array.Copy(_names, copy._names, _count);
        Array.Copy(_values, copy._values, _count);
        copy._count = _count;
        if (_index is not null) copy._index = new Dictionary<string, int>(_index, StringComparer.Ordinal);
        return copy;
    }

    public void Freeze()
    {
        if (IsFrozen) return;
        IsFrozen = true;
        for (var i = 0; i < _count; i++) _values[i].Freeze();
    }

    /// <summary>JavaScript's order: array-index names ascending, then the others in stored order.</summary>
    public IEnumerable<KeyValuePair<string, Value>> EnumerationOrder()
    {
        List<(uint Index, int At)>? indexes = null;
        for (var i = 0; i < _count; i++)
            if (IsArrayIndex(_names[i], out var number)) (indexes ??= []).Add((number, i));
        if (indexes is null) return this;
        indexes.Sort();
        return indexes.Select(x => KeyValuePair.Create(_names[x.At], _values[x.At]))
            .Concat(this.Where(p => !IsArrayIndex(p.Key, out _)));
    }

    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator()
    {
        for (var i = 0; i < _count; i++) yield return KeyValuePair.Create(_names[i], _values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Lets a collection initialiser build an object: <c>new ObjectValue { { "a", 1 } }</c>.</summary>
    public void Add(string name, Value value) => Set(name, value);

    internal bool DeepEquals(ObjectValue other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (_count != other._count) return false;
        for (var i = 0; i < _count; i++)
            if (!other.TryGet(_names[i], out var value) || !_values[i].Equals(value)) return false;
        return true;
    }

    private int IndexOf(string name)
    {
        if (_index is not null) return _index.TryGetValue(name, out var at) ? at : -1;
        for (var i = 0; i < _count; i++)
            if (string.Equals(_names[i], name, StringComparison.Ordinal)) return i;
        return -1;
    }

    private void BuildIndex()
    {
        _index = new Dictionary<string, int>(_count, StringComparer.Ordinal);
        for (var i = 0; i < _count; i++) _index[_names[i]] = i;
    }

    private void RequireChangeable()
    {
        if (IsFrozen) throw new InvalidOperationException("This object is frozen: copy it before changing it.");
    }

    private static bool IsArrayIndex(string name, out uint index)
    {
        index = 0;
        if (name.Length is 0 or > 10 || (name[0] == '0' && name.Length > 1)) return false;
        foreach (var c in name)
            if (!char.IsAsciiDigit(c)) return false;
        return uint.TryParse(name, out index) && index != uint.MaxValue;
    }
}
