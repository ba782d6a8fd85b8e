using System.Text;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Schemas;

/// <summary>
/// A compiled JSON Schema (2020-12, a subset): <c>type const enum properties required additionalProperties items
/// minItems maxItems minProperties maxProperties minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength
/// pattern allOf anyOf oneOf $ref $defs</c>. Annotations are ignored, <c>default</c> is not applied, other
/// assertions are refused when compiling. Immutable; safe for concurrent use.
/// </summary>
public sealed class JsonSchema
{
    /// <summary>Schemas compared with values in one validation; alternatives within alternatives could take for ever.</summary>
    public const int MaxSteps = 10_000_000;

    /// <summary>Errors after which the rest is not looked at.</summary>
    public const int MaxErrors = 100;

    /// <summary>Steps that trying one alternative counts for, where it is deep within alternatives of alternatives.</summary>
    private const int StepsOfNestedAlternative = 200;
    private const int ShallowAlternatives = 3;

    /// <summary>How many known names, or ways to be right, a message lists at most.</summary>
    private const int ListedNames = 12;

    internal JsonSchema()
    {
    }

    internal bool AllowsNothing { get; set; }
    internal IReadOnlyList<string> Types { get; set; } = [];
    internal Value Const { get; set; }
    internal ArrayValue? Enum { get; set; }
    internal Dictionary<string, JsonSchema>? Properties { get; set; }
    internal IReadOnlyList<string> Required { get; set; } = [];
    internal JsonSchema? AdditionalProperties { get; set; }
    internal JsonSchema? Items { get; set; }
    internal Range? ItemCount { get; set; }
    internal Range? PropertyCount { get; set; }
    internal Range? Length { get; set; }
    internal double? Minimum { get; set; }
    internal double? Maximum { get; set; }
    internal double? ExclusiveMinimum { get; set; }
    internal double? ExclusiveMaximum { get; set; }
    internal Regex? Pattern { get; set; }
    internal JsonSchema? Reference { get; set; }
    internal IReadOnlyList<JsonSchema> AllOf { get; set; } = [];
    internal IReadOnlyList<JsonSchema> AnyOf { get; set; } = [];
    internal IReadOnlyList<JsonSchema> OneOf { get; set; } = [];

    /// <exception cref="ArgumentException">It is no schema, or uses what the subset lacks; says where.</exception>
    public static JsonSchema Compile(Value schema) => new SchemaCompiler(schema).Compile();

    /// <summary>Every place where the value does not fit, up to <see cref="MaxErrors"/> and a few; empty when it fits.</summary>
    /// <param name="value">Any JSON value.</param>
    /// <param name="allowExpressions">True: a string that holds <c>{{</c> is an expression and fits any schema.</param>
    public IReadOnlyList<SchemaError> Validate(Value value, bool allowExpressions = false)
    {
        var errors = new List<SchemaError>();
        var run = new Run(allowExpressions, MaxSteps);
        Check(value, "", run, errors);
        if (run.StepsLeft <= 0) errors.Add(new("", "steps", $"takes more than {MaxSteps} steps to compare with its schema"));
        return errors;
    }

    private void Check(Value value, string at, Run run, List<SchemaError> errors)
    {
        if (run.StepsLeft-- <= 0 || errors.Count >= MaxErrors) return;
        if (run.AllowsExpressions && value.AsString is { } text && Template.IsTemplate(text)) return;
        if (AllowsNothing) errors.Add(new(at, "false", "nothing is allowed here"));
        Reference?.Check(value, at, run, errors);
        if (Types.Count > 0 && !Types.Any(t => IsOfType(value, t)))
        {
            errors.Add(new(at, "type", $"must be {Or(Types.Select(WithArticle))}; is {Describe(value)}"));
            return;
        }

        if (!Const.IsUndefined && Const != value) errors.Add(new(at, "const", $"must be {Const}; is {Describe(value)}"));
        if (Enum is not null && !Enum.Contains(value)) errors.Add(new(at, "enum", NotOneOf(value, Enum)));
        if (value.AsObject is { } o) CheckObject(o, at, run, errors);
        else if (value.AsArray is { } array) CheckArray(array, at, run, errors);
        else if (value.AsString is { } s) CheckString(s, at, errors);
        else if (value.IsNumber) CheckNumber(value, at, errors);

        foreach (var schema in AllOf) schema.Check(value, at, run, errors);
        if (AnyOf.Count > 0) CheckAlternatives("anyOf", AnyOf, value, at, run, errors);
        if (OneOf.Count > 0) CheckAlternatives("oneOf", OneOf, value, at, run, errors);
    }

    private void CheckObject(ObjectValue value, string at, Run run, List<SchemaError> errors)
    {
        CheckCount(PropertyCount, value.Count, "Properties", "property", "properties", at, errors);
        foreach (var name in Required)
            if (value[name].IsUndefined) errors.Add(new(at, "required", $"'{name}' is missing{Expected(name)}"));
        foreach (var (name, property) in value)
        {
            if (property.IsUndefined) continue;
            if (errors.Count >= MaxErrors) return;
            if (Properties?.GetValueOrDefault(name) is { } known) known.Check(property, JsonPointer.Append(at, name), run, errors);
            else if (AdditionalProperties is { AllowsNothing: true }) errors.Add(new(JsonPointer.Append(at, name), "additionalProperties", Unknown(name)));
            else AdditionalProperties?.Check(property, JsonPointer.Append(at, name), run, errors);
        }
    }

    private void CheckArray(ArrayValue value, string at, Run run, List<SchemaError> errors)
    {
        CheckCount(ItemCount, value.Count, "Items", "element", "elements", at, errors);
        for (var i = 0; Items is not null && i < value.Count; i++) Items.Check(value[i], JsonPointer.Append(at, i), run, errors);
    }

    private void CheckString(string value, string at, List<SchemaError> errors)
    {
        if (Length is not null) CheckCount(Length, value.EnumerateRunes().Count(), "Length", "character", "characters", at, errors);
        if (Pattern is null) return;
        try
        {
            if (!Pattern.IsMatch(value)) errors.Add(new(at, "pattern", $"must match {Pattern}; is {Describe(value)}"));
        }
        catch (RegexMatchTimeoutException)
        {
            errors.Add(new(at, "pattern", $"takes too long to compare with {Pattern}"));
        }
    }

    private void CheckNumber(Value value, string at, List<SchemaError> errors)
    {
        if (value.AsNumber < Minimum) errors.Add(new(at, "minimum", $"must be at least {Print(Minimum)}; is {value}"));
        if (value.AsNumber > Maximum) errors.Add(new(at, "maximum", $"must be at most {Print(Maximum)}; is {value}"));
        if (value.AsNumber <= ExclusiveMinimum) errors.Add(new(at, "exclusiveMinimum", $"must be more than {Print(ExclusiveMinimum)}; is {value}"));
        if (value.AsNumber >= ExclusiveMaximum) errors.Add(new(at, "exclusiveMaximum", $"must be less than {Print(ExclusiveMaximum)}; is {value}"));
    }

    /// <summary>The errors of the one alternative that the value was meant for, where its kind or its keys tell; else what all of them are.</summary>
    private static void CheckAlternatives(string keyword, IReadOnlyList<JsonSchema> schemas, Value value, string at, Run run, List<SchemaError> errors)
    {
        var results = schemas.Select(s => (Schema: s, Errors: Try(s, value, at, run))).ToList();
        var fitting = results.Count(r => r.Errors.Count == 0);
        if (fitting > 1 && keyword == "oneOf" && !(run.AllowsExpressions && HoldsExpression(value)))
            errors.Add(new(at, keyword, $"fits {fitting} of the {schemas.Count} alternatives; only one may fit"));
        if (fitting > 0 || run.StepsLeft <= 0) return;

        var meant = results.Where(r => !r.Errors.Exists(e => e.Keyword == "const" || (e.Keyword == "type" && e.Pointer == at))).ToList();
        if (meant.Count == 0) meant = results;
        var least = meant.Min(r => r.Errors.Count);
        var nearest = meant.Where(r => r.Errors.Count == least).ToList();
        if (nearest.Count == 1 || nearest.TrueForAll(r => r.Errors.SequenceEqual(nearest[0].Errors))) errors.AddRange(nearest[0].Errors);
        else errors.Add(new(at, keyword, string.Join("; or ", nearest.SelectMany(r => r.Errors).Select(e => Relative(e, at)).Distinct().Take(ListedNames))));
    }

    private static List<SchemaError> Try(JsonSchema schema, Value value, string at, Run run)
    {
        var errors = new List<SchemaError>();
        if (++run.Alternatives > ShallowAlternatives) run.StepsLeft -= StepsOfNestedAlternative;
        schema.Check(value, at, run, errors);
        run.Alternatives--;
        return errors;
    }

    private static string Relative(SchemaError error, string at) =>
        error.Pointer.Length == at.Length ? error.Message : $"{error.Pointer[(at.Length + 1)..]} {error.Message}";

    private static bool HoldsExpression(Value value) =>
        value.AsString is { } text ? Template.IsTemplate(text)
        : value.AsArray is { } array ? array.Any(HoldsExpression)
        : value.AsObject is { } o && o.Any(p => HoldsExpression(p.Value));

    private static void CheckCount(Range? range, int count, string keyword, string one, string many, string at, List<SchemaError> errors)
    {
        if (range is null) return;
        if (count < range.Least) errors.Add(new(at, $"min{keyword}", $"must have at least {range.Least} {(range.Least == 1 ? one : many)}; has {count}"));
        if (count > range.Most) errors.Add(new(at, $"max{keyword}", $"must have at most {range.Most} {(range.Most == 1 ? one : many)}; has {count}"));
    }

    private string Unknown(string name)
    {
        var known = Properties?.Keys.ToList() ?? [];
        var suggestion = DidYouMean.Suggestion(name, known);
        return suggestion.Length > 0 ? $"'{name}' is not known here.{suggestion}"
            : known.Count == 0 ? $"'{name}' is not known here; nothing may be given"
            : $"'{name}' is not known here; known are {string.Join(", ", known.Take(ListedNames))}{(known.Count > ListedNames ? ", …" : "")}";
    }

    private string Expected(string name) => Properties?.GetValueOrDefault(name) switch
    {
        { Enum: { } words } => $"; it must be one of {string.Join(", ", words)}",
        { Types.Count: > 0 } property => $"; it must be {Or(property.Types.Select(WithArticle))}",
        _ => "",
    };

    private static string NotOneOf(Value value, ArrayValue words)
    {
        var suggestion = value.AsString is { } text ? DidYouMean.Suggestion(text, words.Where(w => w.IsString).Select(w => w.AsString!)) : "";
        return $"must be one of {string.Join(", ", words)}; is {Describe(value)}{(suggestion.Length > 0 ? "." : "")}{suggestion}";
    }

    private static bool IsOfType(Value value, string type) => type switch
    {
        "integer" => value.IsNumber && double.IsInteger(value.AsNumber),
        _ => value.Kind.ToString().Equals(type, StringComparison.OrdinalIgnoreCase),
    };

    private static string WithArticle(string type) => type switch
    {
        "null" => "null",
        "integer" => "a whole number",
        "array" or "object" => $"an {type}",
        _ => $"a {type}",
    };

    /// <summary>A value as messages show it: short ones in full.</summary>
    private static string Describe(Value value)
    {
        var text = value.ToString();
        return text.Length <= 60 ? text : WithArticle(value.Kind.ToString().ToLowerInvariant());
    }

    private static string Or(IEnumerable<string> words)
    {
        var list = words.ToList();
        return list.Count == 1 ? list[0] : $"{string.Join(", ", list[..^1])} or {list[^1]}";
    }

    private static string Print(double? number) => JavaScriptNumber.ToString(number!.Value);

    private sealed class Run(bool allowsExpressions, int steps)
    {
        public bool AllowsExpressions { get; } = allowsExpressions;
        public int StepsLeft { get; set; } = steps;

        /// <summary>How many alternatives are being tried within one another.</summary>
        public int Alternatives { get; set; }
    }

    /// <summary>Bounds of a count, both inclusive.</summary>
    internal sealed record Range(int Least, int Most);
}
