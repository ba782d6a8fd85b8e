using System.Buffers.Binary;
using System.Globalization;

namespace LinkFlow.Local.Secrets;

/// <summary>
/// Names a master key without telling it: the first 8 bytes of HMAC-SHA256 with the key over a fixed text. Every
/// envelope carries it, logs and messages may show it.
/// </summary>
public readonly record struct MasterKeyId(ulong Value)
{
    public const int Size = 8;

    public static MasterKeyId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes));

    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt64BigEndian(bytes, Value);

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
