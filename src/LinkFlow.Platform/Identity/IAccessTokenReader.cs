using LinkFlow.Platform.Http;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Identity;

/// <summary>Knows the access tokens of another issuer than ourselves. A host without one takes API keys only.</summary>
public interface IAccessTokenReader
{
    /// <summary>Who presents the token in <c>Authorization</c>.</summary>
    /// <returns>Null: it is not valid, whatever the reason; callers are told no more.</returns>
    /// <exception cref="ApiException">503: the issuer's keys cannot be had now.</exception>
    ValueTask<Principal?> FindAsync(HttpContext context);
}
