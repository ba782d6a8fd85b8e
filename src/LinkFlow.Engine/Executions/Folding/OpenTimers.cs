namespace LinkFlow.Engine.Executions.Folding;

/// <summary>The timers that were set and neither fired nor called off, by name.</summary>
internal sealed class OpenTimers(Outbox outbox)
{
    public const string Workflow = "workflow";

    private readonly Dictionary<string, Timer> _open = new(StringComparer.Ordinal);

    /// <param name="Node">Index of the node that it is for; −1: the workflow's.</param>
    public readonly record struct Timer(long DueAt, int Node, int Run);

    public static string Retry(string node, int run) => $"retry:{node}:{run}";
    public static string Wait(string node, int run) => $"wait:{node}:{run}";
    public static string WaitTimeout(string node, int run) => $"wait-timeout:{node}:{run}";

    /// <summary>When the first timer of a node is due, Unix ms.</summary>
    public long? NextDueAt
    {
        get
        {
            long? next = null;
            foreach (var timer in _open.Values)
                if (timer.Node >= 0 && !(timer.DueAt >= next)) next = timer.DueAt;
            return next;
        }
    }

    public void Set(string name, Timer timer)
    {
        _open[name] = timer;
        outbox.Put(Key(name), new StartTimer(name, timer.DueAt));
    }

    /// <summary>Calls a timer off, if it is open.</summary>
    public void Close(string name)
    {
        if (!_open.Remove(name)) return;
        if (!outbox.Withdraw(Key(name))) outbox.Put(Key(name), new CancelTimer(name));
    }

    public bool TryGet(string name, out Timer timer) => _open.TryGetValue(name, out timer);

    /// <summary>The shell need not be told of it any more: it came due.</summary>
    public void CameDue(string name) => outbox.Withdraw(Key(name));

    public void Remove(string name)
    {
        if (_open.Remove(name)) outbox.Withdraw(Key(name));
    }

    private static string Key(string name) => "timer:" + name;
}
