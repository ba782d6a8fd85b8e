using System.Collections.Concurrent;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>
/// The executions in memory: at most one actor each, and at most <see cref="JournalOptions.ActiveExecutions"/> in all.
/// What must be woken while all places are taken waits in a bounded queue; beyond it, the store is searched once
/// there is room again, so that no wake-up is lost and no queue grows without bound.
/// </summary>
internal sealed class ActiveExecutions(JournalShell shell) : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, JournalActor> _actors = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(shell.Host.Options.ActiveExecutions);
    private readonly ConcurrentQueue<(string Tenant, string Id, ActorMessage Message)> _waiting = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _queued;
    private int _overflowed;

    public int Count => _actors.Count + shell.Express.Running.Count;

    /// <summary>Executions that wait for a place.</summary>
    public int Queued => Volatile.Read(ref _queued);
    public bool IsQueueFull => Queued >= shell.Host.Options.QueuedExecutions;

    /// <summary>Raised when wake-ups were dropped because the queue was full, and there is room again.</summary>
    public event Action? Overflowed;

    /// <summary>Takes a place for an actor that is about to be added.</summary>
    public bool TryReserve() => _places.Wait(0);
    public void Unreserve() => _places.Release();

    /// <summary>Adds an actor for which a place was reserved, and runs it on this thread up to its first wait.</summary>
    /// <returns>False: the execution is active already; the place is still reserved.</returns>
    public bool TryRun(JournalActor actor)
    {
        if (!_actors.TryAdd(actor.Id, actor)) return false;
        _ = actor.RunAsync();
        return true;
    }

    /// <summary>Brings a message to an execution, reading it back into memory if need be.</summary>
    public void Wake(string tenant, string id, ActorMessage message)
    {
        if (TryWake(tenant, id, message)) return;
        if (IsQueueFull)
        {
            Volatile.Write(ref _overflowed, 1);
            return;
        }

        Interlocked.Increment(ref _queued);
        _waiting.Enqueue((tenant, id, message));
        Admit();
    }

    /// <returns>False: it is not active, and there is no place for it now.</returns>
    public bool TryWake(string tenant, string id, ActorMessage message)
    {
        for (var spin = default(SpinWait); ; spin.SpinOnce())
        {
            if (_actors.TryGetValue(id, out var active))
            {
                if (active.Post(message)) return true;
                continue;
            }

            if (shell.IsStopping) return true;
            if (!TryReserve()) return false;
            var actor = new JournalActor(shell, tenant, id);
            actor.Post(message);
            if (_actors.TryAdd(id, actor))
            {
                _ = Task.Run(actor.RunAsync);
                return true;
            }

            Unreserve();
        }
    }

    /// <summary>Waits for a place, wakes the execution, and waits until it has got as far as it can without waiting.</summary>
    public async Task WakeAndSettleAsync(string tenant, string id, ActorMessage message, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        var actor = new JournalActor(shell, tenant, id);
        actor.Post(message);
        if (!_actors.TryAdd(id, actor))
        {
            Unreserve();
            Wake(tenant, id, message);
            return;
        }

        _ = Task.Run(actor.RunAsync, CancellationToken.None);
        await actor.Settled.WaitAsync(cancellationToken);
    }

    /// <summary>An actor has ended or was evicted: its place goes to the next.</summary>
    public void Remove(JournalActor actor)
    {
        _actors.TryRemove(KeyValuePair.Create(actor.Id, actor));
        Unreserve();
        Admit();
        if (shell.IsStopping && _actors.IsEmpty) _empty.TrySetResult();
    }

    /// <summary>Tells all actors to come to an end, and waits.</summary>
    /// <returns>How many still had attempts in flight when the time was over.</returns>
    public async Task<int> StopAsync(TimeSpan time)
    {
        foreach (var actor in _actors.Values) actor.Post(Knock.Once);
        if (Count == 0) return 0;
        JournalLog.Stopping(shell.Host.Log, Count);
        var over = Task.Delay(time, shell.Host.Clock);
        if (!_actors.IsEmpty) await Task.WhenAny(_empty.Task, over);
        while (!shell.Express.Running.IsEmpty && !over.IsCompleted) await Task.Delay(PollInterval, shell.Host.Clock);
        return Count;
    }

    public void Dispose() => _places.Dispose();

    private void Admit()
    {
        while (!_waiting.IsEmpty && TryReserve())
        {
            Unreserve();
            if (!_waiting.TryDequeue(out var next)) break;
            Interlocked.Decrement(ref _queued);
            Wake(next.Tenant, next.Id, next.Message);
        }

        if (_waiting.IsEmpty && Volatile.Read(ref _overflowed) == 1 && Interlocked.Exchange(ref _overflowed, 0) == 1) Overflowed?.Invoke();
    }
}
