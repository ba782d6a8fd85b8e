namespace LinkFlow.Engine.Executions.Folding;

/// <summary>
/// Orders that are not runs of nodes (timers, children, cancellations, references), each under a key, until they are
/// taken or what they are for has happened. So a fold of a long history leaves only what is still to be done.
/// </summary>
internal sealed class Outbox
{
    private readonly Dictionary<string, LinkedListNode<(string Key, ExecutionStep Step)>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, ExecutionStep Step)> _steps = new();

    public bool IsEmpty => _steps.Count == 0;

    /// <summary>Puts an order in, in place of one of the same key.</summary>
    public void Put(string key, ExecutionStep step)
    {
        Withdraw(key);
        _byKey[key] = _steps.AddLast((key, step));
    }

    /// <returns>False: it was taken already, or never put in.</returns>
    public bool Withdraw(string key)
    {
        if (!_byKey.Remove(key, out var at)) return false;
        _steps.Remove(at);
        return true;
    }

    public void TakeAll(List<ExecutionStep> into)
    {
        foreach (var (_, step) in _steps) into.Add(step);
        _steps.Clear();
        _byKey.Clear();
    }
}
