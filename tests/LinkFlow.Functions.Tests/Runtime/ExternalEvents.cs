namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>
/// Who waits for events and what nobody has waited for yet. The last who waited is served first, and one that was cancelled is still served:
/// then the event is gone. Both are what the real context does.
/// </summary>
internal sealed class ExternalEvents(Payloads payloads)
{
    private readonly Dictionary<string, Stack<Waiter>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<string?>> _buffered = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _order = [];

    public bool HasWaiters => _waiters.Values.Any(w => w.Count > 0);

    public Task<T> WaitAsync<T>(string name, CancellationToken cancellationToken)
    {
        if (!_waiters.TryGetValue(name, out var stack)) _waiters[name] = stack = [];
        if (stack.TryPeek(out var other) && other.Type != typeof(T))
            throw new ArgumentException($"Events of one name have one type: '{name}' is waited for as {other.Type.FullName} and as {typeof(T).FullName}.");
        var source = new TaskCompletionSource<T>();
        stack.Push(new Waiter(typeof(T), input => source.TrySetResult(payloads.Read<T>(input))));
        if (_buffered.TryGetValue(name, out var queue) && queue.TryDequeue(out var waiting)) Raise(name, waiting);
        cancellationToken.Register(() => source.TrySetCanceled(cancellationToken));
        return source.Task;
    }

    public void Raise(string name, string? input)
    {
        if (_waiters.TryGetValue(name, out var stack) && stack.TryPop(out var waiter))
        {
            waiter.Complete(input);
            return;
        }

        if (!_buffered.TryGetValue(name, out var queue))
        {
            _buffered[name] = queue = [];
            _order.Add(name);
        }

        queue.Enqueue(input);
    }

    /// <summary>All that nobody waited for; none is left.</summary>
    public IReadOnlyList<(string Name, string? Input)> TakeBuffered()
    {
        List<(string, string?)> taken = [];
        foreach (var name in _order)
        {
            while (_buffered[name].TryDequeue(out var input)) taken.Add((name, input));
        }

        return taken;
    }

    private sealed record Waiter(Type Type, Action<string?> Complete);
}
