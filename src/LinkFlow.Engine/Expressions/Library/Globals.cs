using System.Collections.Frozen;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>The names that mean the same in every expression: <c>Math</c>, <c>parseInt</c>, <c>undefined</c>.</summary>
internal static class Globals
{
    private static readonly FrozenDictionary<string, Value> All = new IReadOnlyDictionary<string, Value>[]
    {
        new Dictionary<string, Value>
        {
            ["undefined"] = default,
            ["NaN"] = double.NaN,
            ["Infinity"] = double.PositiveInfinity,
            ["Math"] = Value.FromOther(MathFunctions.Namespace),
            ["JSON"] = Value.FromOther(JsonFunctions.Namespace),
        },
        Constructors.All,
        DateConstructors.All,
        Functions(PlainFunctions.All),
    }.SelectMany(part => part).ToFrozenDictionary(p => p.Key, p => p.Value);

    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>Null when there is none; a present <c>undefined</c> is not null.</summary>
    public static Value? Find(string name) => All.TryGetValue(name, out var value) ? value : default(Value?);

    /// <summary>Why a name of JavaScript is not part of the language; null for other names.</summary>
    public static string? Forbidden(string name) => name switch
    {
        "eval" or "Function" => $"'{name}' is not part of the language: an expression cannot make code.",
        "globalThis" or "arguments" or "Symbol" or "Proxy" or "Reflect" => $"'{name}' is not part of the language.",
        "Promise" => "'Promise' is not part of the language: an expression cannot wait.",
        "require" => "'require' is not part of the language: an expression cannot load anything.",
        _ => null,
    };

    private static Dictionary<string, Value> Functions(IReadOnlyDictionary<string, NativeMethod> functions) =>
        functions.ToDictionary(f => f.Key, f => Value.FromOther(new NativeFunction(f.Key, f.Value)));
}
