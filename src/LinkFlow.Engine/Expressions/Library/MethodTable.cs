using System.Collections.Frozen;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>The methods and properties of one kind of value, or the functions and constants of one namespace, by name.</summary>
internal sealed class MethodTable
{
    private readonly FrozenDictionary<string, NativeMethod> _methods;
    private readonly FrozenDictionary<string, PropertyReader> _properties = FrozenDictionary<string, PropertyReader>.Empty;
    private readonly PropertyList _propertyList = [];

    /// <param name="owner">The kind of value or the namespace, in messages and in the reference: <c>string</c>, <c>Math</c>.</param>
    /// <param name="parts">Where a name is in several, the last counts.</param>
    public MethodTable(string owner, params MethodList[] parts)
    {
        Owner = owner;
        Methods = parts.SelectMany(p => p).GroupBy(m => m.Name).Select(g => g.Last()).ToArray();
        _methods = Methods.ToFrozenDictionary(m => m.Name, m => m.Call);
    }

    public static MethodTable Empty { get; } = new("object");

    public string Owner { get; }

    /// <summary>What a value of this kind is, or what the namespace holds: a sentence or two.</summary>
    public string Description { get; init; } = "";
    public IReadOnlyList<Method> Methods { get; }

    public PropertyList Properties
    {
        get => _propertyList;
        init => (_propertyList, _properties) = (value, value.ToFrozenDictionary(p => p.Name, p => p.Read));
    }

    public IReadOnlyCollection<string> Names => _methods.Keys;
    public NativeMethod? Find(string name) => _methods.GetValueOrDefault(name) ?? (IsOfNothing ? null : OfAll(name));

    /// <summary>True for undefined and null, which have only what is listed.</summary>
    public bool IsOfNothing { get; init; }

    /// <summary>What every other value has, unless its kind has another.</summary>
    private static NativeMethod? OfAll(string name) => name switch
    {
        "toString" or "toLocaleString" => Print,
        "valueOf" => Itself,
        _ => null,
    };

    private static Value Print(Run run, Value self, ReadOnlySpan<Value> arguments) => run.Made(Coercion.ToString(run, self));
    private static Value Itself(Run run, Value self, ReadOnlySpan<Value> arguments) => self;

    /// <summary>A property; undefined when there is none of that name.</summary>
    public Value Read(Run run, Value self, string name) => _properties.TryGetValue(name, out var read) ? read(run, self) : default;

    /// <summary>The method as a value; undefined when there is none of that name.</summary>
    public Value Bound(string name, Value self) => Find(name) is { } method ? Value.FromOther(new NativeFunction(name, method, self)) : default;
}

internal static class ArgumentsExtensions
{
    /// <summary>An argument; undefined when fewer were given.</summary>
    public static Value At(this ReadOnlySpan<Value> arguments, int index) => index < arguments.Length ? arguments[index] : default;
}
