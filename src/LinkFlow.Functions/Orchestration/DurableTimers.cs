using Microsoft.DurableTask;

namespace LinkFlow.Functions.Orchestration;

/// <summary>The decider's timers, by name, over one durable timer: for the one that is due first.</summary>
internal sealed class DurableTimers(TaskOrchestrationContext context)
{
    private readonly SortedDictionary<string, long> _due = new(StringComparer.Ordinal);
    private (Task Task, CancellationTokenSource Stop, long DueAt)? _timer;

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
        if (_timer is { Task.IsCompleted: false } open && open.DueAt <= first) return open.Task;
        Cancel();
        var stop = new CancellationTokenSource();
        var timer = context.CreateTimer(DateTime.UnixEpoch.AddMilliseconds(first), stop.Token);
        _timer = (timer, stop, first);
        return timer;
    }

    /// <summary>Nothing ends, and nothing goes on anew, while a timer is open.</summary>
    public void Cancel()
    {
        if (_timer is not { } timer) return;
        if (!timer.Task.IsCompleted) timer.Stop.Cancel();
        timer.Stop.Dispose();
        _timer = null;
    }
}
