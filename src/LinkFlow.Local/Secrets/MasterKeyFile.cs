using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Local.Blobs;

namespace LinkFlow.Local.Secrets;

/// <summary>
/// The file that holds the master keys: a line that says what it is, a line per key with the current one first, and a
/// checksum. Readable by its owner only. It is replaced whole, so that after a crash there is the old one or the new
/// one. A file that holds nothing but a key in base64, as secrets are mounted into containers, is read and never written.
/// </summary>
public sealed class MasterKeyFile(string path)
{
    private const string Title = "LinkFlow master keys, format 1. Whoever has this file and the database can read every secret. Keep a copy, apart from the database's backups.";
    private const string Checksum = "sha256";
    private const int MaxBytes = 64 * 1024;
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    public string Path { get; } = System.IO.Path.GetFullPath(path);
    public bool Exists => File.Exists(Path);

    /// <summary>True once the file was read and found to hold a bare key, which only whoever made it can replace.</summary>
    public bool IsBare { get; private set; }

    /// <returns>The keys, the current one first.</returns>
    /// <exception cref="MasterKeyException">It is damaged, or others may read it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public IReadOnlyList<MasterKey> Read()
    {
        var bytes = GC.AllocateUninitializedArray<byte>(MaxBytes, pinned: true);
        try
        {
            using var file = File.OpenHandle(Path);
            RequireMode(file);
            var length = RandomAccess.Read(file, bytes, 0);
            return Parse(bytes.AsSpan(0, length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Replaces the file; durable when it returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(IReadOnlyList<MasterKey> keys)
    {
        var bytes = GC.AllocateArray<byte>(MaxBytes, pinned: true);
        try
        {
            var length = Format(keys, bytes);
            var aside = Path + ".new";
            File.Delete(aside);
            var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) how.UnixCreateMode = OwnersOnly;
            using (var file = new FileStream(aside, how))
            {
                file.Write(bytes.AsSpan(0, length));
                file.Flush(flushToDisk: true);
            }

            File.Move(aside, Path, overwrite: true);
            FolderSync.Sync(System.IO.Path.GetDirectoryName(Path)!);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private void RequireMode(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = File.GetUnixFileMode(file);
        if ((mode & ~OwnersOnly) == 0) return;
        throw new MasterKeyException($"The master key file '{Path}' has mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}, so others than its owner may use it; 0600 or less is needed. If nobody else has read it, run: chmod 600 '{Path}'. Otherwise rotate the master key afterwards.");
    }

    private List<MasterKey> Parse(ReadOnlySpan<byte> text)
    {
        var trimmed = text.Trim(" \r\n\t"u8);
        if (Base64.IsValid(trimmed, out var size) && size == MasterKey.Size)
        {
            IsBare = true;
            return [KeyOf(trimmed, null)];
        }

        if (!text.StartsWith("LinkFlow master keys, format "u8)) throw Damaged("it does not begin as a master key file does");
        if (!text.StartsWith(Encoding.ASCII.GetBytes(Title))) throw Damaged("it has a format that this LinkFlow does not know; a newer one may have written it");
        var at = text.LastIndexOf(Encoding.ASCII.GetBytes($"\n{Checksum} ")) + 1;
        var sum = at == 0 ? default : text[(at + Checksum.Length + 1)..].Trim("\r\n"u8);
        if (at == 0 || !sum.SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(text[..at]))))) throw Damaged("its checksum does not fit: it was cut short or changed");
        return KeysOf(text[..at]);
    }

    private List<MasterKey> KeysOf(ReadOnlySpan<byte> text)
    {
        var keys = new List<MasterKey>();
        foreach (var range in text.SplitAny(LineEnds))
        {
            var line = text[range];
            if (line.IsEmpty || line.StartsWith("LinkFlow "u8)) continue;
            // id, time, key
            var second = line.IndexOf((byte)' ');
            var third = line.LastIndexOf((byte)' ');
            if (second < 0 || third == second || !DateTimeOffset.TryParse(Encoding.ASCII.GetString(line[(second + 1)..third]), CultureInfo.InvariantCulture, out var madeAt))
                throw Damaged("one of its lines is not 'id time key'");
            var key = KeyOf(line[(third + 1)..], madeAt);
            keys.Add(key);
            if (!line[..second].SequenceEqual(Encoding.ASCII.GetBytes(key.Id.ToString()))) throw Damaged($"a key in it is not the one that its id names");
        }

        return keys.Count > 0 ? keys : throw Damaged("it holds no key");
    }

    private MasterKey KeyOf(ReadOnlySpan<byte> base64, DateTimeOffset? madeAt)
    {
        if (!Base64.IsValid(base64, out var size) || size != MasterKey.Size) throw Damaged($"one of its keys is not base64 of {MasterKey.Size} bytes");
        Span<byte> key = stackalloc byte[MasterKey.Size];
        try
        {
            Base64.DecodeFromUtf8(base64, key, out _, out _);
            return MasterKey.From(key, madeAt);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static int Format(IReadOnlyList<MasterKey> keys, Span<byte> text)
    {
        var at = Encoding.ASCII.GetBytes(Title + "\n", text);
        Span<byte> plain = stackalloc byte[MasterKey.Size];
        foreach (var key in keys)
        {
            at += Encoding.ASCII.GetBytes($"{key.Id} {key.MadeAt?.UtcDateTime ?? DateTime.UnixEpoch:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} ", text[at..]);
            key.CopyTo(plain);
            Base64.EncodeToUtf8(plain, text[at..], out _, out var written);
            at += written;
            text[at++] = (byte)'\n';
        }

        CryptographicOperations.ZeroMemory(plain);
        return at + Encoding.ASCII.GetBytes($"{Checksum} {Convert.ToHexStringLower(SHA256.HashData(text[..at]))}\n", text[at..]);
    }

    private MasterKeyException Damaged(string how) => new(
        $"The master key file '{Path}' is damaged: {how}. Put back the copy of it that 'Backup and restore' in docs/operations.md speaks of. Without it, secrets that it sealed cannot be opened by anyone.");
}
