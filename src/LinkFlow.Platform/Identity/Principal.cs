namespace LinkFlow.Platform.Identity;

/// <summary>Who makes a request, as far as rules care: the tenant, a name for records, and what is allowed.</summary>
/// <param name="Id">Recorded as createdBy and startedBy, e.g. <c>apikey:0198…</c>.</param>
public sealed record Principal(string Tenant, string Id, IReadOnlyList<string> Scopes)
{
    public bool May(string permission) => Permissions.Allow(Scopes, permission);
}

/// <summary>The tenants of this installation.</summary>
public static class Tenants
{
    /// <summary>The only one for now, and the one whose webhooks need no tenant key in their path.</summary>
    public const string Default = "default";
}
