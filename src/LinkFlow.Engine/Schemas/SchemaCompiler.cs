using System.Text.RegularExpressions;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Schemas;

/// <summary>Turns the JSON of one schema document into <see cref="JsonSchema"/>s, references resolved within it.</summary>
internal sealed class SchemaCompiler(Value document)
{
    /// <summary>Longest match of one pattern against one string, where the pattern needs backtracking.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);


    /// <summary>Assertions of JSON Schema that are not in the subset; any other unknown keyword is an annotation.</summary>
    private static readonly HashSet<string> Unsupported = new(StringComparer.Ordinal)
    {
        "not", "if", "then", "else", "patternProperties", "propertyNames", "prefixItems", "contains", "minContains",
        "maxContains", "uniqueItems", "multipleOf", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
        "unevaluatedItems", "$dynamicRef", "definitions", "dependencies", "additionalItems",
    };

    private static readonly string[] TypeNames = ["null", "boolean", "number", "integer", "string", "array", "object"];

    private readonly Dictionary<string, JsonSchema> _compiled = new(StringComparer.Ordinal);

    /// <summary>False while the schemas that it applies to the same value are being looked at.</summary>
    private readonly Dictionary<JsonSchema, bool> _endsAfter = [];

    public JsonSchema Compile()
    {
        var root = At("", document);
        foreach (var schema in _compiled.Values) RefuseEndless(schema);
        return root;
    }

    private JsonSchema At(string pointer, Value json)
    {
        if (_compiled.TryGetValue(pointer, out var known)) return known;
        var schema = _compiled[pointer] = new JsonSchema();
        if (json.IsBoolean) schema.AllowsNothing = !json.AsBoolean;
        else if (json.AsObject is { } o) Fill(schema, pointer, o);
        else throw Error(pointer, "is no schema: an object or a boolean is expected");
        return schema;
    }

    private void Fill(JsonSchema schema, string pointer, ObjectValue json)
    {
        foreach (var (keyword, _) in json)
            if (Unsupported.Contains(keyword)) throw Error(pointer, $"uses '{keyword}', which is not supported");

        schema.Types = Types(pointer, json["type"]);
        schema.Const = json["const"];
        schema.Enum = Optional(json, "enum", pointer, v => v.AsArray, "an array");
        schema.Required = [.. (Optional(json, "required", pointer, v => v.AsArray, "an array") ?? []).Select(v => v.AsString ?? throw Error(pointer, "has something in 'required' that is no string"))];
        schema.AdditionalProperties = Child(json, pointer, "additionalProperties");
        schema.Items = Child(json, pointer, "items");
        schema.ItemCount = Range(json, pointer, "minItems", "maxItems");
        schema.PropertyCount = Range(json, pointer, "minProperties", "maxProperties");
        schema.Length = Range(json, pointer, "minLength", "maxLength");
        schema.Minimum = Number(json, pointer, "minimum");
        schema.Maximum = Number(json, pointer, "maximum");
        schema.ExclusiveMinimum = Number(json, pointer, "exclusiveMinimum");
        schema.ExclusiveMaximum = Number(json, pointer, "exclusiveMaximum");
        schema.Pattern = Optional(json, "pattern", pointer, v => v.AsString, "a string") is { } pattern ? Pattern(pointer, pattern) : null;
        schema.Reference = Optional(json, "$ref", pointer, v => v.AsString, "a string") is { } reference ? Resolve(pointer, reference) : null;
        schema.AllOf = Alternatives(json, pointer, "allOf");
        schema.AnyOf = Alternatives(json, pointer, "anyOf");
        schema.OneOf = Alternatives(json, pointer, "oneOf");
        if (Optional(json, "properties", pointer, v => v.AsObject, "an object") is { } properties)
            schema.Properties = properties.ToDictionary(p => p.Key, p => At(JsonPointer.Append(pointer + "/properties", p.Key), p.Value), StringComparer.Ordinal);
        foreach (var (name, definition) in Optional(json, "$defs", pointer, v => v.AsObject, "an object") ?? new ObjectValue())
            At(JsonPointer.Append(pointer + "/$defs", name), definition);
    }

    private JsonSchema? Child(ObjectValue json, string pointer, string keyword) =>
        json.TryGet(keyword, out var child) ? At($"{pointer}/{keyword}", child) : null;

    private List<JsonSchema> Alternatives(ObjectValue json, string pointer, string keyword)
    {
        var schemas = Optional(json, keyword, pointer, v => v.AsArray is { Count: > 0 } array ? array : null, "an array of schemas") ?? [];
        return [.. schemas.Select((s, i) => At($"{pointer}/{keyword}/{i}", s))];
    }

    private static IReadOnlyList<string> Types(string pointer, Value type)
    {
        string[] names = type.IsUndefined ? []
            : type.AsArray is { } list ? [.. list.Select(t => t.AsString ?? "")]
            : [type.AsString ?? ""];
        return names.FirstOrDefault(n => !TypeNames.Contains(n)) is { } unknown
            ? throw Error(pointer, $"has the unknown type '{unknown}'.{DidYouMean.Suggestion(unknown, TypeNames)}")
            : names;
    }

    private static JsonSchema.Range? Range(ObjectValue json, string pointer, string least, string most)
    {
        var (from, to) = (Number(json, pointer, least), Number(json, pointer, most));
        return from is null && to is null ? null : new JsonSchema.Range((int)(from ?? 0), (int)Math.Min(to ?? int.MaxValue, int.MaxValue));
    }

    private static double? Number(ObjectValue json, string pointer, string keyword) =>
        !json.TryGet(keyword, out var value) ? null
        : value.IsNumber ? value.AsNumber
        : throw Error(pointer, $"has a '{keyword}' that is no number");

    private static Regex Pattern(string pointer, string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException e)
        {
            throw Error(pointer, $"has a 'pattern' that is no regular expression: {e.Message}");
        }
    }

    private JsonSchema Resolve(string pointer, string reference)
    {
        if (!reference.StartsWith('#')) throw Error(pointer, $"refers to '{reference}'; only references within the schema are supported");
        var target = document;
        foreach (var part in reference.Split('/').Skip(1))
        {
            var name = JsonPointer.Unescape(part);
            target = target.AsArray is { } array && int.TryParse(name, out var index) && index >= 0 && index < array.Count ? array[index] : target[name];
        }

        return target.IsUndefined ? throw Error(pointer, $"refers to '{reference}', which is not there") : At(reference[1..], target);
    }

    /// <summary>A schema that applies itself to the same value would be checked for ever.</summary>
    private void RefuseEndless(JsonSchema schema)
    {
        if (_endsAfter.TryGetValue(schema, out var ends))
        {
            if (!ends) throw new ArgumentException("The schema refers to itself without a property or an element in between.");
            return;
        }

        _endsAfter[schema] = false;
        foreach (var next in schema.AllOf.Concat(schema.AnyOf).Concat(schema.OneOf)) RefuseEndless(next);
        if (schema.Reference is not null) RefuseEndless(schema.Reference);
        _endsAfter[schema] = true;
    }

    private static T? Optional<T>(ObjectValue json, string keyword, string pointer, Func<Value, T?> read, string expected) where T : class =>
        !json.TryGet(keyword, out var value) ? null : read(value) ?? throw Error(pointer, $"has a '{keyword}' that is not {expected}");

    private static ArgumentException Error(string pointer, string message) => new($"The schema at '{pointer}' {message}.");
}
