using System.Globalization;

namespace LinkFlow.Nodes.Credentials;

/// <summary>
/// Which hosts a credential may be sent to: <c>api.example.com</c> (any port), <c>api.example.com:8443</c>, <c>*.example.com</c> (every name below it,
/// not itself). An empty list allows any.
/// </summary>
public static class AllowedHosts
{
    public const int MaxLength = 260;

    /// <returns>What is wrong with an entry; null: nothing.</returns>
    public static string? ProblemOf(string entry)
    {
        var notAHost = $"'{entry}' is no host. Expected is a name such as api.example.com, *.example.com or api.example.com:8443, without https:// and path.";
        if (entry.AsSpan().ContainsAny("/@?#\\")) return notAHost;
        var (host, port) = Split(entry);
        if (port is { } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535))
            return $"'{entry}' has a port that is no number from 1 to 65535.";
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        if (name.Contains('*', StringComparison.Ordinal)) return $"'{entry}': a star may only stand for all names below one, as in *.example.com.";
        var kind = Uri.CheckHostName(name);
        if (kind is UriHostNameType.Unknown or UriHostNameType.Basic) return notAHost;
        return kind is UriHostNameType.Dns || name.Length == host.Length ? null : $"'{entry}': a star cannot stand before an address.";
    }

    /// <summary>True when a request to this URL may carry the credential.</summary>
    public static bool Allow(IReadOnlyList<string> entries, Uri url) => Allow(entries, url.IdnHost, url.Port);

    /// <summary>True when a connection to this host and port may carry the credential.</summary>
    public static bool Allow(IReadOnlyList<string> entries, string host, int port)
    {
        if (entries.Count == 0) return true;
        host = Normal(host);
        foreach (var entry in entries)
        {
            var (pattern, wanted) = Split(entry);
            if (wanted is not null && wanted != port.ToString(CultureInfo.InvariantCulture)) continue;
            if (pattern.StartsWith("*.", StringComparison.Ordinal))
            {
                var parent = "." + Normal(pattern[2..]);
                if (host.Length > parent.Length && host.EndsWith(parent, StringComparison.OrdinalIgnoreCase)) return true;
            }
            else if (host.Equals(Normal(pattern), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static (string Host, string? Port) Split(string entry)
    {
        var colon = entry.LastIndexOf(':');
        // An IPv6 address has colons of its own: with a port it stands in brackets.
        var isPort = colon > 0 && (entry[colon - 1] == ']' || entry.IndexOf(':', StringComparison.Ordinal) == colon);
        return isPort ? (entry[..colon], entry[(colon + 1)..]) : (entry, null);
    }

    /// <summary>As DNS compares it: without the root's dot and brackets, international names in their ASCII form.</summary>
    private static string Normal(string host)
    {
        host = host.TrimEnd('.').Trim('[', ']');
        return Uri.TryCreate($"http://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}/", UriKind.Absolute, out var url) ? url.IdnHost.Trim('[', ']') : host;
    }
}
