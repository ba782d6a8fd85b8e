using LinkFlow.Engine.Values;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>
/// Tells who asks of every change of status of a workflow's executions, after the commit that made it. While nobody
/// asks, a commit pays for the read of one number.
/// </summary>
public sealed class ExecutionChanges
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Tenant, string WorkflowId), Action<Execution>[]> _listeners = [];
    private volatile int _count;

    /// <summary>From now on until it is disposed.</summary>
    /// <param name="listener">Called by the thread that runs the execution: must neither block nor throw. One execution's changes come in order, save that 'queued' may come late.</param>
    public IDisposable Subscribe(string tenant, string workflowId, Action<Execution> listener)
    {
        lock (_lock)
        {
            _listeners[(tenant, workflowId)] = [.. _listeners.GetValueOrDefault((tenant, workflowId), []), listener];
            _count++;
        }

        return new Subscription(this, (tenant, workflowId), listener);
    }

    internal void Tell(string tenant, Execution execution)
    {
        foreach (var listener in ListenersOf(tenant, execution.WorkflowId)) listener(execution);
    }

    /// <summary>An execution that a commit began; read only if someone wants to know.</summary>
    internal void Tell(string tenant, JournalCommit start)
    {
        if (_count == 0 || start.Row is not { } row || ListenersOf(tenant, row.WorkflowId).Length == 0) return;
        Tell(tenant, ExecutionJson.Read(JsonText.ParseStored(row.Body.Span)));
    }

    private Action<Execution>[] ListenersOf(string tenant, string workflowId)
    {
        if (_count == 0) return [];
        lock (_lock) return _listeners.GetValueOrDefault((tenant, workflowId), []);
    }

    private void Remove((string, string) key, Action<Execution> listener)
    {
        lock (_lock)
        {
            var left = _listeners[key].ToList();
            left.Remove(listener);
            if (left.Count == 0) _listeners.Remove(key);
            else _listeners[key] = [.. left];
            _count--;
        }
    }

    private sealed class Subscription(ExecutionChanges changes, (string, string) key, Action<Execution> listener) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0) changes.Remove(key, listener);
        }
    }
}
