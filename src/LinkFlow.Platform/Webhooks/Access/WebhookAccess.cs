using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Triggers.Callers;

namespace LinkFlow.Platform.Webhooks.Access;

/// <summary>From where a webhook may be called, and how often, as its node says. What it does not say is null.</summary>
internal sealed record WebhookAccess(CallerAddresses? Addresses, CallerOrigins? Origins, CallRate? Rate)
{
    /// <returns>Null: the node says nothing about it.</returns>
    public static WebhookAccess? Of(ObjectValue parameters)
    {
        var addresses = parameters["ipAllowList"].IsNullOrUndefined ? null : new CallerAddresses(Words(parameters["ipAllowList"]));
        var origins = parameters["allowedOrigins"].IsNullOrUndefined ? null : new CallerOrigins(Words(parameters["allowedOrigins"]));
        var rate = CallRate.Of(parameters["rateLimit"]);
        return addresses is null && origins is null && rate is null ? null : new WebhookAccess(addresses, origins, rate);
    }

    private static IEnumerable<string> Words(Value written) => written.AsString is { } one ? [one] : (written.AsArray ?? []).Select(v => v.AsString).OfType<string>();
}
