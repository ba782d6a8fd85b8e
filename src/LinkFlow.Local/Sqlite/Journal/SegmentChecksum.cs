using System.Buffers.Binary;
using System.Numerics;

namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>CRC-32C over what a segment says and of whom: a payload in the wrong place is damage too.</summary>
internal static class SegmentChecksum
{
    public static uint Of(long execution, long firstSeq, long lastSeq, int format, ReadOnlySpan<byte> payload)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)execution);
        crc = BitOperations.Crc32C(crc, (ulong)firstSeq);
        crc = BitOperations.Crc32C(crc, (ulong)lastSeq);
        crc = BitOperations.Crc32C(crc, (uint)format);
        return ~Add(crc, payload);
    }

    /// <summary>The plain CRC-32C of these bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Add(uint.MaxValue, bytes);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
