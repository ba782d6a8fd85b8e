using System.Text;
using Microsoft.Net.Http.Headers;

namespace LinkFlow.Platform.Files;

/// <summary>What a file may be called, and what it may say that it is. A name is for people: no path is ever made of it.</summary>
public static class FileNames
{
    public const int MaxLength = 255;
    public const int MaxTypeLength = 255;

    /// <summary>The type of what does not say what it is.</summary>
    public const string AnyType = "application/octet-stream";

    /// <summary>The name in a form's part: the last segment of a path, as old browsers send one.</summary>
    /// <returns>Null: nothing is left of it.</returns>
    public static string? FromPart(string? given)
    {
        // Browsers write quotes as %22 and curl as \"; both mean the same name.
        var name = (given ?? "").Replace("%22", "\"", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal);
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Trim();
        return name.Length == 0 ? null : name;
    }

    /// <returns>What is wrong with a name, and what would be right; null: nothing.</returns>
    public static string? ProblemOf(string name)
    {
        if (name.Length is 0 or > MaxLength) return $"The file's name has {name.Length} characters; 1 to {MaxLength} are allowed.";
        if (string.IsNullOrWhiteSpace(name)) return "The file's name is blank.";
        if (name.AsSpan().ContainsAny('/', '\\') || name is "." or "..") return $"'{Shown(name)}' is a path; a name without / and \\ is expected.";
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.IsControl(rune)) return "The file's name holds a control character.";
            // With these a name can be shown as another one: "invoice" + U+202E + "fdp.exe" looks like a PDF.
            if (rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)) return "The file's name holds a character that changes the direction of text.";
            if (rune == Rune.ReplacementChar && !name.Contains('\uFFFD', StringComparison.Ordinal)) return "The file's name holds half of a character.";
        }

        return null;
    }

    /// <summary>A media type as it is stored.</summary>
    /// <returns>Null: it is none.</returns>
    public static string? TypeOf(string? given)
    {
        if (string.IsNullOrWhiteSpace(given)) return AnyType;
        if (given.Length > MaxTypeLength || !given.All(c => c is >= ' ' and < (char)127)) return null;
        if (!MediaTypeHeaderValue.TryParse(given, out var type) || type.MatchesAllTypes || type.MatchesAllSubTypes) return null;
        return type.ToString();
    }

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
