using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Identity.Web;

public class MicrosoftIdentityBaseAuthenticationBuilder
{
    internal MicrosoftIdentityBaseAuthenticationBuilder(IServiceCollection services) => Services = services;

    public IServiceCollection Services { get; }
}

public class MicrosoftIdentityWebApiAuthenticationBuilder : MicrosoftIdentityBaseAuthenticationBuilder
{
    internal MicrosoftIdentityWebApiAuthenticationBuilder(IServiceCollection services)
        : base(services)
    {
    }
}

public class MicrosoftIdentityWebApiAuthenticationBuilderWithConfiguration : MicrosoftIdentityWebApiAuthenticationBuilder
{
    internal MicrosoftIdentityWebApiAuthenticationBuilderWithConfiguration(IServiceCollection services)
        : base(services)
    {
    }
}

public static class MicrosoftIdentityWebApiAuthenticationBuilderExtensions
{
    public static MicrosoftIdentityWebApiAuthenticationBuilderWithConfiguration AddMicrosoftIdentityWebApi(
        this AuthenticationBuilder builder,
        IConfiguration configuration,
        string configSectionName = "AzureAd",
        string jwtBearerScheme = JwtBearerDefaults.AuthenticationScheme,
        bool subscribeToJwtBearerMiddlewareDiagnosticsEvents = false)
    {
        var section = configuration.GetSection(configSectionName);
        builder.AddScheme<JwtBearerOptions, JwtBearerHandler>(jwtBearerScheme, options =>
        {
            var client = section["ClientId"];
            options.TokenValidationParameters.ValidAudiences = section["Audience"] is { } audience ? [audience] : [client, $"api://{client}"];
            options.TokenValidationParameters.ValidIssuer = $"{section["Instance"]?.TrimEnd('/')}/{section["TenantId"]}/v2.0";
        });
        return new(builder.Services);
    }
}
