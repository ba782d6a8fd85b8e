using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Http;

/// <summary>Reads the properties of a JSON object, gathering wrong types and lengths by JSON pointer. Null counts as absent.</summary>
public sealed class BodyFields(ObjectValue body, Problems problems, string pointer = "")
{
    public Problems Problems { get; } = problems;
    public string Pointer { get; } = pointer;

    public bool Has(string name) => !body[name].IsNullOrUndefined;
    public Value Raw(string name) => body[name];
    public string At(string name) => $"{Pointer}/{Escape(name)}";

    public string? Text(string name, int maxLength, int minLength = 0)
    {
        var value = body[name];
        if (value.IsNullOrUndefined) return null;
        if (value.AsString is not { } text) Wrong(name, value, "a string");
        else if (text.Length < minLength || text.Length > maxLength)
            Problems.Add(At(name), $"'{name}' has {text.Length} characters; {minLength} to {maxLength} are allowed.");
        else return text;
        return null;
    }

    /// <summary>A name for people: required, trimmed of nothing, and without control characters.</summary>
    public string? Name(string name, int maxLength)
    {
        if (!Has(name))
        {
            Problems.Add(At(name), $"'{name}' is missing; a string of 1 to {maxLength} characters is needed.");
            return null;
        }

        var text = Text(name, maxLength, minLength: 1);
        if (text is null) return null;
        if (text.Any(char.IsControl)) Problems.Add(At(name), $"'{name}' holds a control character.");
        else if (string.IsNullOrWhiteSpace(text)) Problems.Add(At(name), $"'{name}' is blank.");
        else return text;
        return null;
    }

    public int? Integer(string name, int min, int max)
    {
        var value = body[name];
        if (value.IsNullOrUndefined) return null;
        if (!value.IsNumber || value.AsNumber != Math.Floor(value.AsNumber)) Wrong(name, value, "a whole number");
        else if (value.AsNumber < min || value.AsNumber > max) Problems.Add(At(name), $"'{name}' is {value}; {min} to {max} is allowed.");
        else return (int)value.AsNumber;
        return null;
    }

    public bool? Boolean(string name)
    {
        var value = body[name];
        if (value.IsNullOrUndefined) return null;
        if (value.IsBoolean) return value.AsBoolean;
        Wrong(name, value, "true or false");
        return null;
    }

    public string? OneOf(string name, IReadOnlyList<string> allowed)
    {
        if (Text(name, 256) is not { } text) return null;
        if (allowed.Contains(text, StringComparer.Ordinal)) return text;
        Problems.Add(At(name), $"'{name}' is '{text}'; one of {string.Join(", ", allowed)} is allowed.");
        return null;
    }

    public ObjectValue? Object(string name)
    {
        var value = body[name];
        if (value.IsNullOrUndefined) return null;
        if (value.AsObject is { } found) return found;
        Wrong(name, value, "an object");
        return null;
    }

    /// <summary>A list of strings.</summary>
    public IReadOnlyList<string>? Texts(string name, int maxCount, int maxLength)
    {
        var value = body[name];
        if (value.IsNullOrUndefined) return null;
        if (value.AsArray is not { } array)
        {
            Wrong(name, value, "a list of strings");
            return null;
        }

        if (array.Count > maxCount)
        {
            Problems.Add(At(name), $"'{name}' has {array.Count} entries; at most {maxCount} are allowed.");
            return null;
        }

        var texts = new List<string>(array.Count);
        for (var i = 0; i < array.Count; i++)
        {
            if (array[i].AsString is { } text && text.Length >= 1 && text.Length <= maxLength && !text.Any(char.IsControl)) texts.Add(text);
            else Problems.Add($"{At(name)}/{i}", $"An entry of '{name}' must be a string of 1 to {maxLength} characters without control characters.");
        }

        return texts;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name, 64) is not { } text) return null;
        if (Rfc3339.TryParse(text, out var time)) return time;
        Problems.Add(At(name), $"'{name}' is '{text}'; an RFC 3339 time is expected, e.g. 2026-01-31T09:30:00Z.");
        return null;
    }

    /// <summary>Refuses properties that mean nothing here; a misspelt one would otherwise be lost in silence.</summary>
    public void RejectUnknown(IReadOnlyCollection<string> known)
    {
        foreach (var (name, _) in body)
        {
            if (known.Contains(name)) continue;
            var shown = name.Length <= 64 ? name : name[..64] + "…";
            Problems.Add(At(name), $"'{shown}' is not a known property.{DidYouMean.Suggestion(name, known)}");
        }
    }

    private void Wrong(string name, Value value, string expected) => Problems.Add(At(name), $"'{name}' is {Describe(value)}; {expected} is expected.");

    /// <summary>A value's kind in words.</summary>
    public static string Describe(Value value) => value.Kind switch
    {
        ValueKind.Null => "null",
        ValueKind.Boolean => "a boolean",
        ValueKind.Number => "a number",
        ValueKind.String => "a string",
        ValueKind.Array => "a list",
        ValueKind.Object => "an object",
        _ => "missing",
    };

    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
