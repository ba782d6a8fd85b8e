using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Credentials;

/// <summary>A credential as a call carries it: put on each request anew, within the origin that it was meant for.</summary>
internal sealed record RequestCredential(ICredentialType Type, OpenedCredential Opened, CredentialUse Use)
{
    private bool _isWithheld;

    /// <summary>For a redirect that has left the origin: it is not sent any more, also not back at the origin, and its allowed hosts still bind.</summary>
    public RequestCredential Withheld() => this with { _isWithheld = true };

    /// <exception cref="NodeException">The host is none of <c>allowedHosts</c>.</exception>
    public void RequireAllowed(Uri url)
    {
        if (!AllowedHosts.Allow(Opened.AllowedHosts, url))
            throw new NodeException(CredentialErrors.NotAllowed, $"Nothing was sent to '{url.Authority}': the credential '{Opened.Name}' may be used only with {string.Join(", ", Opened.AllowedHosts)} (its allowedHosts).");
    }

    public ValueTask ApplyAsync(OutgoingRequest request, CancellationToken cancellationToken) =>
        _isWithheld ? ValueTask.CompletedTask : Type.ApplyAsync(request, Opened, Use, cancellationToken);

    /// <summary>True: after this answer of 401 it may be tried once more.</summary>
    public ValueTask<bool> RenewAsync(OutgoingRequest refused, CancellationToken cancellationToken) =>
        _isWithheld ? new(false) : Type.RenewAsync(refused, Opened, Use, cancellationToken);
}
