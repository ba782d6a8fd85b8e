using System.Text.Json;

namespace LinkFlow.Engine.Values;

/// <summary>
/// Lets objects that were read at different times share the strings of their properties' names: items are alike, so
/// this halves what they take, and comparing names is mostly comparing references. A small cache, not a store: names
/// of fewer than <see cref="MaxLength"/> ASCII characters are kept until another one takes their place.
/// </summary>
internal static class PropertyNames
{
    private const int Places = 4096;
    public const int MaxLength = 40;

    /// <summary>Shared by all threads: a lost update only costs a string.</summary>
    private static readonly string?[] Names = new string?[Places];

    public static string Share(string name)
    {
        if (name.Length > MaxLength) return name;
        uint hash = 2166136261;
        foreach (var c in name) hash = (hash ^ c) * 16777619;
        ref var place = ref Names[hash % Places];
        if (place == name) return place;
        place = name;
        return name;
    }

    /// <summary>The name at which the reader stands.</summary>
    public static string Read(ref Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        if (reader.ValueIsEscaped || text.Length > MaxLength) return reader.GetString()!;
        uint hash = 2166136261;
        foreach (var b in text) hash = (hash ^ b) * 16777619;
        ref var place = ref Names[hash % Places];
        if (place is { } known && known.Length == text.Length && reader.ValueTextEquals(known)) return known;
        return place = reader.GetString()!;
    }
}
