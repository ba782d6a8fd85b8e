using System.Security.Claims;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Functions.Identity;

/// <summary>What a valid access token is worth: which tenant it acts for, as whom, and with which permissions. Knows no keys and no requests.</summary>
public sealed class EntraMapping
{
    /// <summary>Recorded as createdBy and startedBy, before the object's id.</summary>
    public const string PrincipalPrefix = "entra:";

    private const string LongTenantClaim = "http://schemas.microsoft.com/identity/claims/tenantid";
    private const string LongObjectClaim = "http://schemas.microsoft.com/identity/claims/objectidentifier";

    private readonly Dictionary<string, string> _tenants;
    private readonly Dictionary<string, IReadOnlyList<string>> _roles;

    private EntraMapping(Dictionary<string, string> tenants, Dictionary<string, IReadOnlyList<string>> roles) => (_tenants, _roles) = (tenants, roles);

    /// <param name="directory"><c>AzureAd:TenantId</c>; its tokens act for the default tenant unless the settings map directories.</param>
    /// <exception cref="SettingsException">A directory or an app role is mapped twice, or tokens of many directories are valid and none is mapped.</exception>
    public static EntraMapping Of(string directory, EntraOptions options)
    {
        var problems = new List<string>();
        var tenants = Read(options.Tenants, "LinkFlow:Entra:Tenants", value => value, problems);
        problems.AddRange(tenants.Where(t => t.Value != Tenants.Default).Select(t => $"'LinkFlow:Entra:Tenants' maps to the tenant '{t.Value}', and the only tenant so far is '{Tenants.Default}'."));
        if (tenants.Count == 0)
        {
            // "common", "organizations" and "consumers" stand for any directory.
            if (Guid.TryParse(directory, out _)) tenants.Add(directory, Tenants.Default);
            else problems.Add($"'AzureAd:TenantId' is '{directory}', which lets tokens of many directories be valid. Say in 'LinkFlow:Entra:Tenants' which of them act for whom.");
        }

        var roles = Read(options.Roles, "LinkFlow:Entra:Roles", value => Roles.ScopesOf(value)!, problems);
        return problems.Count == 0 ? new EntraMapping(tenants, roles) : throw new SettingsException(problems);
    }

    /// <returns>Null: its directory acts for no tenant here, or it says not whose it is.</returns>
    public Principal? PrincipalOf(ClaimsPrincipal token)
    {
        var directory = token.FindFirst("tid")?.Value ?? token.FindFirst(LongTenantClaim)?.Value;
        var id = token.FindFirst("oid")?.Value ?? token.FindFirst(LongObjectClaim)?.Value;
        if (directory is null || id is null || !_tenants.TryGetValue(directory, out var tenant)) return null;
        var scopes = token.Claims.Where(c => c.Type is "roles" or ClaimTypes.Role).SelectMany(c => ScopesOf(c.Value)).Distinct().ToList();
        return new Principal(tenant, PrincipalPrefix + id, scopes);
    }

    /// <summary>A role that is mapped is worth what the settings say, and no more; one that is named like ours is ours; others are worth nothing.</summary>
    private IReadOnlyList<string> ScopesOf(string role) =>
        _roles.TryGetValue(role, out var mapped) ? mapped : Roles.Names.Contains(role, StringComparer.OrdinalIgnoreCase) ? Roles.ScopesOf(role)! : [];

    private static Dictionary<string, T> Read<T>(IReadOnlyList<string> pairs, string setting, Func<string, T> valueOf, List<string> problems)
    {
        var read = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in pairs)
        {
            var (name, value) = (pair[..pair.IndexOf('=', StringComparison.Ordinal)].Trim(), pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim());
            if (!read.TryAdd(name, valueOf(value))) problems.Add($"'{setting}' maps '{name}' twice.");
        }

        return read;
    }
}
