using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Definitions;

/// <summary>Reads the fields of one JSON object and collects what is wrong with them. A field that is absent or null has its default.</summary>
internal sealed class FieldReader(ObjectValue json, string pointer, ICollection<FieldError> errors)
{
    /// <summary>Errors after which no more are collected.</summary>
    public const int MaxErrors = 500;

    /// <summary>Reports every field that is not one of these, with the nearest of them.</summary>
    public void Know(string what, params string[] fields)
    {
        foreach (var (name, _) in json)
            if (errors.Count < MaxErrors && !fields.Contains(name)) Report(name, $"'{name}' is no field of {what}.{DidYouMean.Suggestion(name, fields)}");
    }

    /// <summary>1 to <paramref name="maxLength"/> characters, no control characters; null when absent or wrong.</summary>
    public string? Name(string field, int maxLength = DefinitionLimits.MaxNameLength)
    {
        if (Text(field, maxLength) is not { } text) return null;
        if (text.Length == 0) return Report(field, $"must have 1 to {maxLength} characters; is empty");
        return text.Any(char.IsControl) ? Report(field, "must not hold control characters") : text;
    }

    public string? Text(string field, int maxLength)
    {
        if (Find(field) is not { } value) return null;
        if (value.AsString is not { } text) return Wrong(field, value, "a string");
        return text.Length > maxLength ? Report(field, $"must have at most {maxLength} characters; has {text.Length}") : text;
    }

    /// <summary>As <see cref="Name"/>, and its absence is an error.</summary>
    public string? RequiredName(string field, string why)
    {
        if (Find(field) is null) return Report(field, $"is missing; {why}");
        return Name(field);
    }

    public bool Boolean(string field, bool fallback)
    {
        if (Find(field) is not { } value) return fallback;
        if (value.IsBoolean) return value.AsBoolean;
        Wrong(field, value, "true or false");
        return fallback;
    }

    public int? Integer(string field) => (int?)Whole(field, int.MinValue, int.MaxValue);

    /// <summary>Within the numbers that JSON's doubles count exactly.</summary>
    public long? Long(string field) => Whole(field, -(1L << 53), 1L << 53);

    public double? Number(string field)
    {
        if (Find(field) is not { } value) return null;
        if (value.IsNumber) return value.AsNumber;
        Wrong(field, value, "a number");
        return null;
    }

    /// <summary>One of an enum's values, written in camelCase.</summary>
    public T Word<T>(string field, T fallback) where T : struct, Enum
    {
        if (Find(field) is not { } value) return fallback;
        var words = DefinitionWords.Of<T>();
        if (value.AsString is { } text && words.TryGetValue(text, out var word)) return word;
        var suggestion = value.AsString is { } wrong ? DidYouMean.Suggestion(wrong, words.Keys) : "";
        Report(field, $"must be one of {string.Join(", ", words.Keys)}; is {value}.{suggestion}");
        return fallback;
    }

    public ObjectValue Object(string field)
    {
        if (Find(field) is not { } value) return new ObjectValue();
        if (value.AsObject is { } o) return o;
        Wrong(field, value, "an object");
        return new ObjectValue();
    }

    /// <param name="maxCount">Of a list of the workflow itself.</param>
    private ArrayValue Array(string field, int maxCount, string remedy)
    {
        if (Find(field) is not { } value) return [];
        if (value.AsArray is not { } array)
        {
            Wrong(field, value, "an array");
            return [];
        }

        if (array.Count > maxCount) Report(field, $"The workflow has {array.Count} {field}; at most {maxCount} are allowed. {remedy}");
        return array;
    }

    /// <summary>The objects in an array, each with its place; what is no object is reported and left out.</summary>
    public IEnumerable<(int Place, FieldReader Element)> Objects(string field, int maxCount, string remedy)
    {
        var array = Array(field, maxCount, remedy);
        for (var i = 0; i < array.Count; i++)
        {
            var at = JsonPointer.Append(JsonPointer.Append(pointer, field), i);
            if (array[i].AsObject is { } element) yield return (i, new FieldReader(element, at, errors));
            else if (errors.Count < MaxErrors) errors.Add(new FieldError(at, $"must be an object; is {Describe(array[i])}"));
        }
    }

    /// <summary>Reports the elements of an array that are no objects.</summary>
    public void RequireObjects(string field) => _ = Objects(field, int.MaxValue, "").Count();

    /// <summary>A reader for an object in a field; null when absent or wrong.</summary>
    public FieldReader? Nested(string field)
    {
        if (Find(field) is not { } value) return null;
        if (value.AsObject is { } o) return new FieldReader(o, JsonPointer.Append(pointer, field), errors);
        Wrong(field, value, "an object");
        return null;
    }

    /// <summary>The value of a field as it stands; undefined when absent or null.</summary>
    public Value Raw(string field) => Find(field).GetValueOrDefault();

    public string? Report(string field, string message)
    {
        if (errors.Count < MaxErrors) errors.Add(new FieldError(JsonPointer.Append(pointer, field), message));
        return null;
    }

    private Value? Find(string field) => json.TryGet(field, out var value) && !value.IsNullOrUndefined ? (Value?)value : null;

    private long? Whole(string field, long least, long most)
    {
        if (Number(field) is not { } number) return null;
        if (double.IsInteger(number) && number >= least && number <= most) return (long)number;
        Report(field, $"must be a whole number{(double.IsInteger(number) ? $" from {least} to {most}" : "")}; is {json[field]}");
        return null;
    }

    private string? Wrong(string field, Value value, string expected) => Report(field, $"must be {expected}; is {Describe(value)}");

    private static string Describe(Value value) => value.Kind switch
    {
        ValueKind.Array => "an array",
        ValueKind.Object => "an object",
        ValueKind.String => "a string",
        _ => value.ToString(),
    };
}
