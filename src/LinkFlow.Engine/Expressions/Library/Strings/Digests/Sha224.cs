using System.Buffers.Binary;
using System.Numerics;

namespace LinkFlow.Engine.Expressions.Library.Strings.Digests;

/// <summary>SHA-224 (FIPS 180-4), which .NET does not have: SHA-256 with another start and a shorter end.</summary>
internal static class Sha224
{
    /// <summary>The first 32 bits of the fractions of the cube roots of the first 64 primes.</summary>
    private static readonly uint[] Constants = MakeConstants();

    public static byte[] Of(ReadOnlySpan<byte> data)
    {
        uint[] state = [0xC1059ED8, 0x367CD507, 0x3070DD17, 0xF70E5939, 0xFFC00B31, 0x68581511, 0x64F98FA7, 0xBEFA4FA4];
        PaddedBlocks.AddAll(state, data, isBigEndian: true, Add);
        var digest = new byte[28];
        for (var i = 0; i < 7; i++) BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * 4), state[i]);
        return digest;
    }

    private static void Add(uint[] state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[64];
        for (var i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (var i = 16; i < 64; i++)
        {
            var (x, y) = (words[i - 15], words[i - 2]);
            var first = BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);
            var second = BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10);
            words[i] = words[i - 16] + first + words[i - 7] + second;
        }

        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]);
        for (var i = 0; i < 64; i++)
        {
            var sum1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            var next = h + sum1 + ((e & f) ^ (~e & g)) + Constants[i] + words[i];
            var sum0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            var majority = (a & b) ^ (a & c) ^ (b & c);
            (h, g, f, e, d, c, b, a) = (g, f, e, d + next, c, b, a, next + sum0 + majority);
        }

        uint[] added = [a, b, c, d, e, f, g, h];
        for (var i = 0; i < 8; i++) state[i] += added[i];
    }

    private static uint[] MakeConstants()
    {
        var constants = new uint[64];
        var prime = 1;
        for (var i = 0; i < 64; i++)
        {
            do prime++;
            while (Enumerable.Range(2, Math.Max(0, prime / 2 - 1)).Any(d => prime % d == 0));
            constants[i] = CubeRootFraction(prime);
        }

        return constants;
    }

    /// <summary>In whole numbers, because a double's last bits are not certain: the root of prime × 2^96.</summary>
    private static uint CubeRootFraction(int prime)
    {
        var target = (BigInteger)prime << 96;
        BigInteger low = 0, high = (BigInteger)8 << 32;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (middle * middle * middle <= target) low = middle;
            else high = middle;
        }

        return (uint)(low & uint.MaxValue);
    }
}
