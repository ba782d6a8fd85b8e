using System.Text.RegularExpressions;

namespace LinkFlow.Nodes.Credentials.Signing;

/// <summary>Reads service and region from the names of AWS's hosts.</summary>
internal static partial class AwsEndpoint
{
    private static readonly string[] Suffixes = [".amazonaws.com", ".amazonaws.com.cn", ".on.aws", ".api.aws"];

    /// <summary>Parts of a name that are variants of an endpoint, not services.</summary>
    private static readonly string[] Variants = ["dualstack", "fips", "vpce"];

    /// <returns>What the name tells; null each where it does not.</returns>
    public static (string? Service, string? Region) Of(string host)
    {
        if (Suffixes.FirstOrDefault(s => host.EndsWith(s, StringComparison.OrdinalIgnoreCase)) is not { } suffix) return (null, null);
        var labels = host[..^suffix.Length].ToLowerInvariant().Split('.');
        var at = Array.FindLastIndex(labels, l => Region().IsMatch(l));
        if (at < 0) return (Named(labels[^1]), null);
        // search-x.eu-west-1.es: the service stands behind the region.
        if (at < labels.Length - 1) return (Named(labels[^1]), labels[at]);
        var before = at - 1;
        while (before > 0 && Variants.Contains(labels[before])) before--;
        return (before < 0 ? null : Named(labels[before]), labels[at]);
    }

    /// <summary>The name that is signed for, where it is another than the host's.</summary>
    private static string Named(string label)
    {
        if (label.EndsWith("-fips", StringComparison.Ordinal)) label = label[..^5];
        return label switch
        {
            "lambda-url" => "lambda",
            "email" => "ses",
            "bedrock-runtime" or "bedrock-agent" or "bedrock-agent-runtime" => "bedrock",
            _ when label.StartsWith("s3-", StringComparison.Ordinal) => "s3",
            _ => label,
        };
    }

    [GeneratedRegex("^[a-z]{2,3}(-[a-z]+)+-[0-9]$", RegexOptions.CultureInvariant)]
    private static partial Regex Region();
}
