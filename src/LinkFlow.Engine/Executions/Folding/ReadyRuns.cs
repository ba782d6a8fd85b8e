namespace LinkFlow.Engine.Executions.Folding;

/// <summary>Which nodes have an attempt to be handed out, in the order of <c>nodes</c>, and how many are in flight.</summary>
internal sealed class ReadyRuns(int maxExternal)
{
    private readonly SortedSet<int> _inline = [];
    private readonly SortedSet<int> _external = [];
    private readonly SortedSet<int> _recovering = [];

    /// <summary>Nodes with children that may start.</summary>
    public SortedSet<int> WithChildren { get; } = [];
    public int InFlight { get; private set; }
    private int ExternalInFlight { get; set; }

    /// <summary>Ready, whether or not there is a free slot.</summary>
    public int Count => _inline.Count + _external.Count;
    public bool CanRecover => _recovering.Count > 0;
    public bool CanHandOut => _inline.Count > 0 || (_external.Count > 0 && ExternalInFlight < maxExternal);

    public void Add(int node, bool isExternal) => (isExternal ? _external : _inline).Add(node);

    public void AddRecovering(int node) => _recovering.Add(node);

    public void Remove(int node)
    {
        if (!_inline.Remove(node)) _external.Remove(node);
        _recovering.Remove(node);
    }

    /// <summary>The next to hand out, or −1.</summary>
    public int TakeNext()
    {
        var inline = _inline.Count > 0 ? _inline.Min : int.MaxValue;
        var external = _external.Count > 0 && ExternalInFlight < maxExternal ? _external.Min : int.MaxValue;
        var next = Math.Min(inline, external);
        if (next == int.MaxValue) return -1;
        (next == inline ? _inline : _external).Remove(next);
        return next;
    }

    /// <summary>The next attempt that was in flight when the process ended, or −1.</summary>
    public int TakeRecovering()
    {
        if (_recovering.Count == 0) return -1;
        var next = _recovering.Min;
        _recovering.Remove(next);
        return next;
    }

    public void Enter(bool isExternal)
    {
        InFlight++;
        if (isExternal) ExternalInFlight++;
    }

    public void Leave(bool isExternal)
    {
        InFlight--;
        if (isExternal) ExternalInFlight--;
    }
}
