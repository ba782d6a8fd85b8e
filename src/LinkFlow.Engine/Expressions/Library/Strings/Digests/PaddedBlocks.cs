using System.Buffers.Binary;

namespace LinkFlow.Engine.Expressions.Library.Strings.Digests;

/// <summary>How MD4's descendants cut a message: blocks of 64 bytes, the last padded with a one, zeros and the length in bits (RFC 1320 §3.1, FIPS 180-4 §5.1.1).</summary>
internal static class PaddedBlocks
{
    private const int BlockBytes = 64;
    private const int LengthBytes = 8;

    /// <param name="add">Mixes one block into the state.</param>
    public static void AddAll(uint[] state, ReadOnlySpan<byte> data, bool isBigEndian, Mixing add)
    {
        var rest = data.Length % BlockBytes;
        for (var at = 0; at < data.Length - rest; at += BlockBytes) add(state, data.Slice(at, BlockBytes));
        Span<byte> end = stackalloc byte[rest < BlockBytes - LengthBytes ? BlockBytes : 2 * BlockBytes];
        end.Clear();
        data[^rest..].CopyTo(end);
        end[rest] = 0x80;
        var bits = (ulong)data.Length * 8;
        if (isBigEndian) BinaryPrimitives.WriteUInt64BigEndian(end[^LengthBytes..], bits);
        else BinaryPrimitives.WriteUInt64LittleEndian(end[^LengthBytes..], bits);
        for (var at = 0; at < end.Length; at += BlockBytes) add(state, end.Slice(at, BlockBytes));
    }

    internal delegate void Mixing(uint[] state, ReadOnlySpan<byte> block);
}
