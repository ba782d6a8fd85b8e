using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Credentials.OAuth2;

/// <summary>Puts an access token on a request, and gets another one when it was refused. What both OAuth2 types do.</summary>
internal static class BearerTokens
{
    private const string Authorization = "Authorization";
    private const string Prefix = "Bearer ";

    public static async ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        var token = await Tokens(use).GetAsync(credential, cancellationToken).ConfigureAwait(false);
        use.Mask.Add(token);
        request.SetHeader(Authorization, Prefix + token);
    }

    public static async ValueTask<bool> RenewAsync(OutgoingRequest refused, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) =>
        refused.Header(Authorization) is { } header && header.StartsWith(Prefix, StringComparison.Ordinal)
        && await Tokens(use).RenewAsync(credential, header[Prefix.Length..], cancellationToken).ConfigureAwait(false) is not null;

    public static async ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        try
        {
            if (await Tokens(use).GetNewAsync(credential, cancellationToken).ConfigureAwait(false) is not { } token)
                return CredentialTest.Untried("There is a token that has not expired, and no refresh token to get another one with. Whether it is still taken was not tried.");
            use.Mask.Add(token);
            return CredentialTest.Pass("A token was given. What it may do was not tried.");
        }
        catch (NodeException e) when (e.Error.Code is CredentialErrors.Refused or CredentialErrors.Reauthorize)
        {
            return CredentialTest.Fail(e.Message);
        }
    }

    private static IAccessTokens Tokens(CredentialUse use) =>
        (IAccessTokens?)use.Services.GetService(typeof(IAccessTokens)) ?? throw new NodeException(NodeErrorCodes.NodeFailed, "This host keeps no access tokens.");
}
