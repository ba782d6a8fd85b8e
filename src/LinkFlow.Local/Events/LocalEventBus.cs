using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.Publishing;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Events;

/// <summary>
/// The bus of one machine: the outbox and the executions' segments are its log, and each subscriber reads it at its own pace. Publishing is
/// therefore the commit of the change itself; nothing has to be carried over, and a crash leaves nothing behind.
/// </summary>
public sealed class LocalEventBus(SqliteStore store, IServiceProvider services, EventDispatch dispatch, PublishedEvents published, EventMetrics metrics, LinkFlowOptions options, TimeProvider clock,
    ILogger<LocalEventBus> log)
    : IEventBus, IHostedService, IDisposable
{
    private static readonly TimeSpan FirstCleaning = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Cleaning = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly EventReading _reading = new(store.Readers, log);
    private IReadOnlyList<SubscriberRun> _runs = [];
    private Task _background = Task.CompletedTask;
    private long _signalled;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Now, for subscribers may need whatever the host has.
        _runs = [.. services.GetServices<IEventSubscriber>().Select(Run)];
        if (_runs.GroupBy(r => r.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two subscribers are named '{twice.Key}'; a position is kept for each name.");
        await PlaceNewAsync(cancellationToken);
        store.Writer.Committed += Signal;
        var shutdownTime = TimeSpan.FromSeconds(options.Limits.ShutdownSeconds);
        var stop = _stopping.Token;
        _background = Task.WhenAll([
            .. _runs.Select(r => Task.Run(() => r.RunAsync(shutdownTime, stop), CancellationToken.None)),
            Task.Run(() => CleanAsync(stop), CancellationToken.None)]);
    }

    /// <summary>Hands out nothing more, and lets what subscribers have begun come to its end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        store.Writer.Committed -= Signal;
        await _stopping.CancelAsync();
        await _background;
    }

    public Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellationToken = default) =>
        Task.WhenAll(events.GroupBy(e => e.Tenant).Select(g => published.PublishAsync(g.Key, [.. g.Select(e => e.Again())], cancellationToken)));

    public ValueTask<IReadOnlyList<SubscriberPosition>> PositionsAsync(CancellationToken cancellationToken = default) =>
        new([.. _runs.Select(r => r.Show()).OrderBy(p => p.Name, StringComparer.Ordinal)]);

    public async Task<bool> ReplayAsync(string subscriber, DateTimeOffset from, CancellationToken cancellationToken = default)
    {
        if (_runs.FirstOrDefault(r => r.Name == subscriber) is not { } run) return false;
        await run.ReplayAsync(from).WaitAsync(cancellationToken);
        return true;
    }

    /// <summary>The position up to which every subscriber has read.</summary>
    internal long ReadThrough => _runs.Count == 0 ? long.MaxValue : _runs.Min(r => r.ReadThrough);

    public void Dispose() => _stopping.Dispose();

    private SubscriberRun Run(IEventSubscriber subscriber) =>
        new(subscriber, _reading, store.EventPositions, dispatch, store.Documents, metrics, options.Events, clock, log);

    /// <summary>A subscriber that never was gets everything that happens from the first request on, not from some moment behind it.</summary>
    private async Task PlaceNewAsync(CancellationToken cancellationToken)
    {
        try
        {
            var known = (await store.EventPositions.ReadAllAsync(cancellationToken)).Select(p => p.Subscriber).ToHashSet(StringComparer.Ordinal);
            foreach (var run in _runs)
                if (!known.Contains(run.Name)) await store.EventPositions.OpenAsync(run.Name, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            // The host must come up all the same; each run places itself as soon as the store takes it.
            EventBusLog.PutOff(log, "new", e.RetryAfter.TotalMilliseconds, e.Message);
        }
    }

    private void Signal()
    {
        // Most commits hold nothing for the bus: the notes of what it handled, among others.
        var last = store.EventPositions.Last;
        if (Interlocked.Exchange(ref _signalled, last) == last) return;
        foreach (var run in _runs) run.Signal();
    }

    /// <summary>Forgets subscribers that there are no more, and now and then what everyone has had for long.</summary>
    private async Task CleanAsync(CancellationToken stopping)
    {
        for (var wait = FirstCleaning; !stopping.IsCancellationRequested; wait = Cleaning)
        {
            await Task.Delay(wait, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested) return;
            try
            {
                await CleanOnceAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                EventBusLog.PutOff(log, "cleaning", Cleaning.TotalMilliseconds, e.Message);
            }
        }
    }

    internal async Task<long> CleanOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var position in await store.EventPositions.ReadAllAsync(cancellationToken))
        {
            if (_runs.Any(r => r.Name == position.Subscriber)) continue;
            await store.EventPositions.RemoveAsync(position.Subscriber, Tenants.Default, cancellationToken);
            EventBusLog.Forgotten(log, position.Subscriber);
        }

        var through = _runs.Count == 0 ? store.EventPositions.Last : _runs.Min(r => r.Saved);
        return await store.Outbox.DeleteAsync(through, clock.GetUtcNow().AddDays(-options.Events.RetentionDays), cancellationToken);
    }
}
