using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LinkFlow.Platform;

/// <summary>
/// Ids of everything: lower-case UUIDv7, so that they sort by creation time; within a process each is greater
/// than the one before, even when the clock steps back.
/// </summary>
public static class Ids
{
    private const int CounterBits = 12;

    /// <summary>Of the last id: Unix milliseconds, then the 12 bits behind the version.</summary>
    private static long _last;

    public static string Next() => Next(DateTimeOffset.UtcNow);

    public static string Next(DateTimeOffset now)
    {
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        // Starting a millisecond in the lower half of the counter leaves 2,048 ids before it runs into the next.
        var wanted = (now.ToUnixTimeMilliseconds() << CounterBits) | (long)(BinaryPrimitives.ReadUInt16LittleEndian(random[8..]) & 0x7FF);
        long last, next;
        do
        {
            last = Interlocked.Read(ref _last);
            next = Math.Max(wanted, last + 1);
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);

        return Format(next, BinaryPrimitives.ReadUInt64LittleEndian(random));
    }

    /// <summary>The least id that can have been made at this time: the bound of a range of ids.</summary>
    public static string FirstAt(DateTimeOffset time) => Format(Math.Clamp(time.ToUnixTimeMilliseconds(), 0, (1L << 48) - 1) << CounterBits, 0);

    /// <summary>True for a text that may be an id; anything else is nothing's id.</summary>
    public static bool IsId(string text) => text.Length == 36 && Guid.TryParseExact(text, "D", out _) && !text.AsSpan().ContainsAnyInRange('A', 'F');

    private static string Format(long timeAndCounter, ulong random)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (timeAndCounter >> CounterBits) << 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | (timeAndCounter & 0xFFF)));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], 0x8000_0000_0000_0000UL | (random & 0x3FFF_FFFF_FFFF_FFFFUL));
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
