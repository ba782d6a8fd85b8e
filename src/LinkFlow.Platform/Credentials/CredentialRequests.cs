using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Credentials;

/// <summary>Reads the bodies of <c>/credentials</c>. No message holds anything of <c>data</c>.</summary>
internal static class CredentialRequests
{
    public const int MaxNameLength = 128;
    public const int MaxEntries = 100;

    private static readonly string[] Known =
    [
        "name", "type", "data", "allowedNodeTypes", "allowedHosts", "expiresAt", "rotateAfterDays",
        "id", "secretSet", "warnings", "version", "status", "lastUsedAt", "createdAt", "updatedAt", "rotatedAt", "createdBy",
    ];

    /// <summary>A whole credential, as POST and PUT take it: what is absent has its default, read-only fields are ignored.</summary>
    /// <exception cref="ApiException">400 with everything that is wrong.</exception>
    public static CredentialDraft Read(ObjectValue body, CredentialTypes types, NodeRegistry nodes)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(Known);
        var name = fields.Name("name", MaxNameLength);
        var type = fields.Text("type", 64);
        if (!fields.Has("type")) problems.Add("/type", $"'type' is missing; one of {string.Join(", ", types.Names)} is needed.");
        else if (type is not null && types.Find(type) is null) problems.Add("/type", $"There is no credential type '{type}'.{DidYouMean.Suggestion(type, types.Names)} Known are {string.Join(", ", types.Names)}.");
        var allowedNodeTypes = ReadNodeTypes(fields, nodes);
        var allowedHosts = ReadHosts(fields);
        var draft = new CredentialDraft(name ?? "", type ?? "", fields.Object("data") ?? new ObjectValue(), allowedNodeTypes, allowedHosts, fields.Time("expiresAt"), ReadRotateAfterDays(fields));
        problems.ThrowIfAny();
        return draft;
    }

    /// <summary>The body of a rotation: the secrets that are to be replaced, and perhaps a new end.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static (ObjectValue Data, bool SetsExpiry, DateTimeOffset? ExpiresAt) ReadRotation(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["data", "expiresAt"]);
        var data = fields.Object("data");
        if (!fields.Has("data")) problems.Add("/data", "'data' is missing; it holds the new secrets by their fields' names.");
        var expiresAt = fields.Time("expiresAt");
        problems.ThrowIfAny();
        return (data!, body.Contains("expiresAt"), expiresAt);
    }

    /// <summary>The body of a share: <c>{"permission":"use"}</c>.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static bool ReadMayEdit(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["permission", "principal"]);
        var permission = fields.OneOf("permission", CredentialShare.Words);
        if (!fields.Has("permission")) problems.Add("/permission", "'permission' is missing; one of use, edit is needed.");
        problems.ThrowIfAny();
        return permission == "edit";
    }

    /// <exception cref="ApiException">400: nobody can be called so.</exception>
    public static string RequirePrincipal(string principal)
    {
        var at = principal.IndexOf(':', StringComparison.Ordinal);
        var isNamed = principal.Length <= 200 && at > 0 && at < principal.Length - 1
            && principal.AsSpan(0, at).IndexOfAnyExceptInRange('a', 'z') < 0 && !principal.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));
        if (isNamed || principal == CredentialShare.Everyone) return principal;
        throw ApiException.Validation("principal", $"'{(principal.Length <= 64 ? principal : principal[..64] + "…")}' is no principal. Expected is one such as apikey:<id> (what createdBy shows), or {CredentialShare.Everyone}.");
    }

    private static int? ReadRotateAfterDays(BodyFields fields) => fields.Integer("rotateAfterDays", 0, Credential.MaxRotateAfterDays);

    private static List<string> ReadNodeTypes(BodyFields fields, NodeRegistry nodes)
    {
        var types = fields.Texts("allowedNodeTypes", MaxEntries, 64) ?? [];
        var takers = nodes.All.Where(n => n.Descriptor.CredentialTypes.Count > 0).Select(n => n.Descriptor.Type).ToList();
        for (var i = 0; i < types.Count; i++)
            if (!takers.Contains(types[i]))
                fields.Problems.Add($"/allowedNodeTypes/{i}", $"'{types[i]}' is no node type that takes credentials.{DidYouMean.Suggestion(types[i], takers)} Those are {string.Join(", ", takers)}.");
        return [.. types.Distinct(StringComparer.Ordinal)];
    }

    private static List<string> ReadHosts(BodyFields fields)
    {
        var hosts = fields.Texts("allowedHosts", MaxEntries, AllowedHosts.MaxLength) ?? [];
        for (var i = 0; i < hosts.Count; i++)
            if (AllowedHosts.ProblemOf(hosts[i]) is { } problem) fields.Problems.Add($"/allowedHosts/{i}", problem);
        return [.. hosts.Select(h => h.ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
    }
}
