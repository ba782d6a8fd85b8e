using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Http;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>Makes one try: signs the event, sends it, and says what came of it. Writes nothing.</summary>
internal sealed class DeliverySending(OutboundHttp http, LinkFlowOptions options, TimeProvider clock)
{
    public const string SignatureHeader = "X-Signature-256";
    public const string TimestampHeader = "X-Timestamp";
    private const int ExcerptBytes = 2048;
    private const int ExcerptCharacters = 1000;

    /// <exception cref="OperationCanceledException">The token was cancelled; the receiver may have got it.</exception>
    public async Task<TryOutcome> SendAsync(EventSubscription subscription, SubscriptionSecrets secrets, Delivery delivery, CancellationToken cancellationToken)
    {
        var body = JsonText.WriteBytes(delivery.Event);
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var timeout = TimeSpan.FromSeconds(options.Events.DeliveryTimeoutSeconds);
        var outcome = new TryOutcome(at, default);
        try
        {
            var answer = await http.PostAsync(
                new Uri(subscription.Url), Headers(subscription, secrets, delivery, body, at), body, CloudEvent.ContentType + "; charset=utf-8", ExcerptBytes, timeout, cancellationToken);
            return Judge(outcome with { Status = answer.Status, RetryAfter = answer.RetryAfter, Response = Excerpt(answer.Excerpt), Duration = clock.GetElapsedTime(started) });
        }
        catch (NodeException e)
        {
            return outcome with { Error = $"{e.Error.Code}: {e.Message}", Duration = clock.GetElapsedTime(started) };
        }
    }

    /// <summary>The headers of a try: the subscription's own, what it is, and the proof of who sends it.</summary>
    private static List<KeyValuePair<string, string>> Headers(EventSubscription subscription, SubscriptionSecrets secrets, Delivery delivery, byte[] body, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = "sha256=" + Sign(secrets.Secret, timestamp, body);
        if (secrets.Previous is { } previous && subscription.PreviousSecretUntil > now) signature += ",sha256=" + Sign(previous, timestamp, body);
        var headers = secrets.Headers.Select(h => KeyValuePair.Create(h.Key, h.Value.AsString!)).ToList();
        headers.Add(new("User-Agent", "LinkFlow-Webhooks/1"));
        headers.Add(new("X-Event-Id", Uri.EscapeDataString(delivery.Event["id"].AsString!)));
        headers.Add(new("X-Event-Type", delivery.Event["type"].AsString!));
        headers.Add(new("X-Delivery-Id", delivery.Id));
        headers.Add(new("X-Delivery-Attempt", (delivery.AttemptCount + 1).ToString(CultureInfo.InvariantCulture)));
        headers.Add(new(TimestampHeader, timestamp));
        headers.Add(new(SignatureHeader, signature));
        return headers;
    }

    /// <summary>HMAC-SHA256 over <c>{timestamp}.{body}</c>, in lower-case hexadecimal.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{timestamp}."));
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    private static TryOutcome Judge(TryOutcome outcome) => (int)outcome.Status! switch
    {
        >= 200 and < 300 => outcome,
        >= 300 and < 400 => outcome with { Error = $"HTTP_REDIRECT: The receiver answered {(int)outcome.Status}; redirects are not followed. Give the subscription the final URL." },
        410 => outcome with { Error = "HTTP_410: The receiver says that it is gone for good.", IsGone = true },
        var status => outcome with { Error = $"HTTP_{status}: The receiver answered {status}, not 2xx." },
    };

    private static string? Excerpt(byte[] body)
    {
        if (body.Length == 0) return null;
        var text = Encoding.UTF8.GetString(body);
        return text.Length <= ExcerptCharacters ? text : text[..ExcerptCharacters] + "…";
    }
}

/// <summary>What came of one try.</summary>
/// <param name="IsGone">The receiver wants nothing any more.</param>
internal sealed record TryOutcome(DateTimeOffset At, TimeSpan Duration, HttpStatusCode? Status = null, string? Error = null, string? Response = null, TimeSpan? RetryAfter = null, bool IsGone = false)
{
    public bool IsDelivered => Error is null;

    public DeliveryAttempt ToAttempt(int number) => new(number, At, Duration, Status is { } status ? (int)status : null, Error, Response);
}
