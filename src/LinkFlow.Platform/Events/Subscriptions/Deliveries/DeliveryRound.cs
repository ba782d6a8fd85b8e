using System.Runtime.CompilerServices;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>
/// Sends deliveries where nothing runs all the time and several hosts share the work: a message rings for each try, and a round now and then finds what no
/// message rang for. Each try is claimed in its document first, so that any number of rings and rounds make one of it.
/// </summary>
public sealed class DeliveryRound
{
    private readonly IDocumentStore _store;
    private readonly DeliveryRuns _runs;
    private readonly SubscriptionDirectory _directory;
    private readonly TimeProvider _clock;

    internal DeliveryRound(IDocumentStore store, DeliveryRuns runs, SubscriptionDirectory directory, TimeProvider clock) =>
        (_store, _runs, _directory, _clock) = (store, runs, directory, clock);

    /// <summary>Takes a delivery that is due one try further.</summary>
    /// <returns>When it is due next; null: not any more.</returns>
    /// <exception cref="StoreUnavailableException">What came of the try, if one was made, is not recorded: it is made again.</exception>
    public async Task<DateTimeOffset?> TryAsync(DeliveryKey key, CancellationToken cancellationToken) => (await _runs.RunAsync(key, claims: true, cancellationToken)).NextAt;

    /// <summary>How many of a subscription's deliveries may be under way at once.</summary>
    public async ValueTask<int> ConcurrencyAsync(string tenant, string subscriptionId, CancellationToken cancellationToken) =>
        (await _directory.FindAsync(tenant, subscriptionId, cancellationToken))?.Concurrency ?? 1;

    /// <summary>Deliveries that wait for their next try, the oldest first.</summary>
    /// <param name="subscriptionId">Null: those of all subscriptions.</param>
    /// <param name="overdueBy">Only those that should have been tried so long ago; null: all.</param>
    public async IAsyncEnumerable<(DeliveryKey Key, DateTimeOffset At)> PendingAsync(string? subscriptionId, TimeSpan? overdueBy, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pending = new DocumentQuery(Tenants.Default, Delivery.Type)
        {
            Within = subscriptionId, Where = new Dictionary<string, string> { ["status"] = Delivery.Words[(int)DeliveryStatus.Pending] }, OldestFirst = true,
        };
        await foreach (var document in _store.ReadAllAsync(pending, cancellationToken))
        {
            var delivery = Delivery.FromDocument(document.Body);
            if (delivery.NextAt is not { } at || (overdueBy is { } late && at + late > _clock.GetUtcNow())) continue;
            // While it is disabled there is nothing to ring for.
            if (await _directory.FindAsync(document.Tenant, delivery.SubscriptionId, cancellationToken) is { Enabled: true })
                yield return (new DeliveryKey(document.Tenant, delivery.SubscriptionId, delivery.Id), at);
        }
    }
}
