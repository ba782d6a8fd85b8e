using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Credentials.OAuth2;

/// <summary>
/// The access tokens of OAuth2 credentials. Keeps them for all hosts of an installation, gets a new one ahead of a token's end, and lets one host at a time
/// ask for it. A port, lent to credential types by <see cref="CredentialUse.Services"/>.
/// </summary>
public interface IAccessTokens
{
    /// <summary>A token that is valid for a while.</summary>
    /// <exception cref="NodeException">None can be had: <see cref="CredentialErrors.Reauthorize"/>, <see cref="CredentialErrors.Refused"/> or, worth another try, <see cref="CredentialErrors.TokenUnavailable"/>.</exception>
    ValueTask<string> GetAsync(OpenedCredential credential, CancellationToken cancellationToken);

    /// <summary>Another token than one that an API has refused.</summary>
    /// <returns>Null: there is no better one: it was given moments ago, or nothing can renew it.</returns>
    /// <exception cref="NodeException">As <see cref="GetAsync"/>.</exception>
    ValueTask<string?> RenewAsync(OpenedCredential credential, string refused, CancellationToken cancellationToken);

    /// <summary>A token from the authorization server, whatever is at hand: for trying a credential.</summary>
    /// <returns>Null: nothing can renew the one at hand, which has not expired.</returns>
    /// <exception cref="NodeException">As <see cref="GetAsync"/>.</exception>
    ValueTask<string?> GetNewAsync(OpenedCredential credential, CancellationToken cancellationToken);
}
