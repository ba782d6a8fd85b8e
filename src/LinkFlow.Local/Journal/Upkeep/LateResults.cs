using LinkFlow.Engine.Executions;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Upkeep;

/// <summary>Notes results that came after their run had ended otherwise, when their execution has left memory (execution.md §4).</summary>
internal static class LateResults
{
    /// <summary>Someone else may append at the same moment; then it is tried behind them.</summary>
    private const int MaxTries = 10;

    public static async Task RecordAsync(JournalShell shell, string tenant, string executionId, ResultIgnored late)
    {
        try
        {
            for (var tries = 0; tries < MaxTries && !shell.IsStopping; tries++)
                if (await TryRecordAsync(shell, tenant, executionId, late)) return;
        }
        catch (StoreUnavailableException e)
        {
            // A note of something that changes nothing: it is in the log, and not worth keeping memory for.
            JournalLog.StoreUnreadable(shell.Host.Log, $"noting an ignored result of execution {executionId}", e.Message, -1);
        }
    }

    private static async Task<bool> TryRecordAsync(JournalShell shell, string tenant, string executionId, ResultIgnored late)
    {
        if (await shell.Store.GetAsync(tenant, executionId) is not { } record) return true;
        if (!record.IsFinished)
        {
            shell.Active.Wake(tenant, executionId, new AttemptTooLate(late));
            return true;
        }

        var seq = record.LastSeq + 1;
        var placed = late with { Seq = seq, At = Math.Max(record.FinishedAt ?? 0, shell.Host.Now) };
        try
        {
            await shell.Store.CommitAsync(new JournalCommit
            {
                Tenant = tenant, ExecutionId = executionId, ExpectedLastSeq = record.LastSeq, Segment = new SegmentWrite(seq, seq, EventBytes.Of([placed], 0)),
            });
            return true;
        }
        catch (JournalConflictException)
        {
            return false;
        }
    }
}
