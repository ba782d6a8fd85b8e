using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Journal.Payloads;
using LinkFlow.Local.Journal.Starting;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;

namespace LinkFlow.Local.Journal.Actors;

/// <summary>
/// What the commit that ends an execution holds besides its events: the news for its parent, the start of the error
/// workflow, and the history without data where the workflow does not want it saved; and what follows that commit.
/// </summary>
internal sealed class Ending
{
    /// <summary>A longer history is not rewritten event by event when its data is not to be saved: its start and its end remain.</summary>
    private const int MaxRewrittenEvents = 10_000;

    private readonly JournalShell _shell;
    private readonly string _tenant;

    private Ending(JournalShell shell, string tenant, Execution execution, JournalCommit commit)
    {
        _shell = shell;
        _tenant = tenant;
        Execution = execution;
        Commit = commit;
    }

    public JournalCommit Commit { get; private set; }

    /// <summary>The final document.</summary>
    public Execution Execution { get; private set; }

    /// <summary>The final document with input and output, if someone waits for it.</summary>
    public Value Shown { get; private set; }

    /// <summary>The news for a parent that awaits this execution; null: none does.</summary>
    public ChildFinished? News { get; private set; }

    /// <param name="change">The commit as far as it is known; its segment holds the last events.</param>
    /// <param name="hasInbox">False: the parent is told in memory.</param>
    public static async ValueTask<Ending> PrepareAsync(
        JournalShell shell, string tenant, PlannedWorkflow workflow, ExecutionState state, ItemReader items, Execution execution, JournalCommit change, bool hasInbox = true)
    {
        var ending = new Ending(shell, tenant, execution, change);
        var awaited = state.Started is { IsAwaited: true, ParentExecutionId: not null };
        var isAskedFor = shell.Waiters.TryGetValue(execution.Id, out var waiter) && waiter.WantsDocument(state);
        if (awaited || isAskedFor)
        {
            var output = await items.ReadAsync(execution.Output, default);
            if (isAskedFor) ending.Shown = execution.Show(ShownItems.Of(await items.ReadAsync(execution.Input, default)), ShownItems.Of(output));
            if (awaited) await ending.TellParentAsync(state.Started.ParentExecutionId!, output, hasInbox);
        }

        if (!Keeps(workflow.Settings.SaveData, execution.Status)) await ending.DropDataAsync(state);
        if (await shell.Starts.ErrorWorkflowAsync(tenant, workflow, execution, default) is { } errorWorkflow)
            ending.Commit = ending.Commit with { Starts = [errorWorkflow] };
        return ending;
    }

    /// <summary>After the commit: counts, and wakes who was waiting for this.</summary>
    public void CarryOut()
    {
        _shell.Metrics.Ended(Execution);
        JournalLog.Ended(_shell.Host.Log, Execution.Id, Execution.WorkflowId, Execution.Status.Word(), (Execution.FinishedAt ?? 0) - Execution.StartedAt);
        if (News is not null && Commit.Messages.Count > 0) _shell.Active.Wake(_tenant, Execution.ParentExecutionId!, Knock.Once);
        foreach (var start in Commit.Starts)
        {
            _shell.Host.Changes.Tell(_tenant, start);
            _shell.Active.Wake(_tenant, start.ExecutionId, Knock.Once);
        }

        _shell.EndTurn(_tenant, Execution.WorkflowId, Execution.Id);
    }

    private static bool Keeps(SaveData wish, ExecutionStatus status) => wish switch
    {
        SaveData.All => true,
        SaveData.Errors => status is ExecutionStatus.Error or ExecutionStatus.TimedOut,
        _ => false,
    };

    private async ValueTask TellParentAsync(string parent, IReadOnlyList<Item> output, bool hasInbox)
    {
        var payload = Execution.Status == ExecutionStatus.Success ? Payload.Of(output) : null;
        if (hasInbox && payload is not null && Spilling.IsLarge(payload, _shell.Host.Options.ClaimCheckBytes)) payload = await Spilling.PutAsync(_tenant, payload, _shell.Host.Blobs);
        News = new ChildFinished { Id = Execution.Id, ChildId = Execution.Id, Status = Execution.Status.Word(), Output = payload, Error = Execution.Error };
        if (hasInbox) Commit = Commit with { Messages = [.. Commit.Messages, JournalShell.Message(_tenant, parent, Execution.Id, News)] };
    }

    /// <summary>The events stay, so that it can still be seen what ran; what flowed through them goes.</summary>
    private async ValueTask DropDataAsync(ExecutionState state)
    {
        Execution = Execution with { HasData = false, Output = [] };
        var replacement = new List<SegmentWrite>();
        for (var after = 0L; after < Commit.ExpectedLastSeq;)
        {
            var segments = await _shell.Store.ReadSegmentsAsync(_tenant, Execution.Id, after);
            foreach (var segment in segments) replacement.Add(Stripped(segment, state.LastSeq) with { Position = segment.Position });
            after = segments[^1].LastSeq;
            if (state.LastSeq > MaxRewrittenEvents)
            {
                replacement = [replacement[0] with { LastSeq = Commit.ExpectedLastSeq }];
                break;
            }
        }

        Commit = Commit with
        {
            Row = ExecutionStarts.Row(Execution),
            Blobs = [],
            Segment = Commit.Segment is { } last ? Stripped(new Segment(0, last.FirstSeq, last.LastSeq, last.Format, last.Payload), state.LastSeq) : null,
            Replacement = replacement.Count == 0 ? null : replacement,
        };
    }

    private static SegmentWrite Stripped(Segment segment, long lastSeq)
    {
        var events = Segments.Read(segment).Select(e => EventPayloads.Replace(e, EventPayloads.WithoutData));
        if (lastSeq > MaxRewrittenEvents) events = events.Where(e => e is ExecutionStarted or ExecutionFinished);
        return new SegmentWrite(segment.FirstSeq, segment.LastSeq, EventBytes.Of([.. events], 0));
    }
}
