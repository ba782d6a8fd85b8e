using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Schedules;

/// <summary>
/// Knows when each enabled schedule needs a look, and has <see cref="ScheduleFiring"/> take it. For hosts that run all
/// the time; where a host scales to zero, messages with a due time take its place.
/// </summary>
public sealed class ScheduleClock : BackgroundService
{
    /// <summary>Schedules looked at at once.</summary>
    private const int MostAtOnce = 64;

    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    private readonly IDocumentStore _store;
    private readonly ScheduleFiring _firing;
    private readonly ScheduleAlarm _alarm;
    private readonly TimeProvider _clock;
    private readonly ILogger<ScheduleClock> _log;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Key, DateTimeOffset> _queue = new();
    private readonly Dictionary<Key, Entry> _entries = [];
    private readonly SemaphoreSlim _places = new(MostAtOnce);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScheduleClock(IDocumentStore store, ScheduleFiring firing, ScheduleAlarm alarm, TimeProvider clock, ILogger<ScheduleClock> log)
    {
        (_store, _firing, _alarm, _clock, _log) = (store, firing, alarm, clock, log);
        alarm.Changed += Set;
    }

    public override void Dispose()
    {
        _alarm.Changed -= Set;
        _places.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LoadAsync(stoppingToken);
            while (true)
            {
                var (due, sleep, changed) = TakeDue();
                if (due is { } key)
                {
                    await _places.WaitAsync(stoppingToken);
                    _ = LookAsync(key, stoppingToken);
                    continue;
                }

                await Task.WhenAny(changed, Task.Delay(sleep, _clock, stoppingToken));
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was under way commits or does not; what was due is due at the next start.
            for (var i = 0; i < MostAtOnce; i++) await _places.WaitAsync(CancellationToken.None);
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var enabled = new DocumentQuery(Tenants.Default, Schedule.Type) { Where = new Dictionary<string, string> { ["enabled"] = "true" } };
                await foreach (var document in _store.ReadAllAsync(enabled, cancellationToken))
                {
                    var state = await _store.GetAsync(document.Tenant, ScheduleState.Type, document.Id, cancellationToken);
                    // With something queued it needs a look at once, else not before its time.
                    if (state is not null) Add(document.Tenant, document.Id, ScheduleState.FromDocument(state.Body) is { Queued.Count: 0 } waiting ? waiting.NextAt : _clock.GetUtcNow());
                }

                return;
            }
            catch (StoreUnavailableException e)
            {
                _log.LookPutOff(e.RetryAfter.TotalSeconds, e.Message);
                await Task.Delay(e.RetryAfter, _clock, cancellationToken);
            }
        }
    }

    private async Task LookAsync(Key key, CancellationToken cancellationToken)
    {
        DateTimeOffset? next;
        try
        {
            next = await _firing.TickAsync(key.Tenant, key.Id, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            next = null;
        }
        catch (StoreUnavailableException e)
        {
            _log.LookPutOff(e.RetryAfter.TotalSeconds, e.Message);
            next = _clock.GetUtcNow() + e.RetryAfter;
        }
        catch (Exception e)
        {
            // One schedule that cannot be read must not keep the others from firing.
            _log.LookFailed(e, key.Id, AfterFault.TotalSeconds);
            next = _clock.GetUtcNow() + AfterFault;
        }

        lock (_lock)
        {
            if (_entries.Remove(key, out var entry) && entry.ChangedMeanwhile is { } changed) next = changed.At;
            if (next is { } at) Enqueue(key, at);
        }

        _places.Release();
    }

    /// <summary>A schedule that is there from before: what has been set since its document was read counts more.</summary>
    private void Add(string tenant, string id, DateTimeOffset? at)
    {
        lock (_lock)
            if (at is { } time && !_entries.ContainsKey(new Key(tenant, id))) Enqueue(new Key(tenant, id), time);
    }

    private void Set(string tenant, string id, DateTimeOffset? at)
    {
        var key = new Key(tenant, id);
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry) && entry.IsUnderWay) entry.ChangedMeanwhile = new Change(at);
            else if (at is { } time) Enqueue(key, time);
            else _entries.Remove(key);
        }
    }

    private void Enqueue(Key key, DateTimeOffset at)
    {
        _entries[key] = new Entry { At = at };
        _queue.Enqueue(key, at);
        _changed.TrySetResult();
    }

    /// <summary>The first schedule whose time has come; else how long nothing is due, and what tells of a change before.</summary>
    private (Key? Due, TimeSpan Sleep, Task Changed) TakeDue()
    {
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            if (_changed.Task.IsCompleted) _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            while (_queue.TryPeek(out var key, out var at))
            {
                // Changed since: another entry of the queue is right, or none.
                if (!_entries.TryGetValue(key, out var entry) || entry.IsUnderWay || entry.At != at)
                {
                    _queue.Dequeue();
                    continue;
                }

                if (at > now) return (null, at - now < LongestSleep ? at - now : LongestSleep, _changed.Task);
                _queue.Dequeue();
                entry.IsUnderWay = true;
                return (key, default, Task.CompletedTask);
            }

            return (null, LongestSleep, _changed.Task);
        }
    }

    private readonly record struct Key(string Tenant, string Id);

    private sealed class Entry
    {
        public required DateTimeOffset At { get; init; }
        public bool IsUnderWay { get; set; }
        public Change? ChangedMeanwhile { get; set; }
    }

    private sealed record Change(DateTimeOffset? At);
}
