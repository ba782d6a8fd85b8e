using System.Collections;

namespace LinkFlow.Engine.Values;

/// <summary>A JSON array. Changeable until it is frozen; not safe for concurrent change.</summary>
public sealed class ArrayValue : IReadOnlyList<Value>
{
    private readonly List<Value> _elements;

    public ArrayValue() => _elements = [];
    public ArrayValue(int capacity) => _elements = new List<Value>(capacity);
    public ArrayValue(IEnumerable<Value> elements) => _elements = [.. elements];
    public ArrayValue(ReadOnlySpan<Value> elements) => _elements = [.. elements];
    public ArrayValue(Value[] elements) => _elements = [.. elements];

    public bool IsFrozen { get; private set; }
    public int Count => _elements.Count;
    public Value this[int index] => _elements[index];

    /// <summary>The live elements: not valid after a change.</summary>
    public ReadOnlySpan<Value> Span => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_elements);

    /// <exception cref="InvalidOperationException">The array is frozen.</exception>
    public void Add(Value value) => Changeable().Add(value);

    /// <summary>The changeable list behind the array, for expressions that change an array of their own.</summary>
    /// <exception cref="InvalidOperationException">The array is frozen.</exception>
    public List<Value> Changeable() =>
        IsFrozen ? throw new InvalidOperationException("This array is frozen: copy it before changing it.") : _elements;

    public ArrayValue Copy() => new(_elements);

    public void Freeze()
    {
        if (IsFrozen) return;
        IsFrozen = true;
        foreach (var element in _elements) element.Freeze();
    }

    internal bool DeepEquals(ArrayValue other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (Count != other.Count) return false;
        for (var i = 0; i < Count; i++)
            if (!_elements[i].Equals(other._elements[i])) return false;
        return true;
    }

    public IEnumerator<Value> GetEnumerator() => _elements.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
