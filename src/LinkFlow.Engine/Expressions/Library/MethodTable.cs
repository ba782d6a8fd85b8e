using System.Collections.Frozen;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>A function of the library.</summary>
/// <param name="self">What it is called on; undefined for a plain function.</param>
/// <param name="arguments">Valid only during the call.</param>
internal delegate Value NativeMethod(Run run, Value self, ReadOnlySpan<Value> arguments);

/// <summary>The methods of one kind of value, by name.</summary>
internal sealed class MethodTable
{
    private readonly FrozenDictionary<string, NativeMethod> _methods;

    /// <param name="owner">For messages: <c>string</c>.</param>
    /// <param name="parts">Where a name is in several, the last counts.</param>
    public MethodTable(string owner, params IReadOnlyDictionary<string, NativeMethod>[] parts)
    {
        Owner = owner;
        var all = new Dictionary<string, NativeMethod>();
        foreach (var part in parts)
            foreach (var (name, method) in part) all[name] = method;
        _methods = all.ToFrozenDictionary();
    }

    public static MethodTable Empty { get; } = new("object");

    public string Owner { get; }
    public IReadOnlyCollection<string> Names => _methods.Keys;
    public NativeMethod? Find(string name) => _methods.GetValueOrDefault(name);

    /// <summary>The method as a value; undefined when there is none of that name.</summary>
    public Value Bound(string name, Value self) => _methods.TryGetValue(name, out var method) ? Value.FromOther(new NativeFunction(name, method, self)) : default;
}

internal static class ArgumentsExtensions
{
    /// <summary>An argument; undefined when fewer were given.</summary>
    public static Value At(this ReadOnlySpan<Value> arguments, int index) => index < arguments.Length ? arguments[index] : default;
}
