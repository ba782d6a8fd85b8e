using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Azure.Documents;

/// <summary>
/// How items are named and found. One index serves all lists: a path holds tenant, type and id in one text, so that a range of it is a list in its order, and
/// another holds them with a field's value in between. The tenant is in front, so no range can reach into another one's.
/// </summary>
internal static class ItemNames
{
    /// <summary>Bytes of an id that are left as they are; Cosmos DB takes 1,023, and knows characters that it does not take.</summary>
    private const int MaxItemId = 900;

    private const char Separator = '|';

    /// <summary>The character behind the separator: nothing that begins with a prefix sorts behind this.</summary>
    private const char BehindSeparator = '}';

    /// <summary>An item's id, from which nothing needs to be read back. Two documents of one aggregate never share one.</summary>
    public static string ItemId(string type, string id)
    {
        var text = new StringBuilder(type.Length + id.Length + 1).Append(type).Append(':');
        foreach (var b in Encoding.UTF8.GetBytes(id))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.') text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"~{b:x2}");
        }

        // Two tildes are in none of those above.
        return text.Length <= MaxItemId ? text.ToString() : $"{type}:~~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";
    }

    /// <summary>Of all documents of a type; ids follow.</summary>
    public static string Prefix(string tenant, string type) => $"{Part(tenant)}{Separator}{type}{Separator}";

    /// <summary>Of the documents of a type that have this value in a field; ids follow.</summary>
    public static string Prefix(string tenant, string type, string value) => $"{Part(tenant)}{Separator}{type}{Separator}{Part(value)}{Separator}";

    /// <summary>What everything that begins with the prefix sorts before.</summary>
    public static string Behind(string prefix) => string.Concat(prefix.AsSpan(0, prefix.Length - 1), [BehindSeparator]);

    private static string Part(string text) =>
        text.AsSpan().ContainsAny(Separator, '%') ? text.Replace("%", "%25", StringComparison.Ordinal).Replace("|", "%7C", StringComparison.Ordinal) : text;
}
