using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>A Map, or, with every value its own key, a Set: entries in the order in which they were added.</summary>
internal sealed class CollectionValue(bool isMap) : LanguageObject
{
    private static readonly Dictionary<string, NativeMethod> Shared = new()
    {
        ["has"] = (_, self, args) => Of(self)._places.ContainsKey(Key(args.At(0))),
        ["delete"] = (run, self, args) => Of(self).Remove(run, args.At(0)),
        ["clear"] = (_, self, _) => Of(self).Clear(),
        ["values"] = (run, self, _) => run.Made(new ArrayValue(Of(self).Live().Select(e => e.Value))),
        ["keys"] = (run, self, _) => run.Made(new ArrayValue(Of(self).Live().Select(e => e.Key))),
        ["entries"] = (run, self, _) => run.Made(new ArrayValue(Of(self).Live().Select(e => Pair(run, e.Key, e.Value)))),
        ["forEach"] = (run, self, args) =>
        {
            var function = Callback.Function(run, args.At(0));
            foreach (var (key, value) in Of(self).Live())
            {
                run.Step();
                function.Call(run, [value, key, self]);
            }

            return default;
        },
    };

    private static readonly MethodTable MapMethods = new("map", Shared, new Dictionary<string, NativeMethod>
    {
        ["get"] = (_, self, args) => Of(self)._places.TryGetValue(Key(args.At(0)), out var at) ? Of(self)._entries[at].Value : default,
        ["set"] = (run, self, args) =>
        {
            Of(self).Put(run, args.At(0), args.At(1));
            return self;
        },
    });

    private static readonly MethodTable SetMethods = new("set", Shared, new Dictionary<string, NativeMethod>
    {
        ["add"] = (run, self, args) =>
        {
            Of(self).Put(run, args.At(0), args.At(0));
            return self;
        },
        ["union"] = (run, self, args) => FromElements(run, Of(self).Keyed().Concat(Of(args.At(0), run).Keyed())),
        ["intersection"] = (run, self, args) => FromElements(run, Of(self).Keyed().Where(Of(args.At(0), run).Has)),
        ["difference"] = (run, self, args) => FromElements(run, Of(self).Keyed().Except(Of(args.At(0), run).Keyed(), KeyComparer.Instance)),
        ["isSubsetOf"] = (run, self, args) => Of(self).Keyed().All(Of(args.At(0), run).Has),
        ["isSupersetOf"] = (run, self, args) => Of(args.At(0), run).Keyed().All(Of(self).Has),
        ["isDisjointFrom"] = (run, self, args) => !Of(self).Keyed().Any(Of(args.At(0), run).Has),
    });

    private readonly List<(Value Key, Value Value, bool Removed)> _entries = [];
    private readonly Dictionary<Value, int> _places = new(KeyComparer.Instance);

    public bool IsMap => isMap;
    public override string TypeName => isMap ? "map" : "set";
    public override MethodTable Methods => isMap ? MapMethods : SetMethods;
    public override Value Get(Run run, string name) => name == "size" ? _places.Count : default(Value);
    public override string Print(Run run) => isMap ? "[object Map]" : "[object Set]";
    public override Value ToJson(Run run) => new ObjectValue();
    public override IEnumerable<Value> Elements(Run run) => isMap ? Live().Select(e => Pair(run, e.Key, e.Value)) : Keyed();

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
            _ => value.GetHashCode(),
        };
    }
}
