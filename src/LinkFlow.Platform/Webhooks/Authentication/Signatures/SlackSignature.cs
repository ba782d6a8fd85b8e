namespace LinkFlow.Platform.Webhooks.Authentication.Signatures;

/// <summary>
/// Slack's: <c>X-Slack-Signature: v0=…</c> over <c>v0:{X-Slack-Request-Timestamp}:{body}</c>. Each try is signed anew, so an event is
/// named by its <c>event_id</c>; commands and interactions, which Slack does not repeat, have none.
/// </summary>
internal sealed class SlackSignature : SignatureScheme
{
    private const string Signature = "X-Slack-Signature";
    private const string Timestamp = "X-Slack-Request-Timestamp";
    private const string Prefix = "v0=";

    public override string Name => "slack";
    public override IReadOnlyList<string> Headers { get; } = [Signature, Timestamp];

    public override string? Verify(SignedRequest request, ReadOnlySpan<byte> secret, DateTimeOffset now, TimeSpan tolerance)
    {
        if (Only(request.Headers[Signature]) is not { } given || !given.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        if (Only(request.Headers[Timestamp]) is not { } time || !IsNear(time, now, tolerance)) return null;
        return Match(Sign(secret, $"v0:{time}:", request.Body.Span), given.AsSpan(Prefix.Length));
    }

    public override string? DeliveryId(SignedRequest request) => Named(request.Body, "event_id");
}
