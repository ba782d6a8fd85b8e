using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace LinkFlow.Functions.Records;

/// <summary>CRC-32C over what a segment says and of whom: events in the wrong place are damage too.</summary>
internal static class RecordChecksum
{
    public static uint Of(string executionId, long firstSeq, long lastSeq, ReadOnlySpan<byte> text)
    {
        var crc = Add(uint.MaxValue, Encoding.UTF8.GetBytes(executionId));
        crc = BitOperations.Crc32C(crc, (ulong)firstSeq);
        crc = BitOperations.Crc32C(crc, (ulong)lastSeq);
        return ~Add(crc, text);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
