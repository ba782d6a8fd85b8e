using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Azure.Blobs;

/// <summary>What blobs are called: <c>tenant/hash</c>, behind a prefix that says what kind they are of.</summary>
internal static class BlobNames
{
    public const int HashLength = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>A tenant's folder: lower-case letters, digits and hyphens as they are, all else as _hex_.</summary>
    public static string FolderOf(string tenant)
    {
        var folder = new StringBuilder(tenant.Length);
        foreach (var b in Encoding.UTF8.GetBytes(tenant))
        {
            if (b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-') folder.Append((char)b);
            else folder.Append(CultureInfo.InvariantCulture, $"_{b:x2}");
        }

        return folder.Length == 0 ? "_" : folder.ToString();
    }

    /// <summary>The name of a content, which tells nobody without the key what it is.</summary>
    public static string Of(string tenant, ReadOnlySpan<byte> key, ReadOnlySpan<byte> content) => $"{FolderOf(tenant)}/{Convert.ToHexStringLower(HMACSHA256.HashData(key, content))}";

    /// <summary>Only a tenant's own names lead anywhere.</summary>
    public static bool IsNameOf(string tenant, string name)
    {
        var folder = FolderOf(tenant);
        return name.Length == folder.Length + 1 + HashLength && name.StartsWith(folder, StringComparison.Ordinal) && name[folder.Length] == '/'
            && !name.AsSpan(folder.Length + 1).ContainsAnyExcept(HexDigits);
    }
}
