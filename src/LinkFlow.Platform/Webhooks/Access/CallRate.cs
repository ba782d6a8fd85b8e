using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Webhooks.Access;

/// <summary>How often a webhook may be called.</summary>
/// <param name="PerMinute">1 to <see cref="MaxPerMinute"/>.</param>
/// <param name="ByAddress">True: by each caller's address; false: by all callers together.</param>
internal sealed record CallRate(int PerMinute, bool ByAddress)
{
    public const int MaxPerMinute = 100_000;

    /// <param name="written">The node's <c>rateLimit</c>.</param>
    /// <returns>Null: it names none.</returns>
    public static CallRate? Of(Value written) =>
        written["perMinute"] is { IsNumber: true } perMinute ? new CallRate((int)Math.Clamp(perMinute.AsNumber, 1, MaxPerMinute), written["by"].AsString == "ip") : null;
}
