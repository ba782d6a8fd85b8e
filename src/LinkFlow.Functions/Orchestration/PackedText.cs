using System.IO.Compression;
using System.Text;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Orchestration;

/// <summary>
/// JSON in a history: as it is while it is short, compressed above that; too large even so, it is in a blob, and the
/// orchestration gets it by activities, piece by piece, none of them larger than the runtime takes.
/// </summary>
/// <param name="Plain">The text itself.</param>
/// <param name="Packed">Brotli, in base 64.</param>
/// <param name="Blob">The blob that holds the compressed bytes.</param>
/// <param name="Pieces">In how many pieces the blob is handed over.</param>
public sealed record PackedText(string? Plain = null, string? Packed = null, string? Blob = null, int Pieces = 0)
{
    /// <summary>Text shorter than this is not worth compressing.</summary>
    public const int MaxPlain = 512;

    /// <summary>The characters that one input or output may have for this: the runtime takes 1 MB for all of it.</summary>
    public const int MaxInline = 512 * 1024;

    /// <summary>Bytes of a blob that one activity returns; in base 64 they stay below <see cref="MaxInline"/>.</summary>
    public const int PieceBytes = 384 * 1024;

    /// <summary>Text that is known to be short enough.</summary>
    /// <returns>Null: it is too large for a history.</returns>
    public static PackedText? TryInline(ReadOnlyMemory<byte> json)
    {
        if (json.Length <= MaxPlain) return new PackedText(Plain: Encoding.UTF8.GetString(json.Span));
        var packed = Pack(json);
        return Base64Length(packed.Length) <= MaxInline ? new PackedText(Packed: Convert.ToBase64String(packed)) : null;
    }

    /// <exception cref="StoreUnavailableException">The blob store cannot take it now.</exception>
    public static async ValueTask<PackedText> OfAsync(string tenant, ReadOnlyMemory<byte> json, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (TryInline(json) is { } inline) return inline;
        var packed = Pack(json);
        var blob = await blobs.PutAsync(tenant, packed, cancellationToken);
        return new PackedText(Blob: blob, Pieces: (packed.Length + PieceBytes - 1) / PieceBytes);
    }

    /// <summary>The text, unless it is in a blob.</summary>
    /// <exception cref="FormatException">It is damaged.</exception>
    public ReadOnlyMemory<byte> Read() =>
        Plain is not null ? Encoding.UTF8.GetBytes(Plain)
        : Packed is not null ? Unpack(Convert.FromBase64String(Packed))
        : throw new FormatException("Text that should be in the history is in a blob.");

    /// <param name="pieces">All of them, in order.</param>
    /// <exception cref="FormatException">They are damaged.</exception>
    public static ReadOnlyMemory<byte> Join(IReadOnlyList<string> pieces)
    {
        using var joined = new MemoryStream();
        foreach (var piece in pieces) joined.Write(Convert.FromBase64String(piece));
        return Unpack(joined.ToArray());
    }

    private static int Base64Length(int bytes) => (bytes + 2) / 3 * 4;

    private static byte[] Pack(ReadOnlyMemory<byte> text)
    {
        using var target = new MemoryStream();
        using (var packing = new BrotliStream(target, CompressionLevel.Fastest)) packing.Write(text.Span);
        return target.ToArray();
    }

    private static ReadOnlyMemory<byte> Unpack(byte[] packed)
    {
        try
        {
            using var source = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var target = new MemoryStream();
            source.CopyTo(target);
            return target.ToArray();
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("Compressed text is damaged.", e);
        }
    }
}
