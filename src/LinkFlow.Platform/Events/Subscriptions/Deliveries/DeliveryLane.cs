using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Events.Subscriptions.Deliveries;

/// <summary>
/// One subscription's deliveries in memory, by their due times: it runs as many at once as the subscription allows, one while its receiver fails. Lanes
/// share nothing, so a slow receiver holds nobody else up.
/// </summary>
internal sealed class DeliveryLane : IDisposable
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly Func<string, Task<DeliveryProgress>> _run;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly string _subscriptionId;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<string, (DateTimeOffset At, string Id)> _queue = new();
    private readonly Dictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset?> _underWay = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private TaskCompletionSource? _stopped;
    private int _atOnce = 1;

    /// <param name="run">Takes the delivery with this id one try further.</param>
    public DeliveryLane(string subscriptionId, Func<string, Task<DeliveryProgress>> run, TimeProvider clock, ILogger log)
    {
        (_subscriptionId, _run, _clock, _log) = (subscriptionId, run, clock, log);
        _timer = clock.CreateTimer(_ => Pump(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Deliveries that are not ended.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _due.Count + _underWay.Count;
        }
    }

    /// <summary>Has a delivery be tried at a time; what was known of it before no longer counts.</summary>
    public void Add(string id, DateTimeOffset at)
    {
        lock (_lock)
        {
            // Under way already: when it is over, this is what was asked for meanwhile.
            if (_underWay.ContainsKey(id)) _underWay[id] = at;
            else Enqueue(id, at);
        }

        Pump();
    }

    /// <summary>Begins no more tries.</summary>
    /// <returns>When those that are under way have ended.</returns>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _stopped ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_underWay.Count == 0) _stopped.TrySetResult();
            return _stopped.Task;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Pump()
    {
        lock (_lock)
        {
            while (_stopped is null && _underWay.Count < _atOnce && _queue.TryPeek(out var id, out var next))
            {
                // Another entry of the queue is right for it, or none.
                if (!_due.TryGetValue(id, out var at) || at != next.At)
                {
                    _queue.Dequeue();
                    continue;
                }

                var sleep = at - _clock.GetUtcNow();
                if (sleep > TimeSpan.Zero)
                {
                    _timer.Change(sleep < LongestSleep ? sleep : LongestSleep, Timeout.InfiniteTimeSpan);
                    return;
                }

                _queue.Dequeue();
                _due.Remove(id);
                _underWay.Add(id, null);
                _ = Task.Run(() => RunAsync(id));
            }
        }
    }

    private async Task RunAsync(string id)
    {
        DateTimeOffset? next;
        var atOnce = 1;
        try
        {
            (next, atOnce) = await _run(id);
        }
        catch (OperationCanceledException)
        {
            // The host stops. It is due at the next start, as its document says.
            next = null;
        }
        catch (StoreUnavailableException e)
        {
            _log.DeliveriesPutOff(e.RetryAfter.TotalSeconds, e.Message);
            next = _clock.GetUtcNow() + e.RetryAfter;
        }
        catch (Exception e)
        {
            _log.DeliveryFaulted(e, id, _subscriptionId, AfterFault.TotalSeconds);
            next = _clock.GetUtcNow() + AfterFault;
        }

        lock (_lock)
        {
            if (_underWay.Remove(id, out var asked) && asked is not null) next = asked;
            if (next is { } at) Enqueue(id, at);
            _atOnce = atOnce;
            if (_underWay.Count == 0) _stopped?.TrySetResult();
        }

        Pump();
    }

    private void Enqueue(string id, DateTimeOffset at)
    {
        if (_due.TryGetValue(id, out var known) && known == at) return;
        _due[id] = at;
        _queue.Enqueue(id, (at, id));
    }
}

/// <summary>How far a try has brought a delivery.</summary>
/// <param name="NextAt">Of the next try; null: there is none.</param>
/// <param name="AtOnce">How many of the subscription's deliveries may be under way now.</param>
internal readonly record struct DeliveryProgress(DateTimeOffset? NextAt, int AtOnce);
