using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Upkeep;

/// <summary>Has the store clean up, now and then: finished executions past their time, expired documents, blobs that nobody refers to.</summary>
internal static class Retention
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public static async Task RunAsync(JournalShell shell, Housekeeping housekeeping)
    {
        for (var wait = First; ; wait = Interval)
        {
            await shell.PauseAsync(wait);
            if (shell.IsStopping) return;
            try
            {
                await housekeeping.DeleteFinishedAsync(shell.Host.Options.Retention, shell.Stopping.Token);
                await housekeeping.DeleteExpiredAsync(shell.Stopping.Token);
                await housekeeping.SweepBlobsAsync(shell.Stopping.Token);
            }
            catch (OperationCanceledException) when (shell.IsStopping)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                JournalLog.StoreUnreadable(shell.Host.Log, "retention", e.Message, (long)Interval.TotalMilliseconds);
            }
        }
    }
}
