namespace LinkFlow.Nodes.Triggers.Callers;

/// <summary>The origins whose pages may read a trigger's answers: its <c>allowedOrigins</c>.</summary>
public sealed class CallerOrigins
{
    public const string Any = "*";

    private readonly HashSet<string> _origins;

    /// <param name="entries">Origins, or <c>*</c> for any. What is neither stands for none; <see cref="ProblemOf"/> tells it at activation.</param>
    public CallerOrigins(IEnumerable<string> entries)
    {
        _origins = new HashSet<string>(entries.Select(Normal).OfType<string>(), StringComparer.OrdinalIgnoreCase);
        IsAny = _origins.Contains(Any);
    }

    public bool IsAny { get; }

    /// <param name="origin">As the browser sent it.</param>
    public bool Contains(string origin) => IsAny || _origins.Contains(origin);

    /// <returns>What is wrong with an entry, or null.</returns>
    public static string? ProblemOf(string entry) =>
        Normal(entry) is null ? $"'{entry}' is no origin. Write scheme, host and port, without a path: https://app.example.com, http://localhost:3000; or * for any." : null;

    /// <summary>As browsers write it: ASCII, without the scheme's own port.</summary>
    private static string? Normal(string entry)
    {
        if (entry == Any) return entry;
        if (!entry.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(entry, UriKind.Absolute, out var uri)) return null;
        if (uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.PathAndQuery is not ("/" or "") || uri.Fragment.Length > 0 || entry.EndsWith('?') || entry.EndsWith('#')) return null;
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        return host.Contains('*', StringComparison.Ordinal) ? null : $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
    }
}
