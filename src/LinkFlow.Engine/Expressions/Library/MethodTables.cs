using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Arrays;
using LinkFlow.Engine.Expressions.Library.Numbers;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Expressions.Library.Strings;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Which methods a value has.</summary>
internal static class MethodTables
{
    public static MethodTable Strings { get; } = new("string", StringMethods.All, StringPatternMethods.All);
    public static MethodTable Arrays { get; } = new("array", ArrayMethods.All, ArrayCallbackMethods.All, ArrayChangingMethods.All);
    public static MethodTable Numbers { get; } = new("number", NumberMethods.All);
    public static MethodTable Booleans { get; } = new("boolean", BooleanMethods.All);
    public static MethodTable Objects { get; } = new("object", ObjectMethods.All);

    public static MethodTable Of(Value value) => value.Kind switch
    {
        ValueKind.String => Strings,
        ValueKind.Array => Arrays,
        ValueKind.Number => Numbers,
        ValueKind.Boolean => Booleans,
        ValueKind.Object => Objects,
        ValueKind.Other => ((LanguageObject)value.AsOther!).Methods,
        _ => MethodTable.Empty,
    };
}
