using System.Globalization;
using System.Net;

namespace LinkFlow.Nodes.Http;

/// <summary>A block of addresses: <c>10.0.0.0/8</c>, or a single address.</summary>
internal sealed class Cidr
{
    private readonly byte[] _address;
    private readonly int _bits;

    private Cidr(byte[] address, int bits) => (_address, _bits) = (address, bits);

    /// <exception cref="FormatException">The text is no address or block of addresses.</exception>
    public static Cidr Parse(string text) => TryParse(text) ?? throw new FormatException($"'{text}' is no block of addresses such as 10.0.0.0/8.");

    /// <returns>Null when the text is no address or block. Bits behind the prefix are ignored.</returns>
    public static Cidr? TryParse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address)) return null;
        var bytes = address.GetAddressBytes();
        if (slash < 0) return new Cidr(bytes, bytes.Length * 8);
        return int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= bytes.Length * 8 ? new Cidr(bytes, bits) : null;
    }

    /// <summary>False for addresses of the other family.</summary>
    public bool Contains(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (bytes.Length != _address.Length) return false;
        for (var i = 0; i < bytes.Length; i++)
        {
            var mask = (byte)(0xff00 >> Math.Clamp(_bits - (i * 8), 0, 8));
            if (((bytes[i] ^ _address[i]) & mask) != 0) return false;
        }

        return true;
    }
}
