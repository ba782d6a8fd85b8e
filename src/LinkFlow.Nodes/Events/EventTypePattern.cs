using System.Text.RegularExpressions;

namespace LinkFlow.Nodes.Events;

/// <summary>Which types of events are meant: one (<c>com.example.order.placed</c>), all behind a prefix (<c>com.example.*</c>), or all (<c>*</c>). Pure.</summary>
public static partial class EventTypePattern
{
    /// <summary>The longest type, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Every type.</summary>
    public const string Everything = "*";

    private const string Suffix = ".*";

    public static bool Matches(string pattern, string type) =>
        pattern.EndsWith('*')
            ? pattern == Everything || (type.Length > pattern.Length - 1 && type.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal))
            : pattern == type;

    /// <summary>All patterns, but <see cref="Everything"/>, that match a type: the type itself, and each prefix that ends at one of its dots.</summary>
    public static IEnumerable<string> Matching(string type)
    {
        yield return type;
        for (var dot = type.IndexOf('.', StringComparison.Ordinal); dot >= 0 && dot < type.Length - 1; dot = type.IndexOf('.', dot + 1))
            yield return string.Concat(type.AsSpan(0, dot), Suffix);
    }

    /// <returns>What is wrong with a pattern and what would be right; null: nothing.</returns>
    public static string? ProblemOf(string pattern)
    {
        if (pattern == Everything) return null;
        var type = pattern.EndsWith(Suffix, StringComparison.Ordinal) ? pattern[..^Suffix.Length] : pattern;
        if (type.Contains('*', StringComparison.Ordinal))
            return $"'{pattern}' has a '*' elsewhere than at its end: write a whole type, e.g. 'com.example.order.placed', or a prefix at a dot, e.g. 'com.example.*'.";
        return TypeProblemOf(type);
    }

    /// <returns>What is wrong with the type of one event; null: nothing.</returns>
    public static string? TypeProblemOf(string type)
    {
        if (type.Length is 0 or > MaxLength) return $"A type has 1 to {MaxLength} characters, this one {type.Length}.";
        return Form().IsMatch(type) ? null : $"'{type}' is no type: letters, digits and . _ - / : ~ + are allowed, e.g. 'com.example.order.placed'.";
    }

    [GeneratedRegex(@"^[A-Za-z0-9._/:~+-]+\z")]
    private static partial Regex Form();
}
