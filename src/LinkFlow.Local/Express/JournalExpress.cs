using System.Collections.Concurrent;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions.Running;

namespace LinkFlow.Local.Express;

/// <summary>Express executions beside the journal: their end is one of its commits.</summary>
internal sealed class JournalExpress(JournalShell shell) : IExpressShell
{
    public ExecutionHost Host => shell.Host;
    public ConcurrentDictionary<string, ExpressActor> Running { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs one for which a place among the active was reserved, and gives the place back.</summary>
    public async Task RunInPlaceAsync(string tenant, PlannedWorkflow workflow, NewExecution start)
    {
        try
        {
            await new ExpressActor(this, tenant, workflow, start, null).RunAsync();
        }
        finally
        {
            shell.Active.Unreserve();
        }
    }

    public Task<ExecutionError?> StartChildAsync(string tenant, ExecutionStarted parent, StartChild child, IReadOnlyList<Item> input, ExpressActor expressParent) =>
        shell.Starts.StartChildAsync(tenant, parent, child, input, expressParent, CancellationToken.None);

    public async Task<ChildFinished?> CommitAsync(ExpressEnd written)
    {
        var (tenant, state, change) = (written.Tenant, written.State, written.Change);
        var events = change.Events;
        var commit = new JournalCommit
        {
            Tenant = tenant,
            ExecutionId = written.Execution.Id,
            ExpectedLastSeq = 0,
            Row = ExecutionStarts.Row(written.Execution),
            Segment = new SegmentWrite(events[0].Seq, events[^1].Seq, EventBytes.Of(events, change.Bytes)),
            Blobs = change.Blobs(),
            Documents = written.With is { } with ? [with] : [],
        };
        var end = await Ending.PrepareAsync(shell, tenant, written.Workflow, state, written.Items, written.Execution, commit, written.HasInbox);
        await shell.Store.CommitAsync(end.Commit);
        Host.Changes.Tell(tenant, end.Execution);
        foreach (var @event in events) shell.Metrics.Ended(state.Plan, @event);
        end.CarryOut();
        if (shell.Waiters.TryGetValue(end.Execution.Id, out var waiter)) await Answers.AnswerAsync(waiter, state, end, Answers.ResponseIn(change, state.ResponseSeq), written.Items);
        return end.News;
    }

    public async Task<bool> PauseAsync(TimeSpan time)
    {
        await shell.PauseAsync(time);
        return !shell.IsStopping;
    }

    public void Lose(string tenant, string workflowId, string executionId, Exception cause)
    {
        if (shell.Waiters.TryGetValue(executionId, out var waiter)) waiter.Fail(cause);
        shell.EndTurn(tenant, workflowId, executionId);
    }
}
