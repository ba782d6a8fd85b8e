namespace LinkFlow.Local.Journal;

/// <summary>Lets readers of live histories sleep until an execution has something new. Holds entries only while someone waits.</summary>
internal sealed class ExecutionWatch
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);

    /// <summary>Wakes all who wait for this execution.</summary>
    public void Notify(string executionId)
    {
        Waiting? waiting;
        lock (_lock)
        {
            if (_waiting.Count == 0 || !_waiting.Remove(executionId, out waiting)) return;
        }

        waiting.Signal.TrySetResult();
    }

    /// <summary>A task that ends with the next <see cref="Notify"/>. Take it before looking at the store, so that nothing falls between.</summary>
    public Subscription Subscribe(string executionId)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(executionId, out var waiting)) _waiting.Add(executionId, waiting = new Waiting());
            waiting.Readers++;
            return new Subscription(this, executionId, waiting);
        }
    }

    private void Leave(string executionId, Waiting waiting)
    {
        lock (_lock)
        {
            if (--waiting.Readers == 0 && _waiting.TryGetValue(executionId, out var current) && current == waiting) _waiting.Remove(executionId);
        }
    }

    internal sealed class Waiting
    {
        public int Readers { get; set; }
        public TaskCompletionSource Signal { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal readonly struct Subscription(ExecutionWatch watch, string executionId, Waiting waiting) : IDisposable
    {
        public Task Changed => waiting.Signal.Task;
        public void Dispose() => watch.Leave(executionId, waiting);
    }
}
