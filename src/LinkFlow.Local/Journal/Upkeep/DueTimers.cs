using LinkFlow.Local.Journal.Actors;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Upkeep;

/// <summary>
/// Fires timers. All of them are rows in the store; those due soon are also here, in a window bounded in time and
/// number, so that a hundred thousand waiting executions take no memory. One loop, which reads the next window before
/// this one is over. A timer stays known here until the commit that removes its row, so that none fires twice.
/// </summary>
internal sealed class DueTimers(JournalShell shell)
{
    private const int MaxInMemory = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WhenNoPlace = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Id, string Name), Timer> _known = [];
    private readonly PriorityQueue<Timer, long> _queue = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every timer due up to then, Unix ms, is known here.</summary>
    private long _horizon = long.MinValue;

    /// <summary>A commit has set or removed timers of an execution.</summary>
    public void Committed(string tenant, string id, Dictionary<string, long?> timers)
    {
        if (timers.Count == 0) return;
        lock (_lock)
        {
            foreach (var (name, due) in timers)
            {
                _known.Remove((id, name));
                if (due is { } at) Add(new Timer(tenant, id, name, at));
            }

            _changed.TrySetResult();
        }
    }

    /// <summary>An execution has ended or was evicted with timers that it was told of and did not handle.</summary>
    public void Forget(string id, string name)
    {
        lock (_lock) _known.Remove((id, name));
    }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var delay = shell.Host.Options.FirstRetryDelay;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ReadWindowAsync(cancellationToken);
                await FireAsync(cancellationToken);
                delay = shell.Host.Options.FirstRetryDelay;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                JournalLog.StoreUnreadable(shell.Host.Log, "reading timers", e.Message, (long)delay.TotalMilliseconds);
                await Task.Delay(delay, shell.Host.Clock, CancellationToken.None);
                delay = shell.Host.Options.NextRetryDelay(delay);
            }
        }
    }

    private async Task ReadWindowAsync(CancellationToken cancellationToken)
    {
        var until = shell.Host.Now + (long)Window.TotalMilliseconds;
        if (_horizon >= until - (long)(Window / 2).TotalMilliseconds) return;

        // From now on commits add what is due in the window; what the page lacks is added by them, what it has twice counts once.
        lock (_lock) _horizon = until;
        var page = await shell.Store.ReadTimersAsync(until, MaxInMemory, cancellationToken);
        var added = 0;
        lock (_lock)
        {
            foreach (var timer in page)
            {
                if (_known.ContainsKey((timer.ExecutionId, timer.Name))) continue;
                Enqueue(new Timer(timer.Tenant, timer.ExecutionId, timer.Name, timer.DueAt));
                added++;
            }

            if (page.Count == MaxInMemory) _horizon = Math.Min(_horizon, page[^1].DueAt);
        }

        // All of them have fired and wait for their commits: there is nothing to do but to let these happen.
        if (added == 0 && page.Count == MaxInMemory) await Task.Delay(WhenNoPlace, shell.Host.Clock, cancellationToken);
    }

    private async Task FireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Timer? next;
            Task changed;
            lock (_lock)
            {
                DropStale();
                if (_changed.Task.IsCompleted) _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
                next = _queue.TryPeek(out var first, out _) ? first : null;
            }

            var now = shell.Host.Now;
            if (next is null || next.DueAt > now)
            {
                // At most half a window, so that the next one is read in time.
                var wait = Math.Min(next is null ? long.MaxValue : next.DueAt - now, (long)(Window / 2).TotalMilliseconds);
                if (next is null && _horizon <= now) return;
                await Task.WhenAny(changed, Task.Delay(TimeSpan.FromMilliseconds(wait), shell.Host.Clock, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                if (shell.Host.Now >= _horizon - (long)(Window / 2).TotalMilliseconds) return;
                continue;
            }

            if (shell.Active.TryWake(next.Tenant, next.Id, new TimerDue(next.Name, next.DueAt))) Taken(next);
            else await Task.Delay(WhenNoPlace, shell.Host.Clock, cancellationToken);
        }
    }

    private void Taken(Timer timer)
    {
        lock (_lock)
        {
            if (_queue.TryPeek(out var first, out _) && first == timer) _queue.Dequeue();
        }
    }

    private void DropStale()
    {
        while (_queue.TryPeek(out var first, out _) && !(_known.TryGetValue((first.Id, first.Name), out var known) && known == first)) _queue.Dequeue();
    }

    private void Add(Timer timer)
    {
        if (timer.DueAt > _horizon) return;
        if (_queue.Count >= 2 * MaxInMemory)
        {
            // The store has it; it is read again once this time is near.
            _horizon = Math.Min(_horizon, timer.DueAt - 1);
            return;
        }

        Enqueue(timer);
    }

    private void Enqueue(Timer timer)
    {
        _known[(timer.Id, timer.Name)] = timer;
        _queue.Enqueue(timer, timer.DueAt);
    }

    private sealed class Timer(string tenant, string id, string name, long dueAt)
    {
        public string Tenant { get; } = tenant;
        public string Id { get; } = id;
        public string Name { get; } = name;
        public long DueAt { get; } = dueAt;
    }
}
