using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Platform.Http;

/// <summary>The place in a list where the next page begins, as an opaque text: an id with a checksum, so that made-up cursors are told apart.</summary>
public static class Cursor
{
    private const int ChecksumBytes = 4;
    private const int MaxLength = 512;

    public static string Encode(string id)
    {
        var text = Encoding.UTF8.GetBytes(id);
        var bytes = new byte[ChecksumBytes + text.Length];
        SHA256.HashData(text).AsSpan(0, ChecksumBytes).CopyTo(bytes);
        text.CopyTo(bytes, ChecksumBytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="ApiException">400: no cursor that this API made.</exception>
    public static string Decode(string cursor)
    {
        var bytes = cursor.Length <= MaxLength && Base64Url.IsValid(cursor) ? Base64Url.DecodeFromChars(cursor) : [];
        if (bytes.Length > ChecksumBytes && SHA256.HashData(bytes.AsSpan(ChecksumBytes)).AsSpan(0, ChecksumBytes).SequenceEqual(bytes.AsSpan(0, ChecksumBytes)))
            return Encoding.UTF8.GetString(bytes.AsSpan(ChecksumBytes));
        throw ApiException.Validation("cursor", "'cursor' is not a cursor of this API. Pass a page's nextCursor as it is, or leave it out for the first page.");
    }
}
