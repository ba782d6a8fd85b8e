using System.Buffers.Binary;
using System.Text;

namespace LinkFlow.Platform.Secrets;

/// <summary>Where an envelope belongs. It is authenticated with the envelope, so that one that is moved to another tenant, name or version does not open.</summary>
/// <param name="Version">Of a stored secret its version; of one that is kept elsewhere empty.</param>
public readonly record struct SecretPlace(string Tenant, string Name, string Version)
{
    /// <summary>Each part with its length before it, so that no two places give the same bytes.</summary>
    /// <param name="label">What the bytes authenticate: keeps the uses of one format apart.</param>
    public byte[] About(ReadOnlySpan<byte> label, ReadOnlySpan<byte> header)
    {
        var size = label.Length + header.Length + 3 * sizeof(ushort)
            + Encoding.UTF8.GetByteCount(Tenant) + Encoding.UTF8.GetByteCount(Name) + Encoding.UTF8.GetByteCount(Version);
        var about = new byte[size];
        label.CopyTo(about);
        header.CopyTo(about.AsSpan(label.Length));
        var at = label.Length + header.Length;
        at += Append(about.AsSpan(at), Tenant);
        at += Append(about.AsSpan(at), Name);
        Append(about.AsSpan(at), Version);
        return about;
    }

    private static int Append(Span<byte> about, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part, about[sizeof(ushort)..]);
        BinaryPrimitives.WriteUInt16BigEndian(about, checked((ushort)bytes));
        return sizeof(ushort) + bytes;
    }
}
