using System.Collections;

namespace LinkFlow.Engine.Values;

/// <summary>
/// A JSON object. Properties keep the order in which they were first set, which is also the stored order;
/// <see cref="EnumerationOrder"/> is JavaScript's. Changeable until it is frozen; not safe for concurrent change.
/// </summary>
public sealed class ObjectValue : IEnumerable<KeyValuePair<string, Value>>
{
    private Shape _shape;
    private Value[] _values;

    public ObjectValue(int capacity = 4)
    {
        _shape = Shape.Empty;
        _values = capacity == 0 ? [] : new Value[capacity];
    }

    /// <param name="values">As many as the shape has names; the object's own from now on.</param>
    internal ObjectValue(Shape shape, Value[] values)
    {
        _shape = shape;
        _values = values;
    }

    public bool IsFrozen { get; private set; }
    public int Count => _shape.Count;

    /// <summary>The property, or undefined when there is none of that name.</summary>
    public Value this[string name]
    {
        get
        {
            var at = _shape.IndexOf(name);
            return at < 0 ? default : _values[at];
        }
        set => Set(name, value);
    }

    public bool Contains(string name) => _shape.IndexOf(name) >= 0;

    public bool TryGet(string name, out Value value)
    {
        var at = _shape.IndexOf(name);
        value = at < 0 ? default : _values[at];
        return at >= 0;
    }

    /// <summary>As the indexer, for callers that read the same name of many similar objects.</summary>
    /// <param name="place">Where it was found last time, any number at first; changed to where it is now.</param>
    public Value Find(string name, ref int place)
    {
        var at = place;
        if (_shape.Has(name, at)) return _values[at];
        at = _shape.IndexOf(name);
        if (at < 0) return default;
        place = at;
        return _values[at];
    }

    /// <summary>The name of the property at this place in stored order, 0 to <see cref="Count"/> − 1.</summary>
    public string NameAt(int index) => _shape.Names[index];
    public Value ValueAt(int index) => _values[index];

    /// <summary>Sets or adds; a name that was there keeps its place.</summary>
    /// <exception cref="InvalidOperationException">The object is frozen.</exception>
    public ObjectValue Set(string name, Value value)
    {
        RequireChangeable();
        var at = _shape.IndexOf(name);
        if (at < 0)
        {
            at = _shape.Count;
            if (at == _values.Length) Array.Resize(ref _values, Math.Max(4, at * 2));
            if (_shape.IsShared) _shape = _shape.Own(_values.Length);
            _shape.Add(name);
        }

        _values[at] = value;
        return this;
    }

    /// <exception cref="InvalidOperationException">The object is frozen.</exception>
    public bool Remove(string name)
    {
        RequireChangeable();
        var at = _shape.IndexOf(name);
        if (at < 0) return false;
        if (_shape.IsShared) _shape = _shape.Own(_shape.Count);
        _shape.RemoveAt(at);
        Array.Copy(_values, at + 1, _values, at, Count - at);
        _values[Count] = default;
        return true;
    }

    /// <summary>A changeable copy of this level; what lies deeper is shared.</summary>
    public ObjectValue Copy()
    {
        var values = new Value[Math.Max(4, Count)];
        Array.Copy(_values, values, Count);
        return new ObjectValue(_shape.IsShared ? _shape : _shape.Own(values.Length), values);
    }

    public void Freeze()
    {
        if (IsFrozen) return;
        IsFrozen = true;
        _shape = _shape.Share();
        for (var i = 0; i < Count; i++) _values[i].Freeze();
    }

    /// <summary>JavaScript's order: array-index names ascending, then the others in stored order.</summary>
    public IEnumerable<KeyValuePair<string, Value>> EnumerationOrder()
    {
        if (!_shape.HasIndexes) return this;
        List<(uint Index, int At)> indexes = [];
        for (var i = 0; i < Count; i++)
            if (Shape.IsArrayIndex(NameAt(i), out var number)) indexes.Add((number, i));
        indexes.Sort();
        return indexes.Select(x => KeyValuePair.Create(NameAt(x.At), _values[x.At]))
            .Concat(this.Where(p => !Shape.IsArrayIndex(p.Key, out _)));
    }

    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return KeyValuePair.Create(NameAt(i), _values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Lets a collection initialiser build an object: <c>new ObjectValue { { "a", 1 } }</c>.</summary>
    public void Add(string name, Value value) => Set(name, value);

    internal bool DeepEquals(ObjectValue other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (Count != other.Count) return false;
        for (var i = 0; i < Count; i++)
            if (!other.TryGet(NameAt(i), out var value) || !_values[i].Equals(value)) return false;
        return true;
    }

    private void RequireChangeable()
    {
        if (IsFrozen) throw new InvalidOperationException("This object is frozen: copy it before changing it.");
    }
}
