using System.Collections.Immutable;

namespace LinkFlow.Engine.Executions.Folding;

/// <summary>The children of one attempt: which may start, which run, how they ended.</summary>
internal sealed class ChildrenProgress
{
    private readonly SortedSet<int> _unstarted;
    private readonly bool[] _isStarted;
    private readonly ChildOutcome?[] _outcomes;

    public ChildrenProgress(ImmutableArray<ChildExecution> children, bool wait, int maxParallel)
    {
        Children = children;
        Wait = wait;
        MaxParallel = Math.Max(1, maxParallel);
        _unstarted = [.. Enumerable.Range(0, children.Length)];
        _isStarted = new bool[children.Length];
        _outcomes = new ChildOutcome?[children.Length];
        Open = children.Length;
    }

    public ImmutableArray<ChildExecution> Children { get; }
    public bool Wait { get; }
    public int MaxParallel { get; }

    /// <summary>Children that have neither ended nor, if they are not awaited, started.</summary>
    public int Open { get; private set; }

    /// <summary>Of these, how many were handed out or have started. Those handed out are forgotten with the process.</summary>
    private int Running { get; set; }

    /// <summary>Awaited ones that have started and not ended.</summary>
    private int StartedOpen { get; set; }

    /// <summary>The others of a failed child: no more is started, and only what has started is awaited.</summary>
    public bool IsCallingOff { get; private set; }
    public bool CanStart => !IsCallingOff && Running < MaxParallel && _unstarted.Count > 0;
    public bool HasFailed { get; private set; }
    public bool HaveAllEnded => IsCallingOff ? StartedOpen == 0 : Open == 0;
    public bool IsStarted(int child) => _isStarted[child];
    public ChildOutcome? Outcome(int child) => _outcomes[child];

    /// <summary>Takes the next child to start.</summary>
    public int TakeNext()
    {
        var child = _unstarted.Min;
        _unstarted.Remove(child);
        Running++;
        return child;
    }

    public void Started(int child)
    {
        if (_isStarted[child] || _outcomes[child] is not null) return;
        if (_unstarted.Remove(child)) Running++;
        _isStarted[child] = true;
        if (Wait) StartedOpen++;
        else Close();
    }

    public void Ended(int child, ChildOutcome outcome)
    {
        if (_outcomes[child] is not null || (_isStarted[child] && !Wait)) return;
        if (_unstarted.Remove(child)) Running++;
        if (_isStarted[child]) StartedOpen--;
        _outcomes[child] = outcome;
        HasFailed |= !outcome.Succeeded;
        Close();
    }

    public void CallOff() => IsCallingOff = true;

    /// <summary>Those that run, or that may have been started in a process whose record of it was lost.</summary>
    public IEnumerable<int> MayRun()
    {
        var unsure = _unstarted.Take(MaxParallel).ToHashSet();
        return Enumerable.Range(0, Children.Length).Where(i => _outcomes[i] is null && (_isStarted[i] || unsure.Contains(i) || !_unstarted.Contains(i)));
    }

    private void Close()
    {
        Open--;
        Running--;
    }
}
