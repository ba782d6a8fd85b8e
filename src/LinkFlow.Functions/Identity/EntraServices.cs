using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Identity.Web;

namespace LinkFlow.Functions.Identity;

/// <summary>Lets Entra ID's access tokens in beside API keys, where <c>AzureAd:*</c> names the application that they are made for.</summary>
public static class EntraServices
{
    public const string Section = "AzureAd";

    /// <exception cref="SettingsException">Some of what is needed is set and some is not, or two entries contradict each other.</exception>
    public static IServiceCollection AddEntra(this IServiceCollection services, IConfiguration configuration, LinkFlowOptions options)
    {
        var section = configuration.GetSection(Section);
        string[] needed = ["Instance", "TenantId", "ClientId"];
        var missing = needed.Where(name => string.IsNullOrEmpty(section[name])).ToList();
        if (missing.Count == needed.Length)
        {
            return options.Entra is { Tenants.Count: 0, Roles.Count: 0 } ? services
                : throw new SettingsException(["'LinkFlow:Entra' says what access tokens are worth, and 'AzureAd:Instance', 'AzureAd:TenantId' and 'AzureAd:ClientId', which say whose are valid, are missing."]);
        }

        if (missing.Count > 0) throw new SettingsException([.. missing.Select(name => $"'{Section}:{name}' is missing. Access tokens of Entra ID need Instance, TenantId and ClientId; set all of them or none.")]);
        services.AddSingleton(EntraMapping.Of(section["TenantId"]!, options.Entra));
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddMicrosoftIdentityWebApi(configuration, Section);
        services.AddSingleton<IAccessTokenReader, EntraTokens>();
        return services;
    }
}
