using System.Collections.Concurrent;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>Sends deliveries when they are due, for hosts that run all the time. What is due is in the documents, so a restart loses nothing.</summary>
internal sealed class DeliveryClock : BackgroundService
{
    private readonly IDocumentStore _store;
    private readonly DeliveryRuns _runs;
    private readonly DeliveryAlarm _alarm;
    private readonly TimeProvider _clock;
    private readonly ILogger<DeliveryClock> _log;
    private readonly TimeSpan _patience;
    private readonly ConcurrentDictionary<(string Tenant, string SubscriptionId), DeliveryLane> _lanes = new();
    private readonly CancellationTokenSource _sending = new();

    public DeliveryClock(IDocumentStore store, DeliveryRuns runs, DeliveryAlarm alarm, LinkFlowOptions options, TimeProvider clock, ILogger<DeliveryClock> log)
    {
        (_store, _runs, _alarm, _clock, _log) = (store, runs, alarm, clock, log);
        _patience = TimeSpan.FromSeconds(options.Events.DeliveryTimeoutSeconds);
        alarm.Due += Add;
        alarm.Changed += Wake;
        alarm.Waiting = (tenant, id) => _lanes.TryGetValue((tenant, id), out var lane) ? lane.Waiting : 0;
    }

    public override void Dispose()
    {
        _alarm.Due -= Add;
        _alarm.Changed -= Wake;
        _alarm.Waiting = null;
        foreach (var lane in _lanes.Values) lane.Dispose();
        _sending.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LoadAsync(Tenants.Default, subscriptionId: null, stoppingToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await StopSendingAsync();
        }
    }

    /// <summary>What is under way gets the time that a try may take; what is cut off then is sent again at the next start.</summary>
    private async Task StopSendingAsync()
    {
        var ended = Task.WhenAll(_lanes.Values.Select(l => l.StopAsync()));
        if (await Task.WhenAny(ended, Task.Delay(_patience, CancellationToken.None)) != ended) await _sending.CancelAsync();
        await ended;
    }

    private void Add(DeliveryKey key, DateTimeOffset at) => LaneOf(key.Tenant, key.SubscriptionId).Add(key.Id, at);

    private DeliveryLane LaneOf(string tenant, string subscriptionId) => _lanes.GetOrAdd((tenant, subscriptionId), of => new DeliveryLane(
        of.SubscriptionId, id => _runs.RunAsync(new DeliveryKey(of.Tenant, of.SubscriptionId, id), claims: false, _sending.Token), _clock, _log));

    private void Wake(string tenant, string subscriptionId) => _ = Task.Run(async () =>
    {
        try
        {
            await LoadAsync(tenant, subscriptionId, _sending.Token);
        }
        catch (OperationCanceledException)
        {
            // The host stops; the next start loads everything.
        }
    });

    /// <param name="subscriptionId">Null: of all.</param>
    private async Task LoadAsync(string tenant, string? subscriptionId, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var pending = new DocumentQuery(tenant, Delivery.Type)
                {
                    Within = subscriptionId, Where = new Dictionary<string, string> { ["status"] = Delivery.Words[(int)DeliveryStatus.Pending] }, OldestFirst = true,
                };
                await foreach (var document in _store.ReadAllAsync(pending, cancellationToken))
                {
                    var delivery = Delivery.FromDocument(document.Body);
                    if (delivery.NextAt is { } at) LaneOf(tenant, delivery.SubscriptionId).Add(delivery.Id, at);
                }

                return;
            }
            catch (StoreUnavailableException e)
            {
                _log.DeliveriesPutOff(e.RetryAfter.TotalSeconds, e.Message);
                await Task.Delay(e.RetryAfter, _clock, cancellationToken);
            }
        }
    }
}
