using System.Diagnostics;
using LinkFlow.Functions.Hosting;
using LinkFlow.Platform.Ports;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Timers;

/// <summary>
/// One run of a timer: bounded in time, logged, with the client in place that what it starts needs. A store that cannot be
/// used now is no failure: the next run tries again.
/// </summary>
public sealed class TimerRun(CurrentDurableClient durable, ILogger<TimerRun> log)
{
    /// <summary>The time that one run may take; what is left is taken up by the next.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <param name="client">Null: it starts and commands nothing.</param>
    /// <param name="work">Returns how many it handled.</param>
    public async Task DoAsync(string timer, DurableTaskClient? client, Func<CancellationToken, Task<long>> work, CancellationToken stopping)
    {
        using var _ = client is null ? null : durable.Use(client);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bound.CancelAfter(Longest);
        var began = Stopwatch.GetTimestamp();
        try
        {
            var count = await work(bound.Token);
            log.TimerRan(timer, count, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            log.TimerStopped(timer, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception e) when (e is StoreUnavailableException or DocumentConflictException)
        {
            log.TimerPutOff(timer, e.Message);
        }
    }
}
