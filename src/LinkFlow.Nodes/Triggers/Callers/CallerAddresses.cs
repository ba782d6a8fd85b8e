using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LinkFlow.Nodes.Http;

namespace LinkFlow.Nodes.Triggers.Callers;

/// <summary>The addresses that may call: a trigger's <c>ipAllowList</c>. An IPv4 address is the same in its IPv6-mapped form.</summary>
public sealed class CallerAddresses
{
    private const int MappedBits = 96;

    private readonly Cidr[] _blocks;

    /// <param name="entries">Addresses and blocks. What is neither admits nobody; <see cref="ProblemOf"/> tells it at activation.</param>
    public CallerAddresses(IEnumerable<string> entries) => _blocks = [.. entries.Where(e => ProblemOf(e) is null).Select(e => Cidr.Parse(Unmapped(e)))];

    /// <param name="address">Null: it is not known, and so not on the list.</param>
    public bool Contains(IPAddress? address)
    {
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var block in _blocks)
            if (block.Contains(address)) return true;
        return false;
    }

    /// <returns>What is wrong with an entry, or null.</returns>
    public static string? ProblemOf(string entry)
    {
        var (address, _) = Split(entry);
        // The short and octal forms of an IPv4 address mean different things to different people: 010.0.0.1 is 8.0.0.1 to some.
        var isPlain = IPAddress.TryParse(address, out var parsed) && !address.AsSpan().ContainsAny("[]%")
            && (parsed.AddressFamily == AddressFamily.InterNetworkV6 || parsed.ToString() == address);
        return isPlain && Cidr.TryParse(entry) is not null ? null : $"'{entry}' is neither an address nor a block of addresses. Write it as 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32.";
    }

    /// <summary>A block of mapped addresses as the IPv4 block that it stands for.</summary>
    private static string Unmapped(string entry)
    {
        var (address, bits) = Split(entry);
        if (!IPAddress.Parse(address).IsIPv4MappedToIPv6) return entry;
        if (bits is null) return IPAddress.Parse(address).MapToIPv4().ToString();
        var kept = int.Parse(bits, CultureInfo.InvariantCulture) - MappedBits;
        return kept < 0 ? entry : $"{IPAddress.Parse(address).MapToIPv4()}/{kept}";
    }

    private static (string Address, string? Bits) Split(string entry) =>
        entry.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? (entry[..slash], entry[(slash + 1)..]) : (entry, null);
}
