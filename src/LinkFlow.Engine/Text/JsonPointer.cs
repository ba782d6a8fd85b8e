namespace LinkFlow.Engine.Text;

/// <summary>JSON pointers (RFC 6901) as plain text.</summary>
public static class JsonPointer
{
    /// <summary>The pointer to a property of what the given pointer leads to.</summary>
    public static string Append(string pointer, string name) =>
        $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The pointer to an element of the array that the given pointer leads to.</summary>
    public static string Append(string pointer, int index) => $"{pointer}/{index}";

    /// <summary>One part of a pointer, its escapes undone.</summary>
    public static string Unescape(string part) => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
