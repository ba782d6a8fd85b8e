using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>Begins an authorisation over the API, and ends it on a page: from routes to the service, no rule.</summary>
internal sealed class OAuth2Endpoints(Authorizations authorizations)
{
    private const int MaxShownError = 300;

    public void Map(ApiRoutes routes, IEndpointRouteBuilder pages)
    {
        routes.Get("/credentials/{id}/oauth2/authorize", BeginAsync).Needs(Permissions.CredentialWrite).Says("Begin a user's authorisation of an OAuth2 credential")
            .Answers<AuthorizationResource>(200, "Where the user's browser is to go; it works once, within ten minutes.")
            .Answers(302, "To there, when the caller accepts text/html.");
        // The address that is handed out, and the same under the API's base path.
        foreach (var path in new[] { Authorizations.CallbackPath, ApiRoutes.BasePath + Authorizations.CallbackPath })
            pages.MapMethods(path, ["GET"], (RequestDelegate)CompleteAsync);
    }

    private async Task<Answer> BeginAsync(ApiRequest request)
    {
        var (url, until) = await authorizations.BeginAsync(request.Principal, request.Route("id"), request.Aborted);
        request.Context.Response.Headers.CacheControl = "no-store";
        if (request.Context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)) return new Answer(302) { Location = url.AbsoluteUri };
        return Answer.Ok(new ObjectValue { { "url", url.AbsoluteUri }, { "expiresAt", Rfc3339.Write(until) }, { "redirectUri", authorizations.RedirectUri } });
    }

    private async Task CompleteAsync(HttpContext context)
    {
        var query = context.Request.Query;
        try
        {
            var name = await authorizations.CompleteAsync(One(query["state"]), One(query["code"]), Error(One(query["error"]), One(query["error_description"])), context.RequestAborted);
            await HtmlPage.WriteTextAsync(context, 200, $"The credential '{name}' is authorised. You can close this page.");
        }
        catch (AuthorizationFailedException e)
        {
            await HtmlPage.WriteTextAsync(context, 400, $"The credential was not authorised. {e.Message}");
        }
    }

    /// <summary>A parameter that is there twice is none: which of the two would be meant?</summary>
    private static string? One(StringValues values) => values.Count == 1 ? values[0] : null;

    private static string? Error(string? code, string? description)
    {
        if (code is null) return null;
        var text = string.IsNullOrEmpty(description) ? code : $"{code} ({description})";
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c).Take(MaxShownError));
    }
}

/// <summary>Where a user authorises a credential.</summary>
/// <param name="RedirectUri">What must be registered with the authorization server.</param>
public sealed record AuthorizationResource(string Url, DateTimeOffset ExpiresAt, string RedirectUri);
