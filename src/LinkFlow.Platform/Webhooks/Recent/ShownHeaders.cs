using System.Collections.Frozen;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Webhooks.Recent;

/// <summary>The headers of a call as people see them: nothing that proves anybody's identity.</summary>
internal static class ShownHeaders
{
    public const string Redacted = "***";

    private const string Idempotency = "Idempotency-Key";

    /// <summary>Headers that nobody proves anything with, and that help to see why a call was refused.</summary>
    private static readonly FrozenSet<string> Harmless = new[]
    {
        "Host", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "Content-Length", "Content-Encoding", "Connection", "Origin", "Transfer-Encoding",
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id", "X-Timestamp", "X-Slack-Request-Timestamp", "X-GitHub-Event", "X-GitHub-Delivery", "traceparent",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Parts of names that mean a secret, whoever invented the header.</summary>
    private static readonly string[] Telling = ["auth", "cookie", "sign", "hmac", "digest", "jwt", "token", "secret", "passw", "apikey", "credential", "session"];

    public static bool IsHarmless(string name) => Harmless.Contains(name);

    public static ObjectValue Of(RecentCall call)
    {
        var shown = new ObjectValue();
        foreach (var (name, value) in call.Headers ?? []) shown.Set(name, IsTelling(name) ? Redacted : value);
        foreach (var name in call.Proof) shown.Set(name.ToLowerInvariant(), Redacted);
        if (call.HadCookie) shown.Set("cookie", Redacted);
        if (call.HadAuthorization) shown.Set("authorization", Redacted);
        if (call.HadProxyAuthorization) shown.Set("proxy-authorization", Redacted);
        if (call.HadApiKey) shown.Set("x-api-key", Redacted);
        return shown;
    }

    private static bool IsTelling(string name) => (name.EndsWith("-key", StringComparison.OrdinalIgnoreCase) && !name.Equals(Idempotency, StringComparison.OrdinalIgnoreCase)) || Array.Exists(Telling, t => name.Contains(t, StringComparison.OrdinalIgnoreCase));
}
