using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Engine.Nodes;

/// <summary>Everything random that a node or an expression sees: a function of the execution's seed and the place, so that running an attempt again gives identical bytes.</summary>
internal static class SeededNumbers
{
    /// <summary>HMAC-SHA256(seed; node, run, item, call) as a double in [0, 1).</summary>
    /// <param name="call">Counted per item, from 0.</param>
    public static double Random(string seed, string node, int run, int item, int call)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(seed), Place(node, run, item, call), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>64 hexadecimal digits: the same over attempts and recoveries of a run, another in every other execution.</summary>
    /// <param name="request">Counted per item, from 0.</param>
    public static string IdempotencyKey(string execution, string node, int run, int item, int request) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(execution), 0, .. Place(node, run, item, request)]));

    private static byte[] Place(string node, int run, int item, int number) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{node}\0{run}\0{item}\0{number}"));
}
