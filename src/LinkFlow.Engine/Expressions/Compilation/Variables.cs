namespace LinkFlow.Engine.Expressions.Compilation;

/// <summary>The declared names that a piece of an expression sees, and where their values will be.</summary>
internal sealed class Variables
{
    private readonly Variables? _outer;
    private readonly Storage _storage;
    private readonly Dictionary<string, Variable> _names = [];

    /// <summary>The cases of a switch: what stands first may not run first.</summary>
    private readonly bool _runsAnywhere;

    private Variables(Variables? outer, Storage storage, bool runsAnywhere = false)
    {
        _runsAnywhere = runsAnywhere;
        _outer = outer;
        _storage = storage;
    }

    /// <summary>Outside of all functions: nothing is declared.</summary>
    public static Variables Root() => new(null, new Storage());

    /// <summary>How many values the frame needs.</summary>
    public int Count => _storage.Count;

    /// <summary>A block within the same frame.</summary>
    public Variables Block(bool runsAnywhere = false) => new(this, _storage, runsAnywhere);

    /// <summary>A function, or a round of a loop, with a frame of its own.</summary>
    public Variables Frame() => new(this, new Storage());

    /// <returns>The slot; −1 when the name is already declared in this block.</returns>
    public int Declare(string name, bool isConstant)
    {
        if (!_names.TryAdd(name, new Variable(_storage.Count, isConstant))) return -1;
        return _storage.Count++;
    }

    /// <summary>Declares what is there, as undefined, from the start of the function: <c>var</c>. Twice is once.</summary>
    public void DeclareHoisted(string name)
    {
        if (Declare(name, isConstant: false) >= 0) Initialise(name);
    }

    /// <summary>What is compiled from here on runs after the variable got its first value.</summary>
    public void Initialise(string name) => _names[name].IsInitialised = !_runsAnywhere;

    /// <summary>The variables of this block that are used where their declaration may not have run; null: none.</summary>
    public int[]? Early => _names.Values.Where(v => v.IsUsedEarly).Select(v => v.Slot).ToArray() is { Length: > 0 } slots ? slots : null;

    /// <summary>Where a name's value is: frames outwards, and its slot there, and whether its declaration may not have run; null when it is not declared.</summary>
    /// <param name="isUse">It will be read or changed there.</param>
    public (int Hops, int Slot, bool IsConstant, bool IsEarly)? Find(string name, bool isUse = false)
    {
        var hops = 0;
        for (var scope = this; scope is not null; scope = scope._outer)
        {
            if (scope._names.TryGetValue(name, out var found))
            {
                found.IsUsedEarly |= isUse && !found.IsInitialised;
                return (hops, found.Slot, found.IsConstant, !found.IsInitialised);
            }

            if (scope._outer is not null && scope._outer._storage != scope._storage) hops++;
        }

        return null;
    }

    public IEnumerable<string> Known() => _outer is null ? _names.Keys : _names.Keys.Concat(_outer.Known());

    private sealed class Variable(int slot, bool isConstant)
    {
        public int Slot => slot;
        public bool IsConstant => isConstant;
        public bool IsInitialised { get; set; }
        public bool IsUsedEarly { get; set; }
    }

    private sealed class Storage
    {
        public int Count { get; set; }
    }
}
