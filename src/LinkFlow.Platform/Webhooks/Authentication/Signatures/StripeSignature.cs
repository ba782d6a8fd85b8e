namespace LinkFlow.Platform.Webhooks.Authentication.Signatures;

/// <summary>
/// Stripe's: <c>Stripe-Signature: t=…,v1=…[,v1=…]</c>, each v1 over <c>{t}.{body}</c> with one of the endpoint's secrets; other
/// versions are not looked at. Each try is signed anew, so a delivery is named by the event's id.
/// </summary>
internal sealed class StripeSignature : SignatureScheme
{
    private const string Signature = "Stripe-Signature";
    private const int MaxParts = 32;

    public override string Name => "stripe";
    public override IReadOnlyList<string> Headers { get; } = [Signature];

    public override string? Verify(SignedRequest request, ReadOnlySpan<byte> secret, DateTimeOffset now, TimeSpan tolerance)
    {
        if (Only(request.Headers[Signature]) is not { } header) return null;
        var parts = header.Split(',', MaxParts, StringSplitOptions.TrimEntries);
        if (Array.FindAll(parts, p => p.StartsWith("t=", StringComparison.Ordinal)) is not [var time] || !IsNear(time[2..], now, tolerance)) return null;
        var expected = Sign(secret, $"{time[2..]}.", request.Body.Span);
        string? found = null;
        foreach (var part in parts)
            if (part.StartsWith("v1=", StringComparison.Ordinal)) found = Match(expected, part.AsSpan(3)) ?? found;
        return found;
    }

    public override string? DeliveryId(SignedRequest request) => Named(request.Body, "id");
}
