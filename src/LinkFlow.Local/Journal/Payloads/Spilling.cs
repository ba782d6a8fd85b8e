using LinkFlow.Engine.Executions;
using LinkFlow.Local.Journal.Actors;

namespace LinkFlow.Local.Journal.Payloads;

/// <summary>Claim check: payloads above the threshold go to the blob store before the commit that refers to them.</summary>
internal static class Spilling
{
    /// <exception cref="Platform.Ports.StoreUnavailableException">The blob store cannot take it now.</exception>
    public static async ValueTask SpillAsync(string tenant, PendingChange change, ExecutionHost host)
    {
        var threshold = host.Options.ClaimCheckBytes;
        if (change.Bytes <= threshold) return;
        for (var i = 0; i < change.Events.Count; i++)
        {
            var @event = change.Events[i];
            var large = EventPayloads.All(@event).Where(p => IsLarge(p, threshold)).ToList();
            if (large.Count == 0) continue;
            var spilled = new Dictionary<Payload, Payload>(ReferenceEqualityComparer.Instance);
            foreach (var payload in large) spilled[payload] = await PutAsync(tenant, payload, host);
            change.Replace(i, EventPayloads.Replace(@event, p => spilled.GetValueOrDefault(p, p)));
        }
    }

    /// <summary>The payload as a claim check, its items still at hand.</summary>
    public static async ValueTask<Payload> PutAsync(string tenant, Payload payload, ExecutionHost host) =>
        new(payload.Count, payload.Bytes, default, await host.Blobs.PutAsync(tenant, payload.Inline)) { Items = payload.Items };

    public static bool IsLarge(Payload payload, int threshold) => payload.Blob is null && payload.Inline.Length > threshold;
}
