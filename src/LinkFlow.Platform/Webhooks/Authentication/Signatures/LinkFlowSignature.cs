namespace LinkFlow.Platform.Webhooks.Authentication.Signatures;

/// <summary>Ours: <c>X-Signature-256: sha256=…</c> over <c>{X-Timestamp}.{body}</c>.</summary>
internal sealed class LinkFlowSignature : SignatureScheme
{
    private const string Signature = "X-Signature-256";
    private const string Timestamp = "X-Timestamp";
    private const string Prefix = "sha256=";

    public override string Name => Default;
    public override IReadOnlyList<string> Headers { get; } = [Signature, Timestamp];

    public override string? Verify(SignedRequest request, ReadOnlySpan<byte> secret, DateTimeOffset now, TimeSpan tolerance)
    {
        if (Only(request.Headers[Signature]) is not { } given || !given.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        if (Only(request.Headers[Timestamp]) is not { } time || !IsNear(time, now, tolerance)) return null;
        return Match(Sign(secret, $"{time}.", request.Body.Span), given.AsSpan(Prefix.Length));
    }

    public override string? DeliveryId(SignedRequest request) => null;
}
