using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Credentials;

/// <summary>
/// A kind of credential: which fields it has and which of them are secret, how it is put on a request, and how it is tried.
/// Knows nothing of how credentials are stored. Safe for concurrent use.
/// </summary>
public interface ICredentialType
{
    CredentialTypeDescriptor Descriptor { get; }

    /// <summary>
    /// Puts the credential on one request. Called anew for every attempt and for every redirect within the origin, never for another origin.
    /// What it derives (a token, a header's value) is added to <see cref="CredentialUse.Mask"/> before it is put anywhere.
    /// </summary>
    /// <exception cref="NodeException">It cannot be put on this request; the message holds no secret.</exception>
    ValueTask ApplyAsync(OutgoingRequest request, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken);

    /// <summary>After an answer of 401 to a request that bore the credential: gets what another try needs, if anything can be got. At most once per request.</summary>
    /// <param name="refused">The request as it was sent.</param>
    /// <returns>True: sending it again, with the credential put on anew, may help.</returns>
    /// <exception cref="NodeException">The credential cannot be used any more.</exception>
    ValueTask<bool> RenewAsync(OutgoingRequest refused, OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken) => new(false);

    /// <summary>Really tries the credential, and says what was tried. Changes nothing on the other side.</summary>
    /// <returns>What came of it; its message may hold what the other side said, and is masked by the caller.</returns>
    /// <exception cref="NodeException">It could not be tried: the other side cannot be reached, or may not be.</exception>
    ValueTask<CredentialTest> TestAsync(OpenedCredential credential, CredentialUse use, CancellationToken cancellationToken);
}
