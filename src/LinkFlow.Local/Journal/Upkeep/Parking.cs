using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Journal.Upkeep;

/// <summary>Ends executions that cannot go on because of LinkFlow or its data, with an error that says so. Their history is kept as it is.</summary>
internal static class Parking
{
    private const string FaultCode = "INTERNAL";

    /// <summary>Marks the execution and tells its parent and its caller. Tries until the store takes it, or LinkFlow stops: the next start finds it again.</summary>
    public static async Task ParkAsync(JournalShell shell, string tenant, string executionId, Exception cause)
    {
        var isUnreadable = cause is HistoryUnreadableException;
        if (isUnreadable) JournalLog.Parked(shell.Host.Log, executionId, cause.Message, cause);
        else JournalLog.Faulted(shell.Host.Log, executionId, cause);
        var error = new ExecutionError(isUnreadable ? cause.Message : $"LinkFlow hit a fault: {cause.Message}", isUnreadable ? HistoryUnreadableException.Code : FaultCode, null, 0);

        for (var delay = shell.Host.Options.FirstRetryDelay; !shell.IsStopping; delay = shell.Host.Options.NextRetryDelay(delay))
        {
            try
            {
                await ParkOnceAsync(shell, tenant, executionId, error);
                return;
            }
            catch (StoreUnavailableException e)
            {
                JournalLog.StoreUnreadable(shell.Host.Log, $"parking execution {executionId}", e.Message, (long)delay.TotalMilliseconds);
                await shell.PauseAsync(delay);
            }
            catch (Exception e)
            {
                // Not even its document can be read: it is kept from running, and the log says why.
                JournalLog.Faulted(shell.Host.Log, executionId, e);
                await shell.Store.ParkAsync(tenant, executionId, $"{error.Code}: {error.Message}");
                return;
            }
        }
    }

    private static async Task ParkOnceAsync(JournalShell shell, string tenant, string executionId, ExecutionError error)
    {
        if (await shell.Store.GetAsync(tenant, executionId) is not { IsFinished: false } record) return;
        var execution = ExecutionJson.Read(JsonText.ParseStored(record.Body.Span)) with
        {
            Status = ExecutionStatus.Error, FinishedAt = shell.Host.Now, WaitingUntil = null, Error = error,
        };
        var toParent = execution.ParentExecutionId is { } parent
            ? new[] { JournalShell.Message(tenant, parent, executionId, new ChildFinished { Id = executionId, ChildId = executionId, Status = ExecutionStatus.Error.Word(), Error = error }) }
            : [];
        await shell.Store.CommitAsync(new JournalCommit
        {
            Tenant = tenant, ExecutionId = executionId, ExpectedLastSeq = record.LastSeq, Row = ExecutionStarts.Row(execution), Messages = toParent,
        });

        if (execution.ParentExecutionId is { } waiting) shell.Active.Wake(tenant, waiting, Knock.Once);
        shell.Host.Watch.Notify(executionId);
        shell.Host.Changes.Tell(tenant, execution);
        shell.EndTurn(tenant, execution.WorkflowId, executionId);
        shell.Metrics.Ended(execution);
        if (shell.Waiters.TryGetValue(executionId, out var waiter)) waiter.Finish(execution.Show());
    }
}
