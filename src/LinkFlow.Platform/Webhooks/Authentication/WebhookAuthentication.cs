using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Webhooks.Authentication.Signatures;
using LinkFlow.Platform.Webhooks.Authentication.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Webhooks.Authentication;

/// <summary>
/// Decides whether a call may start its workflow, by the node's <c>auth</c> and its credential. Every refusal looks the same to the caller; the log says why.
/// </summary>
internal sealed class WebhookAuthentication(OpenWebhookCredential open, TokenVerification tokens, LinkFlowOptions options, TimeProvider clock, ILogger<WebhookAuthentication> log)
{
    private static readonly ApiError Refusal = ApiError.Unauthorized("The call could not be authenticated.");

    private readonly TimeSpan _tolerance = TimeSpan.FromSeconds(options.Limits.WebhookToleranceSeconds);

    /// <param name="body">As it came; empty where <see cref="WebhookAuth.NeedsBody"/> is false.</param>
    /// <exception cref="ApiException">401.</exception>
    /// <exception cref="Ports.StoreUnavailableException">What the call is to be checked against cannot be read now.</exception>
    public async ValueTask<Admission> AdmitAsync(string tenant, WebhookTarget target, WebhookAuth auth, HttpRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        OpenedCredential credential;
        try
        {
            credential = await open(tenant, target, auth.CredentialId, cancellationToken);
        }
        catch (NodeException e)
        {
            log.NobodyAdmitted(target.NodeId, target.WorkflowId, e.Message);
            throw new ApiException(Refusal with { Challenge = ChallengeOf(auth.Kind, "") });
        }

        var challenge = ChallengeOf(auth.Kind, credential.Type);
        if (!WebhookAuth.TypesFor(auth.Kind).Contains(credential.Type))
        {
            log.NobodyAdmitted(target.NodeId, target.WorkflowId, $"its credential is of the type '{credential.Type}', and auth '{auth.Kind}' takes {string.Join(" or ", WebhookAuth.TypesFor(auth.Kind))}.");
            throw new ApiException(Refusal with { Challenge = challenge });
        }

        var (admission, problem) = await CheckAsync(auth, credential, request, body, cancellationToken);
        if (admission is not null) return admission with { Mask = MaskOf(credential) };
        log.CallRefused(target.NodeId, target.WorkflowId, problem);
        throw new ApiException(Refusal with { Challenge = challenge });
    }

    private async ValueTask<(Admission? Admission, string Problem)> CheckAsync(
        WebhookAuth auth, OpenedCredential credential, HttpRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        switch (auth.Kind)
        {
            case WebhookAuth.Jwt:
                if (PresentedCredentials.Bearer(request) is not { } token) return (null, "it bears no token.");
                return await tokens.ProblemOfAsync(token, credential, cancellationToken) is { } wrong ? (null, wrong) : (new Admission { Headers = [PresentedCredentials.Authorization] }, "");
            case WebhookAuth.Hmac:
                return (Signed(auth.Scheme, credential, new SignedRequest(request.Headers, body)), "its signature or its time is not right.");
            default:
                return (PresentedCredentials.Check(request, credential), "it does not present what the credential says.");
        }
    }

    private Admission? Signed(SignatureScheme? scheme, OpenedCredential credential, SignedRequest request)
    {
        if (scheme is null || credential.Data["secret"].AsString is not { Length: > 0 } secret) return null;
        var key = Encoding.UTF8.GetBytes(secret);
        var verified = scheme.Verify(request, key, clock.GetUtcNow(), _tolerance);
        CryptographicOperations.ZeroMemory(key);
        if (verified is not { } signature) return null;
        // The two kinds of names must not meet: a sender could choose an id that is another call's signature.
        return new Admission { Headers = scheme.Headers, Delivery = scheme.DeliveryId(request) is { } id ? $"id {id}" : $"signature {signature}" };
    }

    private static string? ChallengeOf(string kind, string type) => (kind, type) switch
    {
        (WebhookAuth.Basic, _) => "Basic realm=\"LinkFlow webhook\", charset=\"UTF-8\"",
        (WebhookAuth.Jwt, _) or (WebhookAuth.Header, "bearer") => "Bearer realm=\"LinkFlow webhook\"",
        _ => null,
    };

    private static SecretMask MaskOf(OpenedCredential credential)
    {
        var mask = new SecretMask();
        foreach (var secret in credential.Secrets) mask.Add(secret);
        return mask;
    }
}

/// <summary>Opens the credential that a webhook node names.</summary>
/// <exception cref="NodeException">It is missing, expired, or may not be used here.</exception>
internal delegate ValueTask<OpenedCredential> OpenWebhookCredential(string tenant, WebhookTarget target, string credentialId, CancellationToken cancellationToken);
