using System.Net;

namespace LinkFlow.Nodes.Http;

/// <summary>What nodes may reach although it is no public address: the setting <see cref="Setting"/>.</summary>
public sealed class OutboundAllowList
{
    public const string Setting = "LinkFlow:Outbound:Allow";

    private readonly List<Cidr> _blocks = [];
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public static OutboundAllowList Nothing { get; } = new([]);

    /// <param name="entries">Host names, addresses or blocks such as <c>10.0.0.0/8</c>.</param>
    /// <exception cref="FormatException">An entry is none of these; the message names it.</exception>
    public OutboundAllowList(IEnumerable<string> entries)
    {
        foreach (var entry in entries.Select(e => e.Trim()).Where(e => e.Length > 0))
        {
            if (Cidr.TryParse(entry.Trim('[', ']')) is { } block) _blocks.Add(block);
            else if (Uri.CheckHostName(entry) == UriHostNameType.Dns) _hosts.Add(entry.TrimEnd('.'));
            else throw new FormatException($"{Setting}: '{entry}' is neither a host name nor a block of addresses such as 10.0.0.0/8.");
        }
    }

    internal bool Allows(string host, IPAddress address) =>
        _hosts.Contains(host.TrimEnd('.')) || OutboundAddresses.Forms(address).Any(a => _blocks.Any(b => b.Contains(a)));
}
