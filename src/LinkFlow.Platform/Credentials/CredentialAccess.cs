using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Credentials;

/// <summary>
/// Who may do what with a credential, beyond the permission that an endpoint needs: its creator, whom it is shared with, and whoever has
/// <c>credential:*</c> or <c>*</c>. To everyone else it is not there.
/// </summary>
public static class CredentialAccess
{
    /// <summary>All credentials of the tenant are this principal's to see, use and change.</summary>
    public static bool Administers(Principal principal) => principal.May("credential:*");

    public static bool MaySee(Principal principal, Credential credential) =>
        Administers(principal) || credential.CreatedBy == principal.Id || credential.Shares.Any(s => IsOf(s, principal));

    /// <summary>Seeing and using are one right; what a principal may use, it needs <c>credential:use</c> for.</summary>
    public static bool MayUse(Principal principal, Credential credential) => principal.May(Permissions.CredentialUse) && MaySee(principal, credential);

    public static bool MayEdit(Principal principal, Credential credential) =>
        Administers(principal) || credential.CreatedBy == principal.Id || credential.Shares.Any(s => s.MayEdit && IsOf(s, principal));

    /// <exception cref="ApiException">404: it is not there for this principal; 403: it may only be used.</exception>
    public static void RequireEdit(Principal principal, Credential credential)
    {
        if (!MaySee(principal, credential)) throw ApiException.NotFound("credential", credential.Id);
        if (!MayEdit(principal, credential))
            throw new ApiException(ApiError.Forbidden("The credential is shared with you for use. Ask its creator for the permission 'edit'."));
    }

    private static bool IsOf(CredentialShare share, Principal principal) => share.Principal == principal.Id || share.Principal == CredentialShare.Everyone;
}
