using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>A Map, or, with every value its own key, a Set: entries in the order in which they were added.</summary>
internal sealed class CollectionValue(bool isMap) : LanguageObject
{
    private static readonly PropertyList Size = new()
    {
        { "size: number", "How many entries there are.", "new Set([1, 1, 2]).size", (_, self) => Of(self)._places.Count },
    };

    public static MethodTable MapMethods { get; } = new("map", Shared(isMap: true), new MethodList
    {
        { "get(key: any): any", "The value of a key; undefined when there is none.", "new Map([['a', 1]]).get('a')",
            (_, self, args) => Of(self)._places.TryGetValue(Key(args.At(0)), out var at) ? Of(self)._entries[at].Value : default },
        { "set(key: any, value: any): map", "Sets the value of a key and gives the map.", "new Map().set('a', 1).size",
            (run, self, args) =>
            {
                Of(self).Put(run, args.At(0), args.At(1));
                return self;
            } },
    })
    {
        Description = "Values by keys of any kind, in the order in which they were added. As JSON it is {}.",
        Properties = Size,
    };

    public static MethodTable SetMethods { get; } = new("set", Shared(isMap: false), new MethodList
    {
        { "add(value: any): set", "Adds a value, unless it is there, and gives the set.", "new Set([1]).add(2).size",
            (run, self, args) =>
            {
                Of(self).Put(run, args.At(0), args.At(0));
                return self;
            } },
        { "union(other: set | map): set", "A new set of the values of both.", "[...new Set([1, 2]).union(new Set([2, 3]))]",
            (run, self, args) => FromElements(run, Of(self).Keyed().Concat(Of(args.At(0), run).Keyed())) },
        { "intersection(other: set | map): set", "A new set of the values that are in both.", "[...new Set([1, 2]).intersection(new Set([2, 3]))]",
            (run, self, args) => FromElements(run, Of(self).Keyed().Where(Of(args.At(0), run).Has)) },
        { "difference(other: set | map): set", "A new set of the values that are not in the other.", "[...new Set([1, 2]).difference(new Set([2, 3]))]",
            (run, self, args) => FromElements(run, Of(self).Keyed().Except(Of(args.At(0), run).Keyed(), KeyComparer.Instance)) },
        { "symmetricDifference(other: set | map): set", "A new set of the values that are in one of them only.", "[...new Set([1, 2]).symmetricDifference(new Set([2, 3]))]",
            (run, self, args) => Of(args.At(0), run) is var other ? FromElements(run, Of(self).Keyed().Where(v => !other.Has(v)).Concat(other.Keyed().Where(v => !Of(self).Has(v)))) : default },
        { "isSubsetOf(other: set | map): boolean", "Whether all its values are in the other.", "new Set([1]).isSubsetOf(new Set([1, 2]))",
            (run, self, args) => Counted(run, self).All(Of(args.At(0), run).Has) },
        { "isSupersetOf(other: set | map): boolean", "Whether all values of the other are in it.", "new Set([1, 2]).isSupersetOf(new Set([1]))",
            (run, self, args) => Counted(run, Value.FromOther(Of(args.At(0), run))).All(Of(self).Has) },
        { "isDisjointFrom(other: set | map): boolean", "Whether they have no value in common.", "new Set([1]).isDisjointFrom(new Set([2]))",
            (run, self, args) => !Counted(run, self).Any(Of(args.At(0), run).Has) },
    })
    {
        Description = "Values of any kind, each once, in the order in which they were added. Spread it to make it an array; as JSON it is {}.",
        Properties = Size,
    };

    private readonly List<(Value Key, Value Value, bool Removed)> _entries = [];
    private readonly Dictionary<Value, int> _places = new(KeyComparer.Instance);

    public bool IsMap => isMap;
    public override string TypeName => isMap ? "map" : "set";
    public override MethodTable Methods => isMap ? MapMethods : SetMethods;
    public override string Print(Run run) => isMap ? "[object Map]" : "[object Set]";
    public override Value ToJson(Run run) => new ObjectValue();
    public override IEnumerable<Value> Elements(Run run) => isMap ? Live().Select(e => Pair(run, e.Key, e.Value)) : Keyed();

    private static MethodList Shared(bool isMap)
    {
        var (key, made) = isMap ? ("key", "new Map([['a', 1], ['b', 2]])") : ("value", "new Set(['a', 'b'])");
        return new MethodList
        {
            { $"has({key}: any): boolean", $"Whether the {key} is there. Objects and arrays only when they are the same one.", $"{made}.has('a')",
                (_, self, args) => Of(self)._places.ContainsKey(Key(args.At(0))) },
            { $"delete({key}: any): boolean", $"Takes the {key} away; whether it was there.", $"{made}.delete('c')",
                (run, self, args) => Of(self).Remove(run, args.At(0)) },
            { "clear(): undefined", "Takes everything away.", $"{made}.clear() ?? 'empty'",
                (_, self, _) => Of(self).Clear() },
            { "keys(): any[]", isMap ? "The keys. An array, where JavaScript gives an iterator." : "The same as values.", $"{made}.keys()",
                (run, self, _) => run.Made(new ArrayValue(Counted(run, self))) },
            { "values(): any[]", "The values. An array, where JavaScript gives an iterator.", $"{made}.values()",
                (run, self, _) => run.Made(new ArrayValue(Of(self).Live().Select(e => e.Value))) },
            { "entries(): any[][]", isMap ? "Each key with its value. An array, where JavaScript gives an iterator." : "Each value twice, as a Map's entries are.", $"{made}.entries()",
                (run, self, _) => run.Made(new ArrayValue(Of(self).Live().Select(e => Pair(run, e.Key, e.Value)))) },
            { "forEach(f: (value, key, whole) => any): undefined", "Calls the function with each value and its key.", $"(() => {{ const seen = []; {made}.forEach((value, key) => seen.push(key)); return seen; }})()",
                (run, self, args) => ForEach(run, self, Callback.Function(run, args.At(0))) },
        };
    }

    private static Value ForEach(Run run, Value self, FunctionValue function)
    {
        foreach (var (key, value) in Of(self).Live())
        {
            run.Step();
            function.Call(run, [value, key, self]);
        }

        return default;
    }

    /// <summary>The keys, counted as steps beforehand.</summary>
    private static IEnumerable<Value> Counted(Run run, Value self)
    {
        run.Steps(Of(self)._places.Count);
        return Of(self).Keyed();
    }

    /// <summary>A set of elements.</summary>
    public static Value FromElements(Run run, IEnumerable<Value> elements)
    {
        var set = new CollectionValue(isMap: false);
        foreach (var element in elements) set.Put(run, element, element);
        return Value.FromOther(set);
    }

    /// <summary>A map of pairs.</summary>
    public static Value FromPairs(Run run, IEnumerable<Value> pairs)
    {
        var map = new CollectionValue(isMap: true);
        foreach (var pair in pairs)
        {
            if (pair.Kind < ValueKind.Array) throw run.TypeError("Each entry of a Map must be a list of a key and a value.");
            map.Put(run, Properties.Get(run, pair, "0"), Properties.Get(run, pair, "1"));
        }

        return Value.FromOther(map);
    }

    private void Put(Run run, Value key, Value value)
    {
        run.Step();
        if (_places.TryGetValue(Key(key), out var at))
        {
            _entries[at] = (key, value, false);
            return;
        }

        run.MakeElements(4);
        _places.Add(Key(key), _entries.Count);
        _entries.Add((Key(key), value, false));
    }

    private bool Remove(Run run, Value key)
    {
        run.Step();
        if (!_places.Remove(Key(key), out var at)) return false;
        _entries[at] = (default, default, true);
        return true;
    }

    private Value Clear()
    {
        for (var i = 0; i < _entries.Count; i++) _entries[i] = (default, default, true);
        _places.Clear();
        return default;
    }

    private bool Has(Value key) => _places.ContainsKey(Key(key));

    /// <summary>The entries that are there, those added meanwhile included.</summary>
    private IEnumerable<(Value Key, Value Value)> Live()
    {
        for (var i = 0; i < _entries.Count; i++)
            if (!_entries[i].Removed) yield return (_entries[i].Key, _entries[i].Value);
    }

    private IEnumerable<Value> Keyed() => Live().Select(e => e.Key);

    private static Value Pair(Run run, Value key, Value value)
    {
        run.MakeElements(2);
        return new ArrayValue([key, value]);
    }

    /// <summary>Minus zero is zero, and undefined a key like any other.</summary>
    private static Value Key(Value value) => value.IsNumber ? Value.From(value.AsNumber == 0 ? 0 : value.AsNumber) : value;

    private static CollectionValue Of(Value self) => (CollectionValue)self.AsOther!;
    private static CollectionValue Of(Value value, Run run) => value.AsOther as CollectionValue ?? throw run.TypeError($"A Set was expected, not {Properties.Describe(value)}.");

    private sealed class KeyComparer : IEqualityComparer<Value>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals(Value x, Value y) => Coercion.SameValue(x, y);

        [SuppressMessage("Style", "IDE0072", Justification = "The other kinds hash by themselves.")]
        public int GetHashCode(Value value) => value.Kind switch
        {
            ValueKind.Array => RuntimeHelpers.GetHashCode(value.AsArray!),
            ValueKind.Object => RuntimeHelpers.GetHashCode(value.AsObject!),
            ValueKind.Other => RuntimeHelpers.GetHashCode(value.AsOther!),
            ValueKind.String => Hash(value.AsString!),
            _ => value.GetHashCode(),
        };

        private static int Hash(string text)
        {
            Run.Look(text.Length);
            return text.GetHashCode(StringComparison.Ordinal);
        }
    }
}
