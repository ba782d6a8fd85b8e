namespace LinkFlow.Engine.Executions.Folding;

/// <summary>Waits by the signal that wakes them, oldest first, and signals that no wait has taken. Names are case-sensitive.</summary>
internal sealed class SignalBox
{
    private readonly Dictionary<string, List<int>> _waits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<KeptSignal>> _kept = new(StringComparer.Ordinal);

    /// <summary>Signals that are kept.</summary>
    public int Count { get; private set; }

    /// <summary>All kept signals in the order in which they came.</summary>
    public IEnumerable<(string Name, KeptSignal Signal)> Kept =>
        _kept.SelectMany(k => k.Value.Select(s => (k.Key, s))).OrderBy(k => k.s.Seq);

    public void Keep(string name, KeptSignal signal)
    {
        if (!_kept.TryGetValue(name, out var queue)) _kept[name] = queue = new Queue<KeptSignal>();
        queue.Enqueue(signal);
        Count++;
    }

    /// <summary>Takes the oldest signal kept under that name.</summary>
    public bool TryTake(string name, out KeptSignal signal)
    {
        signal = default;
        if (!_kept.TryGetValue(name, out var queue)) return false;
        signal = queue.Dequeue();
        if (queue.Count == 0) _kept.Remove(name);
        Count--;
        return true;
    }

    public void Await(string name, int node)
    {
        if (!_waits.TryGetValue(name, out var nodes)) _waits[name] = nodes = [];
        nodes.Add(node);
    }

    public void Forget(string name, int node)
    {
        if (!_waits.TryGetValue(name, out var nodes)) return;
        nodes.Remove(node);
        if (nodes.Count == 0) _waits.Remove(name);
    }

    /// <summary>The node whose wait for that name is the oldest; −1: none.</summary>
    public int OldestWait(string name) => _waits.TryGetValue(name, out var nodes) ? nodes[0] : -1;
}

/// <summary>A signal that came before its wait.</summary>
/// <param name="IsApproved">What it says if it is taken by an approval.</param>
internal readonly record struct KeptSignal(long Seq, int Count, bool IsApproved);
