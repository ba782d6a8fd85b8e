using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Arrays;
using LinkFlow.Engine.Expressions.Library.Numbers;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Expressions.Library.Strings;
using LinkFlow.Engine.Expressions.Library.Strings.Letters;
using LinkFlow.Engine.Expressions.Library.Strings.Markup;
using LinkFlow.Engine.Expressions.Time.Members;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Which methods a value has.</summary>
internal static class MethodTables
{
    public static MethodTable Strings { get; } = new("string", StringMethods.All, StringPatternMethods.All, TextChecks.All, TextExtraction.All, TextConversions.All, TextCases.All, TextEncodings.All, Transliteration.All, MarkupRemoval.All)
    {
        Description = "Text. Positions count UTF-16 units from 0.",
        Properties = new PropertyList
        {
            { "length: number", "How many UTF-16 units it has.", "'😀'.length", (_, self) => self.AsString!.Length },
        },
    };

    public static MethodTable Arrays { get; } = new("array", ArrayMethods.All, ArrayCallbackMethods.All, ArrayChangingMethods.All, ArrayTransformations.All, ArraySetMethods.All, ArrayObjectMethods.All)
    {
        Description = "A list of values. What changes an array changes only arrays that the expression made itself; of the workflow's data it changes a copy.",
        Properties = new PropertyList
        {
            { "length: number", "How many elements it has.", "$json.tags.length", (_, self) => self.AsArray!.Count },
        },
    };

    public static MethodTable Numbers { get; } = new("number", NumberMethods.All, NumberTransformations.All)
    {
        Description = "A double of 64 bits. Write (5).round() or 5..round(), because 5.round is no number.",
    };

    public static MethodTable Booleans { get; } = new("boolean", BooleanMethods.All) { Description = "true or false." };

    public static MethodTable Objects { get; } = new("object", ObjectMethods.All, ObjectTransformations.All)
    {
        Description = "Properties by name. A function in a property of the same name comes before the method.",
    };

    /// <summary>What can be asked of null and undefined.</summary>
    public static MethodTable Nothing { get; } = new("null", Emptiness.OfNothing)
    {
        IsOfNothing = true,
        Description = "null and undefined. Anything else that is asked of them is an error, unless it is asked with ?. or the workflow's setting lenientPaths is on.",
    };

    /// <summary>Those of all kinds of values, in the order of the reference.</summary>
    public static IReadOnlyList<MethodTable> All =>
    [
        Strings, Numbers, Booleans, Arrays, Objects, Nothing,
        DateTimeMembers.All, DurationMembers.All, IntervalMembers.All, ZoneMembers.All, DateMembers.All,
        RegexValue.AllMethods, MatchValue.Own, CollectionValue.SetMethods, CollectionValue.MapMethods, ErrorValue.AllMethods, FunctionValue.AllMethods,
        InputObject.AllMethods, NodeObject.AllMethods, ItemObject.Own,
    ];

    public static MethodTable Of(Value value) => value.Kind switch
    {
        ValueKind.String => Strings,
        ValueKind.Array => Arrays,
        ValueKind.Number => Numbers,
        ValueKind.Boolean => Booleans,
        ValueKind.Object => Objects,
        ValueKind.Other => ((LanguageObject)value.AsOther!).Methods,
        _ => Nothing,
    };
}
