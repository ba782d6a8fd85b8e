using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>Claim check: payloads above the threshold go to the blob store before the commit that refers to them.</summary>
public static class Spilling
{
    /// <returns>The event itself where nothing in it is large.</returns>
    /// <exception cref="StoreUnavailableException">The blob store cannot take it now.</exception>
    public static async ValueTask<ExecutionEvent> SpillAsync(string tenant, ExecutionEvent @event, IBlobStore blobs, int threshold)
    {
        var large = EventPayloads.All(@event).Where(p => IsLarge(p, threshold)).ToList();
        if (large.Count == 0) return @event;
        var spilled = new Dictionary<Payload, Payload>(ReferenceEqualityComparer.Instance);
        foreach (var payload in large) spilled[payload] = await PutAsync(tenant, payload, blobs);
        return EventPayloads.Replace(@event, p => spilled.GetValueOrDefault(p, p));
    }

    /// <summary>The payload as a claim check, its items still at hand.</summary>
    /// <exception cref="StoreUnavailableException">The blob store cannot take it now.</exception>
    public static async ValueTask<Payload> PutAsync(string tenant, Payload payload, IBlobStore blobs) =>
        new(payload.Count, payload.Bytes, default, await blobs.PutAsync(tenant, payload.Inline)) { Items = payload.Items };

    /// <param name="threshold">Bytes.</param>
    public static bool IsLarge(Payload payload, int threshold) => payload.Blob is null && payload.Inline.Length > threshold;
}
