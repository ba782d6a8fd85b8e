namespace LinkFlow.Platform.Settings;

/// <summary><c>LinkFlow:Entra:*</c>: what Entra ID's access tokens are worth here, beside API keys. Which tokens are valid is said by <c>AzureAd:*</c>. The server refuses them.</summary>
public sealed class EntraOptions
{
    /// <summary>Pairs <c>&lt;directory's id&gt;=&lt;tenant&gt;</c>: whose tokens act for which tenant. None: those of <c>AzureAd:TenantId</c> act for the default tenant.</summary>
    [Pair]
    public IReadOnlyList<string> Tenants { get; set; } = [];

    /// <summary>Pairs <c>&lt;app role&gt;=&lt;role or permissions&gt;</c>, permissions joined by <c>+</c>; app roles that are named like a role need none.</summary>
    [RolePair]
    public IReadOnlyList<string> Roles { get; set; } = [];
}
