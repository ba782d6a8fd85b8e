using System.Collections.Frozen;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Numbers;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Expressions.Time.Members;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>The names that mean the same in every expression: <c>Math</c>, <c>parseInt</c>, <c>undefined</c>.</summary>
internal static class Globals
{
    /// <summary>The constants and namespaces; then constructors; the plain functions are <see cref="PlainFunctions.All"/>.</summary>
    public static IReadOnlyList<Global> All { get; } =
    [
        new("undefined: undefined", "What a property that is not there reads as.", "$json.nothing === undefined", default),
        new("NaN: number", "Not a number: the result of calculations that have none.", "isNaN(NaN)", double.NaN),
        new("Infinity: number", "Greater than every number.", "Infinity > 1e308", double.PositiveInfinity),
        new("Math: namespace", "Mathematical functions and constants.", "Math.max(3, 9)", Value.FromOther(MathFunctions.Namespace)),
        new("JSON: namespace", "Values to JSON text and back.", "JSON.stringify([1, 2])", Value.FromOther(JsonFunctions.Namespace)),
        .. Constructors.All,
        .. TimeGlobals.All,
    ];

    private static readonly FrozenDictionary<string, Value> ByName = All.Select(g => KeyValuePair.Create(g.Name, g.Value))
        .Concat(PlainFunctions.All.Select(f => KeyValuePair.Create(f.Name, Value.FromOther(new NativeFunction(f.Name, f.Call)))))
        .ToFrozenDictionary();

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>Null when there is none; a present <c>undefined</c> is not null.</summary>
    public static Value? Find(string name) => ByName.TryGetValue(name, out var value) ? value : default(Value?);

    /// <summary>Why a name of JavaScript is not part of the language; null for other names.</summary>
    public static string? Forbidden(string name) => name switch
    {
        "eval" or "Function" => $"'{name}' is not part of the language: an expression cannot make code.",
        "globalThis" or "arguments" or "Symbol" or "Proxy" or "Reflect" => $"'{name}' is not part of the language.",
        "Promise" => "'Promise' is not part of the language: an expression cannot wait.",
        "require" => "'require' is not part of the language: an expression cannot load anything.",
        _ => null,
    };
}
