using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Strings;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Objects;

/// <summary>Objects with other properties: fewer, more, or as text. They are copies; the object itself stays as it is.</summary>
internal static class ObjectTransformations
{
    public static MethodList All { get; } = new()
    {
        { "isEmpty(): boolean", "Whether it has no properties. Also true of null and undefined.", "({}).isEmpty()",
            (_, self, _) => !Properties.Keys(self).Any() },
        { "isNotEmpty(): boolean", "Whether it has at least one property. False of null and undefined.", "$json.address.isNotEmpty()",
            (_, self, _) => Properties.Keys(self).Any() },
        { "keys(): string[]", "The names of its properties, as Object.keys gives them.", "$json.address.keys()",
            (run, self, _) => Statics(run, "keys", self) },
        { "values(): any[]", "The values of its properties, as Object.values gives them.", "$json.address.values()",
            (run, self, _) => Statics(run, "values", self) },
        { "hasField(name: string): boolean", "Whether it has a property of that name, on its first level.", "$json.hasField('email')",
            (run, self, args) => Properties.Has(run, self, Properties.Name(run, args.At(0))) },
        { "compact(): object", "Without the properties that are null, undefined, '', 'nil', {} or []; objects and arrays within lose theirs too.", "({ x: null, y: 2, z: '' }).compact()",
            (run, self, _) => Emptiness.Compact(run, Copy(run, self)) },
        { "merge(other: object): object", "With the properties of the other that it lacks itself.", "({ a: 1 }).merge({ a: 2, b: 3 })", Merge },
        { "removeField(name: string): object", "Without the property of that name.", "$json.address.removeField('zip')", RemoveField },
        { "removeFieldsContaining(text: string): object", "Without the properties whose values are strings with this text in it. Case matters.", "({ a: 'Ada L.', b: 'London', c: 3 }).removeFieldsContaining('Ada')",
            (run, self, args) => Where(run, self, Text(run, args, "removeFieldsContaining"), contained: false) },
        { "keepFieldsContaining(text: string): object", "With only the properties whose values are strings with this text in it. Case matters.", "({ a: 'Ada L.', b: 'London', c: 3 }).keepFieldsContaining('Ada')",
            (run, self, args) => Where(run, self, Text(run, args, "keepFieldsContaining"), contained: true) },
        { "urlEncode(): string", "Its properties as the query of a URL: blanks become +. What lies deeper becomes the text that String gives.", "({ name: 'Ada L.', city: 'London' }).urlEncode()", UrlEncode },
        { "toJsonString(): string", "Its JSON text, as JSON.stringify gives it.", "$json.address.toJsonString()",
            (run, self, _) => JsonPrinter.Print(run, self) },
    };

    /// <summary>An object or array, or what the language has beside them, but no function.</summary>
    public static bool IsObject(Value value) => value.Kind is ValueKind.Object or ValueKind.Array || value.AsOther is LanguageObject and not FunctionValue;

    /// <summary>The properties in an object of their own, which may be changed.</summary>
    public static ObjectValue Copy(Run run, Value value)
    {
        var copy = new ObjectValue();
        AddMissing(run, copy, value);
        return copy;
    }

    /// <summary>Adds the properties that the target does not have yet.</summary>
    public static void AddMissing(Run run, ObjectValue target, Value source)
    {
        foreach (var name in Properties.Keys(source))
        {
            run.Step();
            if (target.Contains(name)) continue;
            run.MakeElements(2);
            target.Set(name, Properties.Get(run, source, name));
        }
    }

    private static Value Statics(Run run, string name, Value self) => ObjectMethods.Statics.Find(name)!(run, default, [self]);

    private static Value Merge(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var merged = Copy(run, self);
        if (arguments.At(0).IsNullOrUndefined) return merged;
        if (!IsObject(arguments[0])) throw run.TypeError($"merge needs another object, not {Properties.Describe(arguments[0])}.");
        AddMissing(run, merged, arguments[0]);
        return merged;
    }

    private static Value RemoveField(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var copy = Copy(run, self);
        copy.Remove(Properties.Name(run, arguments.At(0)));
        return copy;
    }

    private static string Text(Run run, ReadOnlySpan<Value> arguments, string method) =>
        arguments.At(0).AsString is { Length: > 0 } text ? text : throw run.TypeError($"{method} needs a text that is not empty, not {Properties.Describe(arguments.At(0))}.");

    private static Value Where(Run run, Value self, string text, bool contained)
    {
        var result = new ObjectValue();
        foreach (var name in Properties.Keys(self))
        {
            var value = Properties.Get(run, self, name);
            run.Steps(1 + (value.AsString?.Length ?? 0) / 64);
            if (value.AsString?.Contains(text, StringComparison.Ordinal) != true == contained) continue;
            run.MakeElements(2);
            result.Set(name, value);
        }

        return result;
    }

    private static Value UrlEncode(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var pairs = Properties.Keys(self).Select(name => UriText.EncodeForm(run, name) + "=" + UriText.EncodeForm(run, Coercion.ToString(run, Properties.Get(run, self, name))));
        return run.Made(string.Join('&', pairs));
    }
}
