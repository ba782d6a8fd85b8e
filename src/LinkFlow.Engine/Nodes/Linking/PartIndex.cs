using System.Collections.Immutable;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Nodes.Linking;

/// <summary>A list of references, to be asked where its n-th item is recorded; what was found behind each is kept.</summary>
internal sealed class PartIndex
{
    private readonly ImmutableArray<DataPart> _parts;
    private readonly int[] _starts;
    private readonly object?[] _behind;

    public PartIndex(ImmutableArray<DataPart> parts)
    {
        _parts = parts;
        _starts = new int[parts.Length];
        _behind = new object?[parts.Length];
        foreach (var (i, part) in parts.Index())
        {
            _starts[i] = Count;
            Count += part.Count;
        }
    }

    /// <summary>How many items all parts have.</summary>
    public int Count { get; }
    public DataPart this[int part] => _parts[part];

    /// <summary>The part that an item is in, and its place in the event's output; −1: there is no such item.</summary>
    public (int Part, int Index) Find(int item)
    {
        if (item < 0 || item >= Count) return (-1, 0);
        var part = _starts.Length == 1 ? 0 : Array.BinarySearch(_starts, item);
        if (part < 0) part = ~part - 1;
        // Of parts that begin at one place all but the last are empty.
        while (part + 1 < _starts.Length && _starts[part + 1] <= item) part++;
        return (part, _parts[part].Offset + item - _starts[part]);
    }

    public object? Behind(int part) => _behind[part];

    public void Keep(int part, object behind) => _behind[part] = behind;
}
