namespace LinkFlow.Platform.Webhooks.Authentication.Signatures;

/// <summary>GitHub's: <c>X-Hub-Signature-256: sha256=…</c> over the body; <c>X-GitHub-Delivery</c> names the delivery. No time is signed.</summary>
internal sealed class GitHubSignature : SignatureScheme
{
    private const string Signature = "X-Hub-Signature-256";
    private const string Delivery = "X-GitHub-Delivery";
    private const string Prefix = "sha256=";

    public override string Name => "github";

    /// <summary>With the older signature that comes along, which is not looked at.</summary>
    public override IReadOnlyList<string> Headers { get; } = [Signature, "X-Hub-Signature"];

    public override string? Verify(SignedRequest request, ReadOnlySpan<byte> secret, DateTimeOffset now, TimeSpan tolerance) =>
        Only(request.Headers[Signature]) is { } given && given.StartsWith(Prefix, StringComparison.Ordinal)
            ? Match(Sign(secret, "", request.Body.Span), given.AsSpan(Prefix.Length))
            : null;

    public override string? DeliveryId(SignedRequest request) => Only(request.Headers[Delivery]) is { Length: > 0 } id ? id : null;
}
