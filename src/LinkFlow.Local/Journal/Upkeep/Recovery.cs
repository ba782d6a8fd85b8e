using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Upkeep;

/// <summary>Finds executions that have work to do and are not in memory, and wakes them: after a start, and after wake-ups had to be dropped.</summary>
internal static class Recovery
{
    private const int PageSize = 500;

    /// <summary>Once, after the host is ready.</summary>
    public static async Task RunAsync(JournalShell shell)
    {
        var found = await WakeAllAsync(shell, Recover.Once, shell.Store.ReadRunnableAsync);
        found += await WakeAllAsync(shell, Recover.Once, shell.Store.ReadWithInboxAsync);
        if (found > 0) JournalLog.Recovered(shell.Host.Log, found);
    }

    /// <summary>The rows are still there: a knock makes their owners look.</summary>
    public static async Task FindLostWakesAsync(JournalShell shell)
    {
        await WakeAllAsync(shell, Knock.Once, shell.Store.ReadRunnableAsync);
        await WakeAllAsync(shell, Knock.Once, shell.Store.ReadWithInboxAsync);
    }

    private static async Task<int> WakeAllAsync(JournalShell shell, ActorMessage message, Func<long, int, CancellationToken, ValueTask<IReadOnlyList<ExecutionKey>>> read)
    {
        var stop = shell.Stopping.Token;
        var options = new ParallelOptions { MaxDegreeOfParallelism = shell.Host.Options.RecoveryParallelism };
        var delay = shell.Host.Options.FirstRetryDelay;
        var found = 0;
        for (long after = 0; !stop.IsCancellationRequested;)
        {
            try
            {
                var page = await read(after, PageSize, stop);
                if (page.Count == 0) return found;
                await Parallel.ForEachAsync(page, options, async (key, _) => await shell.Active.WakeAndSettleAsync(key.Tenant, key.ExecutionId, message, stop));
                found += page.Count;
                after = page[^1].Number;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return found;
            }
            catch (StoreUnavailableException e)
            {
                JournalLog.StoreUnreadable(shell.Host.Log, "recovery", e.Message, (long)delay.TotalMilliseconds);
                await shell.PauseAsync(delay);
                delay = shell.Host.Options.NextRetryDelay(delay);
            }
        }

        return found;
    }
}
