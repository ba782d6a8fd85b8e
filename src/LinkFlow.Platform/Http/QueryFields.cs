using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Http;

/// <summary>Reads query parameters strictly: a value that cannot be meant is a 400 that says what would be right.</summary>
public readonly struct QueryFields(IQueryCollection query)
{
    public const int DefaultLimit = 50;
    private const int MaxTextLength = 1024;

    /// <returns>Null when absent or empty.</returns>
    public string? Text(string name)
    {
        var values = query[name];
        if (values.Count > 1) throw ApiException.Validation(name, $"'{name}' is given {values.Count} times; once is allowed.");
        if (values.Count == 0 || string.IsNullOrEmpty(values[0])) return null;
        if (values[0]!.Length > MaxTextLength) throw ApiException.Validation(name, $"'{name}' is longer than {MaxTextLength} characters.");
        return values[0];
    }

    public string? OneOf(string name, IReadOnlyList<string> allowed)
    {
        var text = Text(name);
        if (text is null || allowed.Contains(text, StringComparer.Ordinal)) return text;
        throw ApiException.Validation(name, $"'{name}' is '{text}'; one of {string.Join(", ", allowed)} is allowed.");
    }

    public int? Integer(string name, int min, int max)
    {
        if (Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        throw ApiException.Validation(name, $"'{name}' is '{text}'; a whole number from {min} to {max} is allowed.");
    }

    /// <param name="max">The largest page that this installation gives.</param>
    public int Limit(int max = 200) => Integer("limit", 1, max) ?? Math.Min(DefaultLimit, max);

    /// <summary>The id before which the page begins, or null for the first.</summary>
    public string? Cursor() => Text("cursor") is { } cursor ? Http.Cursor.Decode(cursor) : null;

    /// <summary>An RFC 3339 time; a date alone is its first instant in UTC.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        // In a query string an unescaped + of an offset arrives as a space.
        if (Rfc3339.TryParse(text.Replace(' ', '+'), out var time) || Rfc3339.TryParse(text, out time)) return time;
        throw ApiException.Validation(name, $"'{name}' is '{text}'; an RFC 3339 time is expected, e.g. 2026-01-31T09:30:00Z.");
    }
}
