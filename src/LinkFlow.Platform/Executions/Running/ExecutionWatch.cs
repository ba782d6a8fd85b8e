namespace LinkFlow.Platform.Executions.Running;

/// <summary>Lets readers of live histories sleep until an execution has something new. Holds entries only while someone waits.</summary>
public sealed class ExecutionWatch
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

    /// <summary>Held while someone waits.</summary>
    public readonly struct Subscription : IDisposable
    {
        private readonly ExecutionWatch _watch;
        private readonly string _executionId;
        private readonly Waiting _waiting;

        internal Subscription(ExecutionWatch watch, string executionId, Waiting waiting)
        {
            _watch = watch;
            _executionId = executionId;
            _waiting = waiting;
        }

        /// <summary>Ends with the next change.</summary>
        public Task Changed => _waiting.Signal.Task;
        public void Dispose() => _watch.Leave(_executionId, _waiting);
    }
}
