namespace LinkFlow.Platform.Webhooks.Authentication.Signatures;

/// <summary>Ours: <c>X-Signature-256: sha256=…</c> over <c>{X-Timestamp}.{body}</c>. While a sender changes its secret there are two, with a comma between.</summary>
internal sealed class LinkFlowSignature : SignatureScheme
{
    private const string Signature = "X-Signature-256";
    private const string Timestamp = "X-Timestamp";
    private const string Prefix = "sha256=";
    private const int MostSignatures = 3;

    public override string Name => Default;
    public override IReadOnlyList<string> Headers { get; } = [Signature, Timestamp];

    public override string? Verify(SignedRequest request, ReadOnlySpan<byte> secret, DateTimeOffset now, TimeSpan tolerance)
    {
        if (Only(request.Headers[Signature]) is not { } given) return null;
        if (Only(request.Headers[Timestamp]) is not { } time || !IsNear(time, now, tolerance)) return null;
        var expected = Sign(secret, $"{time}.", request.Body.Span);
        foreach (var one in given.Split(',', MostSignatures + 1, StringSplitOptions.TrimEntries).Take(MostSignatures))
            if (one.StartsWith(Prefix, StringComparison.Ordinal) && Match(expected, one.AsSpan(Prefix.Length)) is { } right) return right;
        return null;
    }

    public override string? DeliveryId(SignedRequest request) => null;
}
