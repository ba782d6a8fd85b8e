using System.Buffers;
using System.Text;

namespace LinkFlow.Local.Blobs;

/// <summary>Where blobs lie, and how files get onto the disk for sure.</summary>
internal static class BlobFiles
{
    private const int HashLength = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>A tenant's folder: letters, digits and hyphens as they are, all else as _hex_.</summary>
    public static string FolderOf(string tenant)
    {
        if (tenant.Length > 0 && tenant.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')) return tenant;
        var folder = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(tenant))
        {
            if (b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-') folder.Append((char)b);
            else folder.Append('_').Append(b.ToString("x2"));
        }

        return folder.Length == 0 ? "_" : folder.ToString();
    }

    /// <summary>Only a tenant's own names lead to files; nothing else in a name reaches the file system.</summary>
    public static bool IsNameOf(string tenant, string name)
    {
        var folder = FolderOf(tenant);
        return name.Length == folder.Length + 1 + HashLength && name.StartsWith(folder, StringComparison.Ordinal) && name[folder.Length] == '/'
            && !name.AsSpan(folder.Length + 1).ContainsAnyExcept(HexDigits);
    }

    public static string PathOf(string root, string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return Path.Combine(root, name[..slash], name.Substring(slash + 1, 2), name[(slash + 1)..]);
    }

    public static IEnumerable<string> List(string root)
    {
        if (!Directory.Exists(root)) yield break;
        foreach (var tenant in Directory.EnumerateDirectories(root))
        {
            foreach (var file in Directory.EnumerateFiles(tenant, "*", SearchOption.AllDirectories))
            {
                if (Path.GetFileName(file) is { Length: HashLength } hash) yield return $"{Path.GetFileName(tenant)}/{hash}";
            }
        }
    }

    /// <summary>Files that were being written when a process died.</summary>
    public static IEnumerable<string> ListTemporary(string root) =>
        Directory.Exists(root) ? Directory.EnumerateFiles(root, "*.tmp", SearchOption.AllDirectories) : [];

    /// <summary>Creates a folder below the root; the entry of each new one is synced too.</summary>
    public static void CreateDurably(string root, string folder)
    {
        if (Directory.Exists(folder)) return;
        var parent = Path.GetDirectoryName(folder)!;
        if (folder != root) CreateDurably(root, parent);
        Directory.CreateDirectory(folder);
        FolderSync.Sync(parent);
    }

    public static void WriteDurably(string path, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, preallocationSize: content.Length);
        RandomAccess.Write(file, content, 0);
        RandomAccess.FlushToDisk(file);
    }
}
