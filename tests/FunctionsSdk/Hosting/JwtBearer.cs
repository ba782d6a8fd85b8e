using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

public static class JwtBearerDefaults
{
    public const string AuthenticationScheme = "Bearer";
}

public class JwtBearerOptions : AuthenticationSchemeOptions
{
    public string? Authority { get; set; }

    public string? Audience { get; set; }

    public bool MapInboundClaims { get; set; } = true;

    public new JwtBearerEvents Events
    {
        get => (JwtBearerEvents)base.Events!;
        set => base.Events = value;
    }

    public TokenValidationParameters TokenValidationParameters { get; set; } = new();
}

public class JwtBearerEvents
{
    public Func<TokenValidatedContext, Task> OnTokenValidated { get; set; } = _ => Task.CompletedTask;

    public Func<AuthenticationFailedContext, Task> OnAuthenticationFailed { get; set; } = _ => Task.CompletedTask;
}

public class TokenValidatedContext(HttpContext context, AuthenticationScheme scheme, JwtBearerOptions options) : ResultContext<JwtBearerOptions>(context, scheme, options)
{
    public SecurityToken SecurityToken { get; set; } = default!;
}

public class AuthenticationFailedContext(HttpContext context, AuthenticationScheme scheme, JwtBearerOptions options) : ResultContext<JwtBearerOptions>(context, scheme, options)
{
    public Exception Exception { get; set; } = default!;
}

/// <summary>Validates by the options' parameters alone: a test gives the keys, no metadata is fetched.</summary>
public class JwtBearerHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<JwtBearerOptions>(options, logger, encoder)
{
    protected override Task<object> CreateEventsAsync() => Task.FromResult<object>(new JwtBearerEvents());

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var events = (JwtBearerEvents)Events!;
        var outcome = new JsonWebTokenHandler().ValidateToken(header["Bearer ".Length..].Trim(), Options.TokenValidationParameters);
        if (!outcome.IsValid)
        {
            var failed = new AuthenticationFailedContext(Context, Scheme, Options) { Exception = outcome.Exception };
            await events.OnAuthenticationFailed(failed);
            return failed.Result ?? AuthenticateResult.Fail(outcome.Exception);
        }

        var validated = new TokenValidatedContext(Context, Scheme, Options)
        {
            Principal = new System.Security.Claims.ClaimsPrincipal(outcome.ClaimsIdentity),
            SecurityToken = outcome.SecurityToken,
        };
        await events.OnTokenValidated(validated);
        if (validated.Result is { } decided)
            return decided;
        validated.Success();
        return validated.Result!;
    }
}
