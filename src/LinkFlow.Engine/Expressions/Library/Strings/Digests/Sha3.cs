using System.Buffers.Binary;
using System.Numerics;

namespace LinkFlow.Engine.Expressions.Library.Strings.Digests;

/// <summary>SHA3-512 (FIPS 202). .NET has it only where the system's library does.</summary>
internal static class Sha3
{
    private const int RateBytes = 72;

    private static readonly ulong[] RoundConstants = MakeRoundConstants();

    public static byte[] Of512(ReadOnlySpan<byte> data)
    {
        var lanes = new ulong[25];
        var rest = data.Length % RateBytes;
        for (var at = 0; at < data.Length - rest; at += RateBytes) Absorb(lanes, data.Slice(at, RateBytes));
        Span<byte> last = stackalloc byte[RateBytes];
        last.Clear();
        data[^rest..].CopyTo(last);
        last[rest] = 0x06;
        last[^1] |= 0x80;
        Absorb(lanes, last);
        var digest = new byte[64];
        for (var i = 0; i < 8; i++) BinaryPrimitives.WriteUInt64LittleEndian(digest.AsSpan(i * 8), lanes[i]);
        return digest;
    }

    private static void Absorb(ulong[] lanes, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < RateBytes / 8; i++) lanes[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        foreach (var constant in RoundConstants) Round(lanes, constant);
    }

    private static void Round(ulong[] lanes, ulong constant)
    {
        Span<ulong> columns = stackalloc ulong[5];
        for (var x = 0; x < 5; x++) columns[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
        for (var i = 0; i < 25; i++) lanes[i] ^= columns[(i + 4) % 5] ^ BitOperations.RotateLeft(columns[(i + 1) % 5], 1);

        // Rotations and places in one walk over the lanes, as the standard's pi and rho combine.
        var (column, row) = (1, 0);
        var carried = lanes[1];
        for (var step = 0; step < 24; step++)
        {
            (column, row) = (row, (2 * column + 3 * row) % 5);
            var place = column + 5 * row;
            (carried, lanes[place]) = (lanes[place], BitOperations.RotateLeft(carried, (step + 1) * (step + 2) / 2 % 64));
        }

        Span<ulong> before = stackalloc ulong[5];
        for (var y = 0; y < 25; y += 5)
        {
            lanes.AsSpan(y, 5).CopyTo(before);
            for (var x = 0; x < 5; x++) lanes[y + x] = before[x] ^ (~before[(x + 1) % 5] & before[(x + 2) % 5]);
        }

        lanes[0] ^= constant;
    }

    /// <summary>By the standard's shift register.</summary>
    private static ulong[] MakeRoundConstants()
    {
        var constants = new ulong[24];
        var register = 1;
        for (var round = 0; round < 24; round++)
        {
            for (var j = 0; j < 7; j++)
            {
                if ((register & 1) != 0) constants[round] |= 1UL << ((1 << j) - 1);
                register <<= 1;
                if ((register & 0x100) != 0) register ^= 0x171;
            }
        }

        return constants;
    }
}
