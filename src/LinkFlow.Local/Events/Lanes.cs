namespace LinkFlow.Local.Events;

/// <summary>The events of one subject that wait, in order. Only the first of them is under way.</summary>
internal sealed class Lane
{
    public Queue<Delivery> Waiting { get; } = new();

    /// <summary>One has failed: those behind it may wait for long.</summary>
    public bool IsHeld { get; set; }
}

/// <summary>Runs a lane for each subject that has events, bounded in how many deliver at once. A lane that waits for its next try takes no place.</summary>
internal sealed class Lanes(
    int concurrency, Func<Delivery, SemaphoreSlim, CancellationToken, CancellationToken, Task> deliver, CancellationToken stopping, CancellationToken handling) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Tenant, string Subject), Lane> _bySubject = [];
    private readonly SemaphoreSlim _places = new(concurrency);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _isEnding;

    /// <summary>Puts an event behind those of its subject.</summary>
    public void Add(Delivery delivery)
    {
        lock (_lock)
        {
            if (delivery.Subject is { } subject && _bySubject.TryGetValue((delivery.Tenant, subject), out var lane))
            {
                delivery.Lane = lane;
                lane.Waiting.Enqueue(delivery);
                return;
            }

            lane = delivery.Lane = new Lane();
            lane.Waiting.Enqueue(delivery);
            if (delivery.Subject is { } own) _bySubject.Add((delivery.Tenant, own), lane);
            _running++;
        }

        _ = Task.Run(() => RunAsync(lane: delivery.Lane, delivery.Tenant, delivery.Subject), CancellationToken.None);
    }

    /// <summary>Waits for the deliveries that are under way; the stop has been given before.</summary>
    /// <param name="cut">Cancelled when the time is over.</param>
    /// <returns>How many lanes had not ended by then.</returns>
    public async Task<int> EndAsync(TimeSpan time, CancellationTokenSource cut)
    {
        int left;
        lock (_lock)
        {
            _isEnding = true;
            if (_running == 0) return 0;
        }

        await _ended.Task.WaitAsync(time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock) left = _running;
        if (left == 0) return 0;
        await cut.CancelAsync();
        await _ended.Task;
        return left;
    }

    public void Dispose() => _places.Dispose();

    private async Task RunAsync(Lane lane, string tenant, string? subject)
    {
        try
        {
            for (var next = Next(lane, tenant, subject); next is not null; next = Next(lane, tenant, subject))
            {
                stopping.ThrowIfCancellationRequested();
                await deliver(next, _places, stopping, handling);
                lock (_lock)
                {
                    lane.Waiting.Dequeue();
                    lane.IsHeld = false;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is not settled is read again in the next round.
        }
        finally
        {
            lock (_lock)
            {
                _running--;
                if (_isEnding && _running == 0) _ended.TrySetResult();
            }
        }
    }

    private Delivery? Next(Lane lane, string tenant, string? subject)
    {
        lock (_lock)
        {
            if (lane.Waiting.TryPeek(out var next)) return next;
            if (subject is not null) _bySubject.Remove((tenant, subject));
            return null;
        }
    }
}
