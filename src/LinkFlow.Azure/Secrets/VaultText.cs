using System.Text;
using System.Text.Unicode;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Secrets;

/// <summary>
/// The bytes of a secret as a vault keeps them, which is as text of at most 25,600 characters. Printable text is kept as it is, behind a <c>t</c>; anything else, behind a <c>b</c> and the
/// number of bytes that fill the last block, as blocks of 9 bytes in 11 characters of the 94 that ASCII can print. So the largest secret takes 25,038 characters; base64 would take 27,308.
/// </summary>
internal static class VaultText
{
    private const int BlockBytes = 9;
    private const int BlockCharacters = 11;
    private const int Radix = 94;
    private const char First = '!';

    public static string Write(ReadOnlySpan<byte> secret) => IsPrintable(secret) ? "t" + Encoding.UTF8.GetString(secret) : WriteBlocks(secret);

    /// <returns>Null: it was not written by this.</returns>
    public static SecretBuffer? Read(string text) => text.Length == 0 ? null : text[0] switch
    {
        't' => ReadText(text.AsSpan(1)),
        'b' => ReadBlocks(text.AsSpan(1)),
        _ => null,
    };

    private static bool IsPrintable(ReadOnlySpan<byte> secret)
    {
        if (!Utf8.IsValid(secret)) return false;
        foreach (var b in secret)
            if (b is < 0x20 and not ((byte)'\n' or (byte)'\r' or (byte)'\t') || b == 0x7F) return false;
        return true;
    }

    private static SecretBuffer ReadText(ReadOnlySpan<char> text)
    {
        var secret = new SecretBuffer(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, secret.Bytes);
        return secret;
    }

    private static string WriteBlocks(ReadOnlySpan<byte> secret)
    {
        var blocks = (secret.Length + BlockBytes - 1) / BlockBytes;
        var text = new StringBuilder(2 + blocks * BlockCharacters).Append('b').Append((char)('0' + (blocks * BlockBytes - secret.Length)));
        Span<char> characters = stackalloc char[BlockCharacters];
        for (var at = 0; at < secret.Length; at += BlockBytes)
        {
            var number = UInt128.Zero;
            for (var i = 0; i < BlockBytes; i++) number = (number << 8) | (at + i < secret.Length ? secret[at + i] : (byte)0);
            for (var i = BlockCharacters - 1; i >= 0; i--)
            {
                (number, var digit) = UInt128.DivRem(number, Radix);
                characters[i] = (char)(First + (int)digit);
            }

            text.Append(characters);
        }

        return text.ToString();
    }

    private static SecretBuffer? ReadBlocks(ReadOnlySpan<char> text)
    {
        if (text.Length < 1 + BlockCharacters || (text.Length - 1) % BlockCharacters != 0 || text[0] is < '0' or > '8') return null;
        var secret = new SecretBuffer((text.Length - 1) / BlockCharacters * BlockBytes - (text[0] - '0'));
        for (var block = 0; 1 + block * BlockCharacters < text.Length; block++)
        {
            var number = UInt128.Zero;
            foreach (var character in text.Slice(1 + block * BlockCharacters, BlockCharacters))
            {
                if (character is < First or > '~') return Abandon(secret);
                number = number * Radix + (uint)(character - First);
            }

            if (number >> (8 * BlockBytes) != 0) return Abandon(secret);
            for (var i = BlockBytes - 1; i >= 0; i--, number >>= 8)
                if (block * BlockBytes + i is var at && at < secret.Bytes.Length) secret.Bytes[at] = (byte)number;
        }

        return secret;
    }

    private static SecretBuffer? Abandon(SecretBuffer secret)
    {
        secret.Dispose();
        return null;
    }
}
