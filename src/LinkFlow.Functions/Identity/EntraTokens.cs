using LinkFlow.Functions.Hosting;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Identity;

/// <summary>Has Microsoft.Identity.Web check an access token, when a request brings one, and says what it is worth here. A request with an API key never comes here.</summary>
public sealed class EntraTokens(EntraMapping mapping, ILogger<EntraTokens> log) : IAccessTokenReader
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    public async ValueTask<Principal?> FindAsync(HttpContext context)
    {
        AuthenticateResult result;
        try
        {
            result = await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        }
        catch (UnauthorizedAccessException e)
        {
            // How Microsoft.Identity.Web refuses a token that has neither scopes nor roles.
            log.TokenRefused(e.Message);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException)
        {
            log.EntraUnreachable(e);
            throw new ApiException(ApiError.Unavailable("Access tokens cannot be checked right now. Try again later.", TryAgain));
        }

        if (result is { Succeeded: true, Principal: { } token } && mapping.PrincipalOf(token) is { } principal) return principal;
        log.TokenRefused(result.Failure?.GetType().Name ?? "its directory acts for no tenant here, or it names nobody");
        return null;
    }
}
