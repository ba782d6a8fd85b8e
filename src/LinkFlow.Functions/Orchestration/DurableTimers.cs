using Microsoft.DurableTask;

namespace LinkFlow.Functions.Orchestration;

/// <summary>The decider's timers, by name, over one durable timer: for the one that is due first.</summary>
internal sealed class DurableTimers(TaskOrchestrationContext context)
{
    private readonly SortedDictionary<string, long> _due = new(StringComparer.Ordinal);
    private CancellationTokenSource? _stop;
    private Task? _timer;
    private long _timerDue;

    /// <summary>When a timer is due, Unix ms; null: it is not set.</summary>
    public long? DueAt(string timer) => _due.TryGetValue(timer, out var due) ? due : null;

    public void Set(string timer, long dueAt) => _due[timer] = dueAt;
    public void Remove(string timer) => _due.Remove(timer);

    /// <summary>Those that are due now, the earliest first; they are no longer set.</summary>
    /// <param name="now">Unix ms.</param>
    public IReadOnlyList<string> TakeDue(long now)
    {
        var due = _due.Where(t => t.Value <= now).OrderBy(t => t.Value).Select(t => t.Key).ToList();
        foreach (var timer in due) _due.Remove(timer);
        return due;
    }

    /// <summary>Completes when a timer may be due; null: none is set.</summary>
    public Task? Next()
    {
        if (_due.Count == 0)
        {
            Cancel();
            return null;
        }

        var first = _due.Values.Min();
        // One that comes due too early does no harm, and costs less than to be replaced.
        if (_timer is { IsCompleted: false } && _timerDue <= first) return _timer;
        Cancel();
        _stop = new CancellationTokenSource();
        _timerDue = first;
        _timer = context.CreateTimer(DateTime.UnixEpoch.AddMilliseconds(first), _stop.Token);
        return _timer;
    }

    /// <summary>Nothing ends, and nothing goes on anew, while a timer is open.</summary>
    public void Cancel()
    {
        if (_timer is { IsCompleted: false }) _stop!.Cancel();
        _stop?.Dispose();
        (_stop, _timer) = (null, null);
    }
}
