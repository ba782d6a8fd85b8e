using System.Security.Claims;
using LinkFlow.Functions.Identity;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Identity;

public sealed class EntraMappingTests
{
    private const string Directory = "11111111-1111-1111-1111-111111111111";

    [Fact]
    public void Claims_are_found_by_their_long_names_too()
    {
        var principal = EntraMapping.Of(Directory, new EntraOptions()).PrincipalOf(Token(
            ("http://schemas.microsoft.com/identity/claims/tenantid", Directory), ("http://schemas.microsoft.com/identity/claims/objectidentifier", "u"), (ClaimTypes.Role, "viewer")));

        Assert.Equal(("default", "entra:u"), (principal!.Tenant, principal.Id));
        Assert.True(principal.May(Permissions.WorkflowRead));
    }

    [Fact]
    public void Roles_add_up() =>
        Assert.Equal(["node:read", "workflow:read"], Scopes(["A=node:read", "B=workflow:read+node:read"], "A", "B").Order(StringComparer.Ordinal));

    [Fact]
    public void A_role_that_the_settings_map_is_worth_no_more_than_they_say() => Assert.Equal(["node:read"], Scopes(["owner=node:read"], "owner"));

    [Fact]
    public void A_role_may_be_mapped_to_one_of_ours() => Assert.Equal(Roles.ScopesOf("operator"), Scopes(["Flows.Run=operator"], "flows.run"));

    [Fact]
    public void Without_roles_there_are_no_permissions() => Assert.Empty(Scopes([]));

    [Theory]
    [InlineData("common", null, "'AzureAd:TenantId' is 'common'")]
    [InlineData(Directory, "x=default,x=default", "maps 'x' twice")]
    [InlineData(Directory, "x=acme", "the only tenant so far is 'default'")]
    public void A_mapping_that_cannot_be_meant_is_refused(string directory, string? tenants, string said)
    {
        var refused = Assert.Throws<SettingsException>(() => EntraMapping.Of(directory, new EntraOptions { Tenants = tenants?.Split(',') ?? [] }));

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AzureAd:ClientId", "'AzureAd:Instance' is missing")]
    [InlineData("AzureAd:TenantId", "'AzureAd:ClientId' is missing")]
    public void Half_of_what_tokens_need_is_refused(string only, string said)
    {
        var configuration = new ConfigurationManager { [only] = Directory };

        Assert.Contains(said, Assert.Throws<SettingsException>(() => new ServiceCollection().AddEntra(configuration, new LinkFlowOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Worth_without_validity_is_refused()
    {
        var options = new LinkFlowOptions { Entra = new EntraOptions { Roles = ["a=viewer"] } };

        Assert.Contains("AzureAd:ClientId", Assert.Throws<SettingsException>(() => new ServiceCollection().AddEntra(new ConfigurationManager(), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_of_it_only_API_keys_are_known() => Assert.Empty(new ServiceCollection().AddEntra(new ConfigurationManager(), new LinkFlowOptions()));

    private static IReadOnlyList<string> Scopes(string[] mapped, params string[] roles) => EntraMapping.Of(Directory, new EntraOptions { Roles = mapped })
        .PrincipalOf(Token([("tid", Directory), ("oid", "u"), .. roles.Select(r => ("roles", r))]))!.Scopes;

    private static ClaimsPrincipal Token(params (string Type, string Value)[] claims) => new(new ClaimsIdentity(claims.Select(c => new Claim(c.Type, c.Value)), "Bearer"));
}
