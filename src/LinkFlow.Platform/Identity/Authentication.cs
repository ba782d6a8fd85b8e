using LinkFlow.Platform.Http;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Identity;

/// <summary>
/// Finds out who makes a request: by API key in <c>Authorization: Bearer</c> or <c>X-API-Key</c>, or, where the host knows an issuer,
/// by its access token in <c>Authorization: Bearer</c>; never in a query string or cookie.
/// </summary>
/// <param name="tokens">Null: API keys only.</param>
public sealed class Authentication(ApiKeyService keys, IAccessTokenReader? tokens = null)
{
    private const string Scheme = "Bearer ";
    private const int MaxKeyLength = 512;

    /// <summary>The key that the caller presents, or null.</summary>
    /// <exception cref="ApiException">401: the header has another form.</exception>
    public static string? Presented(HttpRequest request)
    {
        var authorization = request.Headers.Authorization;
        if (authorization.Count > 0)
        {
            var header = authorization[0] ?? "";
            if (authorization.Count > 1 || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
                throw new ApiException(ApiError.Unauthorized("The Authorization header must have the form 'Bearer <API key>'."));
            return header[Scheme.Length..].Trim();
        }

        var key = request.Headers["X-API-Key"];
        if (key.Count > 1) throw new ApiException(ApiError.Unauthorized("X-API-Key is given more than once."));
        return key.Count == 1 ? key[0] : null;
    }

    /// <summary>Who makes the request.</summary>
    /// <exception cref="ApiException">401: no key, or none that is valid. 403: not from this address.</exception>
    public async ValueTask<Principal> RequireAsync(HttpContext context)
    {
        var presented = Presented(context.Request);
        if (string.IsNullOrEmpty(presented))
            throw new ApiException(ApiError.Unauthorized("An API key is needed: send 'Authorization: Bearer lf_…' or 'X-API-Key: lf_…'."));
        return await FindAsync(presented, context)
            ?? throw new ApiException(ApiError.Unauthorized(tokens is not null && IsToken(presented)
                ? "The access token is not valid here: it is expired, or made for another application or directory."
                : "The API key is not valid: it is unknown, revoked or expired."));
    }

    /// <summary>Three parts with dots between them, as no API key has.</summary>
    private static bool IsToken(string presented) => presented.Count(c => c == '.') == 2;

    /// <summary>Who makes the request, or null when it is nobody known.</summary>
    public async ValueTask<Principal?> FindAsync(HttpContext context) =>
        Presented(context.Request) is { Length: > 0 } presented ? await FindAsync(presented, context) : null;

    private async ValueTask<Principal?> FindAsync(string presented, HttpContext context)
    {
        if (tokens is not null && context.Request.Headers.Authorization.Count > 0 && IsToken(presented)) return await tokens.FindAsync(context);
        if (presented.Length > MaxKeyLength) return null;
        if (await keys.FindAsync(presented, context.RequestAborted) is not { } key) return null;
        if (!key.MayBeUsedFrom(context.Connection.RemoteIpAddress))
            throw new ApiException(ApiError.Forbidden("This API key may not be used from your address."));
        return new Principal(Tenants.Default, ApiKey.PrincipalPrefix + key.Id, key.Scopes);
    }
}
