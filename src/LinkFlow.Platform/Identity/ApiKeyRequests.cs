using System.Net;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Identity;

/// <summary>The bodies of <c>/api-keys</c>: the records document them, <see cref="ApiKeyRequests"/> reads them.</summary>
public sealed record NewApiKeyBody(string Name, IReadOnlyList<string>? Scopes, IReadOnlyList<string>? IpAllowList, DateTimeOffset? ExpiresAt);

public record ApiKeyResource(
    string Id, string Name, string Prefix, IReadOnlyList<string> Scopes, IReadOnlyList<string> IpAllowList,
    DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset CreatedAt, string CreatedBy);

public sealed record CreatedApiKeyResource(
    string Id, string Name, string Prefix, IReadOnlyList<string> Scopes, IReadOnlyList<string> IpAllowList,
    DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset CreatedAt, string CreatedBy, string Key)
    : ApiKeyResource(Id, Name, Prefix, Scopes, IpAllowList, ExpiresAt, LastUsedAt, CreatedAt, CreatedBy);

internal static class ApiKeyRequests
{
    private const int MaxNameLength = 128;
    private const int MaxIpRanges = 100;
    private static readonly string[] Known = ["name", "scopes", "ipAllowList", "expiresAt"];

    /// <exception cref="ApiException">400 with everything that is wrong.</exception>
    public static NewApiKey ReadNew(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(Known);
        var name = fields.Name("name", MaxNameLength);
        var scopes = fields.Texts("scopes", Permissions.Scopes.Count, 64);
        for (var i = 0; i < (scopes?.Count ?? 0); i++)
        {
            if (!Permissions.Scopes.Contains(scopes![i]))
                problems.Add($"/scopes/{i}", $"'{scopes[i]}' is not a scope.{DidYouMean.Suggestion(scopes[i], Permissions.Scopes)}");
        }

        var ranges = fields.Texts("ipAllowList", MaxIpRanges, 64) ?? [];
        for (var i = 0; i < ranges.Count; i++)
        {
            if (!IPAddress.TryParse(ranges[i], out _) && !IPNetwork.TryParse(ranges[i], out _))
                problems.Add($"/ipAllowList/{i}", $"'{ranges[i]}' is neither an IP address nor a CIDR range such as 10.0.0.0/8.");
        }

        var expiresAt = fields.Time("expiresAt");
        problems.ThrowIfAny();
        return new NewApiKey(name!, scopes, ranges, expiresAt);
    }
}
