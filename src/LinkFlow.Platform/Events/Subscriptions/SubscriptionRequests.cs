using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Events;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Events.Subscriptions;

/// <summary>Bodies of <c>/event-subscriptions</c>.</summary>
internal static class SubscriptionRequests
{
    public const int MostConcurrency = 20;
    public const int LongestOverlapHours = 168;
    private const int DefaultConcurrency = 4;
    private const int MostTypes = 50;
    private const int MostHeaders = 20;
    private const int LongestUrl = 2048;
    private const int LongestHeader = 4096;

    private static readonly string[] Writable = ["name", "url", "types", "filter", "enabled", "concurrency", "headers", "secret"];
    private static readonly string[] Shown = ["id", "disabledReason", "previousSecretUntil", "failingSince", "lastDeliveredAt", "createdAt", "updatedAt", "createdBy"];

    /// <summary>What a delivery sets itself, and what belongs to the connection.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Proxy-Authorization", "Proxy-Connection", "Cookie", "User-Agent",
        "X-Signature-256", "X-Timestamp", "X-Event-Id", "X-Event-Type", "X-Delivery-Id", "X-Delivery-Attempt",
    };

    /// <param name="isReplaced">It takes what a GET has shown, too.</param>
    /// <exception cref="ApiException">400 with everything that is wrong.</exception>
    public static SubscriptionDraft Read(ObjectValue body, bool isReplaced)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(isReplaced ? [.. Writable, .. Shown] : Writable);
        var draft = new SubscriptionDraft(
            fields.Name("name", 128) ?? "",
            Url(fields),
            Types(fields),
            Filter(fields),
            fields.Boolean("enabled") ?? true,
            fields.Integer("concurrency", 1, MostConcurrency) ?? DefaultConcurrency,
            Headers(fields),
            Secret(fields));
        problems.ThrowIfAny();
        return draft;
    }

    /// <returns>The new secret (null: one is to be drawn), and how long the old one signs as well.</returns>
    public static (string? Secret, TimeSpan Overlap) ReadRotation(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["secret", "overlapHours"]);
        var secret = Secret(fields);
        var hours = fields.Integer("overlapHours", 0, LongestOverlapHours) ?? 24;
        problems.ThrowIfAny();
        return (secret, TimeSpan.FromHours(hours));
    }

    private static string Url(BodyFields fields)
    {
        if (!fields.Has("url")) fields.Problems.Add("/url", "'url' is missing; where the events are sent is needed, e.g. https://example.com/hooks/linkflow.");
        if (fields.Text("url", LongestUrl, 1) is not { } text) return "";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0 || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            fields.Problems.Add("/url", "'url' is no http or https URL, e.g. https://example.com/hooks/linkflow.");
        else if (url.UserInfo.Length > 0) fields.Problems.Add("/url", "'url' has a user name in it, which would be shown to all. Send it in a header: {\"headers\":{\"Authorization\":\"…\"}}.");
        else if (url.Fragment.Length > 0) fields.Problems.Add("/url", "'url' has a fragment (#…), which is never sent.");
        return text;
    }

    private static IReadOnlyList<string> Types(BodyFields fields)
    {
        var types = fields.Texts("types", MostTypes, EventTypePattern.MaxLength + 2) ?? [];
        if (!fields.Has("types") || fields.Raw("types").AsArray is { Count: 0 })
            fields.Problems.Add("/types", "'types' is missing; a list of types is needed, e.g. [\"linkflow.execution.failed.v1\", \"com.example.*\"], or [\"*\"] for all.");
        for (var i = 0; i < types.Count; i++)
            if (EventTypePattern.ProblemOf(types[i]) is { } problem) fields.Problems.Add($"/types/{i}", problem);
        return [.. types.Distinct(StringComparer.Ordinal)];
    }

    private static ObjectValue? Filter(BodyFields fields)
    {
        if (fields.Object("filter") is not { } filter) return null;
        foreach (var (pointer, message) in EventFilter.Check(filter, "/filter")) fields.Problems.Add(pointer, message);
        return filter;
    }

    /// <summary>By name; null: the value that is stored is kept.</summary>
    private static ObjectValue Headers(BodyFields fields)
    {
        var headers = fields.Object("headers") ?? new ObjectValue(0);
        if (headers.Count > MostHeaders) fields.Problems.Add("/headers", $"'headers' has {headers.Count} names; at most {MostHeaders} are allowed.");
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers.Take(MostHeaders))
        {
            var at = $"/headers/{BodyFields.Escape(name)}";
            if (name.Length is 0 or > 128 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))) fields.Problems.Add(at, "This is no name of a header.");
            else if (Reserved.Contains(name) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) fields.Problems.Add(at, $"The header '{name}' is set by LinkFlow or belongs to the connection.");
            else if (!names.Add(name)) fields.Problems.Add(at, $"The header '{name}' is given twice.");
            else if (!value.IsNull && !(value.AsString is { Length: > 0 and <= LongestHeader } text && text.All(c => c is >= ' ' and <= '~')))
                fields.Problems.Add(at, $"The value of a header is a string of 1 to {LongestHeader} printable ASCII characters, or null to keep the one that is stored.");
        }

        return headers;
    }

    private static string? Secret(BodyFields fields)
    {
        if (fields.Text("secret", 256, 16) is not { } secret) return null;
        if (secret.Any(char.IsControl)) fields.Problems.Add("/secret", "'secret' holds a control character.");
        return secret;
    }
}

/// <summary>A subscription as a caller wants it.</summary>
/// <param name="Headers">By name; null: the stored value is kept.</param>
/// <param name="Secret">Null: the stored one is kept, or one is drawn.</param>
public sealed record SubscriptionDraft(
    string Name, string Url, IReadOnlyList<string> Types, ObjectValue? Filter, bool Enabled, int Concurrency, ObjectValue Headers, string? Secret)
{
    /// <summary>It holds secrets.</summary>
    public override string ToString() => $"a subscription '{Name}'";
}
