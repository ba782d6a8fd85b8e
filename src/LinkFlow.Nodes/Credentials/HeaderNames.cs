namespace LinkFlow.Nodes.Credentials;

/// <summary>Which headers a credential may set.</summary>
internal static class HeaderNames
{
    /// <summary>Headers that frame the request or say where it goes.</summary>
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <returns>Null: it may be set.</returns>
    public static string? ProblemOf(string name)
    {
        if (name.Contains("{{", StringComparison.Ordinal)) return "A header's name cannot be an expression.";
        if (name.Length is 0 or > 256 || name.Any(c => !(char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))))
            return $"'{name}' is no header's name: letters, digits and hyphens are expected.";
        return Refused.Contains(name) ? $"The header '{name}' cannot be set by a credential." : null;
    }
}
