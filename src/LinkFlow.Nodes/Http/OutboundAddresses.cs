using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LinkFlow.Nodes.Http;

/// <summary>Which addresses are not the public internet. Pure.</summary>
internal static class OutboundAddresses
{
    private static readonly Cidr[] Internal =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(Cidr.Parse),
    ];

    /// <summary>Where clouds hand out credentials and control machines.</summary>
    private static readonly Cidr[] Metadata = [.. new[] { "169.254.169.254/32", "168.63.129.16/32", "fd00:ec2::254/128" }.Select(Cidr.Parse)];

    /// <summary>Refused whatever the settings say.</summary>
    public static bool IsMetadata(IPAddress address) => Forms(address).Any(a => Metadata.Any(m => m.Contains(a)));

    /// <summary>Loopback, private, link-local, unique-local, shared, multicast or reserved; in whatever form it is written.</summary>
    public static bool IsInternal(IPAddress address) => Forms(address).Any(a => Internal.Any(n => n.Contains(a)));

    /// <summary>The address itself, and the IPv4 address that it carries, if any: mapped, compatible, NAT64, 6to4 or Teredo.</summary>
    public static IEnumerable<IPAddress> Forms(IPAddress address)
    {
        yield return address;
        if (address.AddressFamily != AddressFamily.InterNetworkV6) yield break;
        var bytes = address.GetAddressBytes();
        if (address.IsIPv4MappedToIPv6 || StartsWith(bytes, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)) yield return new IPAddress(bytes.AsSpan(12));
        else if (!bytes.AsSpan(0, 12).ContainsAnyExcept((byte)0) && BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(12)) > 1) yield return new IPAddress(bytes.AsSpan(12));
        else if (StartsWith(bytes, 0x20, 0x02)) yield return new IPAddress(bytes.AsSpan(2, 4));
        else if (StartsWith(bytes, 0x20, 0x01, 0, 0)) yield return new IPAddress(bytes[12..].Select(b => (byte)~b).ToArray());
    }

    private static bool StartsWith(byte[] address, params ReadOnlySpan<byte> prefix) => address.AsSpan().StartsWith(prefix);
}
