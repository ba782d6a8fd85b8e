namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>Performs everything as soon as it is ready, in parallel, as a worker with room does.</summary>
internal sealed class LivePump : IAsyncDisposable
{
    /// <summary>How late a timer may fire.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly TaskHub _hub;
    private readonly SemaphoreSlim _changed = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public LivePump(TaskHub hub)
    {
        _hub = hub;
        hub.Changed += Wake;
        _loop = Task.Run(LoopAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _hub.Changed -= Wake;
        await _stop.CancelAsync();
        await _loop;
    }

    private void Wake()
    {
        if (_changed.CurrentCount == 0) _changed.Release();
    }

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var work in _hub.Ready()) _ = Task.Run(work);
            await _changed.WaitAsync(Tick);
        }
    }
}
