using LinkFlow.Engine.Executions;

namespace LinkFlow.Local.Journal;

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
            if (!EventPayloads.All(@event).Any(p => IsLarge(p.Payload, threshold))) continue;
            var spilled = new Dictionary<Payload, Payload>(ReferenceEqualityComparer.Instance);
            foreach (var (_, payload) in EventPayloads.All(@event))
                if (IsLarge(payload, threshold)) spilled[payload] = await PutAsync(tenant, payload, host);
            change.Replace(i, EventPayloads.Replace(@event, p => spilled.GetValueOrDefault(p, p)));
        }
    }

    public static IReadOnlyList<string> BlobsOf(IReadOnlyList<ExecutionEvent> events)
    {
        List<string>? blobs = null;
        for (var i = 0; i < events.Count; i++)
            foreach (var (_, payload) in EventPayloads.All(events[i]))
                if (payload.Blob is { } blob) (blobs ??= []).Add(blob);
        return blobs ?? (IReadOnlyList<string>)[];
    }

    /// <summary>The payload as a claim check, its items still at hand.</summary>
    public static async ValueTask<Payload> PutAsync(string tenant, Payload payload, ExecutionHost host) =>
        new(payload.Count, payload.Bytes, default, await host.Blobs.PutAsync(tenant, payload.Inline)) { Items = payload.Items };

    public static bool IsLarge(Payload payload, int threshold) => payload.Blob is null && payload.Inline.Length > threshold;
}
