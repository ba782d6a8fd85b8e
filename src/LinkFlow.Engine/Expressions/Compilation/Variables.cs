namespace LinkFlow.Engine.Expressions.Compilation;

/// <summary>The declared names that a piece of an expression sees, and where their values will be.</summary>
internal sealed class Variables
{
    private readonly Variables? _outer;
    private readonly Storage _storage;
    private readonly Dictionary<string, (int Slot, bool IsConstant)> _names = [];

    private Variables(Variables? outer, Storage storage)
    {
        _outer = outer;
        _storage = storage;
    }

    /// <summary>Outside of all functions: nothing is declared.</summary>
    public static Variables Root() => new(null, new Storage());

    /// <summary>How many values the frame needs.</summary>
    public int Count => _storage.Count;

    /// <summary>A block within the same frame.</summary>
    public Variables Block() => new(this, _storage);

    /// <summary>A function, or a round of a loop, with a frame of its own.</summary>
    public Variables Frame() => new(this, new Storage());

    /// <returns>The slot; −1 when the name is already declared in this block.</returns>
    public int Declare(string name, bool isConstant)
    {
        if (!_names.TryAdd(name, (_storage.Count, isConstant))) return -1;
        return _storage.Count++;
    }

    /// <summary>Where a name's value is: frames outwards, and its slot there; null when it is not declared.</summary>
    public (int Hops, int Slot, bool IsConstant)? Find(string name)
    {
        var hops = 0;
        for (var scope = this; scope is not null; scope = scope._outer)
        {
            if (scope._names.TryGetValue(name, out var found)) return (hops, found.Slot, found.IsConstant);
            if (scope._outer is not null && scope._outer._storage != scope._storage) hops++;
        }

        return null;
    }

    public IEnumerable<string> Known() => _outer is null ? _names.Keys : _names.Keys.Concat(_outer.Known());

    private sealed class Storage
    {
        public int Count { get; set; }
    }
}
